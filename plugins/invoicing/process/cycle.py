"""The cycle of Sleep and Process: when the Process of a scheduled run begins.

A cycle's Sleep ends 24 hours after the Process of the cycle before it ended, as in the workflow that this package rebuilds;
there it drifts later by its own length every day, here by at most `max_drift_minutes` past the schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from invoicing.settings import Settings
from invoicing.warehouse.statements import Statement, execute

FIND_LATEST_CYCLE_END = Statement("process/cycle/find_latest_cycle_end")


@dataclass(frozen=True)
class Sleep:
    """How long a cycle sleeps: until a moment (with time zone), or not at all (None), and why."""

    until: datetime | None
    reason: str


def plan_sleep(
    connection: sa.Connection, *, run_key: str, scheduled_at: datetime, now: datetime, settings: Settings
) -> Sleep:
    """The Sleep of a scheduled run.

    Args:
        scheduled_at: when the schedule called for the run.
        now: the present moment.
    """
    latest = scheduled_at + timedelta(minutes=settings.max_drift_minutes)
    if now >= latest:
        return Sleep(None, f"No sleep: the run is late, it was scheduled for {_said(scheduled_at)}.")
    rest = timedelta(hours=settings.sleep_hours)
    hours = f"{settings.sleep_hours:g} hours"
    ended_at: datetime | None = execute(connection, FIND_LATEST_CYCLE_END, run_key=run_key).scalar_one()
    if ended_at is None and settings.first_step == "process":
        return Sleep(None, "No sleep: the first cycle begins with its Process.")
    if ended_at is None:
        wakes_at, since = now + rest, "the first cycle begins with its Sleep"
    else:
        wakes_at, since = ended_at + rest, f"the previous cycle ended at {_said(ended_at)}"
    if wakes_at <= now:
        return Sleep(None, f"No sleep: {since}, more than {hours} ago.")
    if wakes_at <= latest:
        return Sleep(wakes_at, f"Sleeps until {_said(wakes_at)}: {since}, {hours} before.")
    return Sleep(
        latest,
        f"Sleeps until {_said(latest)}: {since}, and {hours} would last beyond the {settings.max_drift_minutes:g} minutes "
        "that a run may drift past its schedule.",
    )


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"
