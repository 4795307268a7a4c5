"""When the Process of a scheduled run begins, for cycles that end early, late or never before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from invoicing.process.cycle import Sleep, plan_sleep
from invoicing.settings import Settings
from invoicing.warehouse.transactions import reading
from tests.process.warehouse import Warehouse

SCHEDULED = datetime(2026, 10, 6, 2, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def ended(warehouse: Warehouse, moment: datetime, trigger: str = "scheduled", run_key: str = "earlier") -> None:
    warehouse.execute(
        """
        INSERT INTO invoicing.invoice_run (run_key, run_date, trigger, status, lease_until, started_at, ended_at)
        VALUES (:run_key, '2026-10-05', :trigger, 'succeeded', :moment, :moment, :moment)
        """,
        run_key=run_key,
        trigger=trigger,
        moment=moment,
    )


def planned(warehouse: Warehouse, *, late_by: float = 0, settings: Settings | None = None) -> Sleep:
    with reading(warehouse.engine) as connection:
        return plan_sleep(
            connection,
            run_key="this run",
            scheduled_at=SCHEDULED,
            now=SCHEDULED + minutes(late_by),
            settings=settings or Settings(),
        )


def test_cycle_sleeps_until_a_day_after_the_one_before_it_ended(emptied: Warehouse) -> None:
    ended(emptied, SCHEDULED - timedelta(days=1) + minutes(10))
    assert planned(emptied).until == SCHEDULED + minutes(10)


def test_cycle_after_a_long_one_drifts_an_hour_at_most(emptied: Warehouse) -> None:
    ended(emptied, SCHEDULED - timedelta(hours=5))
    assert planned(emptied).until == SCHEDULED + minutes(60)


def test_cycle_does_not_sleep_when_a_day_has_passed(emptied: Warehouse) -> None:
    ended(emptied, SCHEDULED - timedelta(days=1))
    assert planned(emptied).until is None


def test_cycle_that_starts_a_little_late_sleeps_what_is_left(emptied: Warehouse) -> None:
    ended(emptied, SCHEDULED - timedelta(days=1) + minutes(10))
    assert planned(emptied, late_by=4).until == SCHEDULED + minutes(10)


@pytest.mark.parametrize("late_by", [60, 60 * 24 * 5])
def test_late_run_does_not_sleep(emptied: Warehouse, late_by: float) -> None:
    ended(emptied, SCHEDULED + minutes(late_by - 1))
    assert planned(emptied, late_by=late_by).until is None


@pytest.mark.parametrize("trigger", ["manual", "backfill", "cli"])
def test_run_that_is_no_cycle_does_not_count(emptied: Warehouse, trigger: str) -> None:
    ended(emptied, SCHEDULED - timedelta(days=1) + minutes(10))
    ended(emptied, SCHEDULED - timedelta(hours=1), trigger, "by hand")
    assert planned(emptied).until == SCHEDULED + minutes(10)


def test_end_of_an_earlier_attempt_of_the_run_itself_does_not_count(emptied: Warehouse) -> None:
    ended(emptied, SCHEDULED - timedelta(days=1) + minutes(10))
    ended(emptied, SCHEDULED - timedelta(minutes=5), run_key="this run")
    assert planned(emptied).until == SCHEDULED + minutes(10)


def test_first_cycle_sleeps_first_when_the_caller_is_chosen(emptied: Warehouse) -> None:
    assert planned(emptied, settings=Settings(first_step="sleep", sleep_hours=0.5)).until == SCHEDULED + minutes(30)


def test_first_cycle_does_not_sleep_when_the_runner_is_chosen(emptied: Warehouse) -> None:
    assert planned(emptied, settings=Settings(first_step="process")) == Sleep(
        None, "No sleep: the first cycle begins with its Process."
    )


def test_later_cycles_do_not_depend_on_what_the_first_began_with(emptied: Warehouse) -> None:
    ended(emptied, SCHEDULED - timedelta(days=1) + minutes(10))
    caller = planned(emptied, settings=Settings(first_step="sleep"))
    assert planned(emptied, settings=Settings(first_step="process")) == caller


def test_sleep_says_until_when_and_why(emptied: Warehouse) -> None:
    ended(emptied, SCHEDULED - timedelta(days=1) + minutes(10))
    assert planned(emptied).reason == (
        "Sleeps until 2026-10-06 02:10:00 UTC: the previous cycle ended at 2026-10-05 02:10:00 UTC, 24 hours before."
    )
