"""What a warehouse holds after days that went wrong, to be compared with one where nothing ever did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from invoicing.process.day import run_day
from invoicing.process.verify import verify
from invoicing.warehouse.transactions import reading
from tests.process.outcome import RESULTS, dump
from tests.process.warehouse import Warehouse

Change = Callable[[Warehouse], object]

_MOMENTS = ("created_at", "ran_at", "detected_at")


def outcome(warehouse: Warehouse) -> dict[str, list[str]]:
    """Every row that runs wrote, but for the moments of writing; the warehouse must add up."""
    with reading(warehouse.engine) as connection:
        assert verify(connection) == []
    return dump(warehouse, RESULTS, without=_MOMENTS)


def run_undisturbed(warehouse: Warehouse, *steps: str | Change) -> None:
    """Runs days without Airflow, one after the other, with what people do to the warehouse between them."""
    for step in steps:
        if isinstance(step, str):
            day = date.fromisoformat(step)
            run_day(warehouse.engine, day, run_key=f"undisturbed/{day}", settings=warehouse.settings)
        else:
            step(warehouse)
