"""A schedule whose next moment is far away, so that a run comes from the scheduler only when a test calls for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.e2e.rest import Rest, wait_until
from tests.e2e.stack import Stack

_SCHEDULED_AT = datetime.now(UTC) - timedelta(hours=1)

# The day of the scheduler's own run.
SCHEDULED_DAY = _SCHEDULED_AT.date()

SLEEP = timedelta(hours=1)

# A run of the scheduler is never late here, and sleeps whenever the warehouse knows of a cycle that ended within SLEEP.
SETTINGS = {
    "INVOICING_SCHEDULE": f"{_SCHEDULED_AT:%M %H} * * *",
    "INVOICING_GENERATION_SCHEDULE": f"{_SCHEDULED_AT:%M %H} * * *",
    "INVOICING_SLEEP_HOURS": str(SLEEP / timedelta(hours=1)),
    "INVOICING_MAX_DRIFT_MINUTES": "1440",
    "INVOICING_FIRST_STEP": "process",
    "INVOICING_DEADLINE_MINUTES": "0.01",  # every run of the scheduler is told to be late
}


def moment(day: str) -> str:
    """The logical date that the scheduler gives a run of the day."""
    return f"{day}T{_SCHEDULED_AT:%H:%M}:00Z"


def let_the_scheduler_run(rest: Rest) -> str:
    """Has the scheduler make its run anew, as after a pause, and returns its id."""
    rest.pause()
    for old in rest.runs(run_type="scheduled"):
        rest.delete(old["dag_run_id"])
    rest.reparse()  # which is when Airflow decides on the next run
    rest.unpause()
    wait_until(lambda: bool(rest.runs(run_type="scheduled")), otherwise="the scheduler makes no run")
    (new,) = rest.runs(run_type="scheduled")
    return str(new["dag_run_id"])


@contextmanager
def every_minute(stack: Stack, rest: Rest, **settings: str) -> Iterator[None]:
    """Within the block the scheduler makes a run every minute, with other settings of the stack."""
    _switch(stack, rest, {"INVOICING_SCHEDULE": "* * * * *", **settings})
    rest.unpause()
    try:
        yield
    finally:
        rest.end_all()
        _switch(stack, rest, SETTINGS)
        let_the_scheduler_run(rest)


@contextmanager
def in_two_buckets(stack: Stack) -> Iterator[None]:
    """Within the block, runs work in two buckets of contracts."""
    stack.use({**SETTINGS, "INVOICING_BUCKETS": "2"})
    try:
        yield
    finally:
        stack.use(SETTINGS)


def _switch(stack: Stack, rest: Rest, settings: dict[str, str]) -> None:
    rest.pause()
    for run in rest.runs():
        rest.delete(run["dag_run_id"])
    stack.use(settings)
    wait_until(lambda: rest.timetable() == settings["INVOICING_SCHEDULE"], otherwise="the schedule does not change")
