"""The sales actuals as analysts see them, each followed by what was posted of it, in the order in which one leads to the next."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from tests.world.place import Readable

# Kind, quantity, amount, billing type, adjustment; and which one it reverses or replaces, counted from 1.
Actual = tuple[str, Decimal | int, Decimal | int, str, str | None, int | None, int | None]

WIP, BILLED = "unbilled_sales", "billed_sales"
CHARGED: Final = "chargeable"
FREE: Final = "non_chargeable"

# What follows an id says what was posted.
_POSTED = (
    "",
    "entered",
    "reversal",
    "rebooked",
    "rebooked_reversal",
    "billed",
    "billed_only",
    "written_off",
    "written_off_reversal",
    "written_off_billed",
)


def rows_written(world: Readable) -> list[sa.Row[Any]]:
    rows = world.read("SELECT * FROM analytics.actuals")
    return sorted(rows, key=lambda row: _place(row.actual_id))


def _place(actual_id: str) -> tuple[int, int]:
    number, _, posted = actual_id.partition("/")
    return int(number), _POSTED.index(posted)


def places(rows: list[sa.Row[Any]]) -> dict[Any, int]:
    """Where each stands, counted from 1: ids count on from one test to the next."""
    return {row.actual_id: nth for nth, row in enumerate(rows, start=1)}


def actuals(world: Readable) -> list[Actual]:
    rows = rows_written(world)
    place = places(rows)
    return [
        (
            row.kind,
            row.quantity,
            row.amount,
            row.billing_type,
            row.adjustment_status,
            place.get(row.reverses_actual_id),
            place.get(row.replaces_actual_id),
        )
        for row in rows
    ]


def worth(world: Readable) -> list[tuple[str, Decimal | int, Decimal | int, Decimal | int]]:
    """Kind, quantity, amount and tax."""
    return [(row.kind, row.quantity, row.amount, row.tax_amount) for row in rows_written(world)]
