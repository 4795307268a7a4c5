"""Tags and owners of the DAGs; a policy test refuses any other."""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    INVOICING = "invoicing"
    DAILY = "daily"
    BY_HAND = "by hand"


class Owner(StrEnum):
    BILLING = "billing"
