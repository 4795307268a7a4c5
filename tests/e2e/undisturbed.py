"""What a warehouse holds after days that went wrong, to be compared with one where nothing ever did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from invoicing.audit.verify import verify
from invoicing.process.day import run_day
from invoicing.warehouse.transactions import reading
from tests.process.outcome import RESULTS, dump
from tests.process.warehouse import Warehouse

Change = Callable[[Warehouse], object]

_OF_THE_RUN = ("created_at", "ran_at", "ran_by", "detected_at")


def outcome(warehouse: Warehouse) -> dict[str, list[str]]:
    """Every row that runs wrote, but for which run it was and when; the warehouse must add up."""
    with reading(warehouse.engine) as connection:
        assert verify(connection) == []
    problems = dump(warehouse, ["billing_exception"], without=(*_OF_THE_RUN, "run_date"))  # of the run that found it
    return {**dump(warehouse, RESULTS, without=_OF_THE_RUN), **problems}


def run_undisturbed(warehouse: Warehouse, *steps: str | Change) -> None:
    """Runs days without Airflow, one after the other, with what people do to the warehouse between them."""
    for step in steps:
        if isinstance(step, str):
            day = date.fromisoformat(step)
            run_day(warehouse.engine, day, run_key=f"undisturbed/{day}", settings=warehouse.settings)
        else:
            step(warehouse)
