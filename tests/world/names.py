"""What tests mean where they say nothing else: the contract, its line, and the days around which they turn."""

from __future__ import annotations

from datetime import date

CONTRACT = "Adatum"
LINE = "work"
CLASSES = ("time", "expense", "material", "fee")


def october(day: int) -> date:
    return date(2026, 10, day)


TODAY = october(20)
