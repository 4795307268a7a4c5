"""The two samples in the warehouse: Adatum's contract, and an agency's twelve months up to today."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pendulum
import sqlalchemy as sa

from invoicing.process.day import run_day
from invoicing.settings import PROJECT_ROOT, Settings
from invoicing.source.loading import load_folder
from samples import agency

ADATUM = PROJECT_ROOT / "samples" / "adatum"
AGENCY = PROJECT_ROOT / ".demo"
_DAYS_PER_RUN = 28  # within catch_up_days, so that every row is run under its own date


def load_samples(engine: sa.Engine, settings: Settings, today: date) -> date:
    """Loads both; what is there already stays as it is. Returns the day on which the agency's year begins."""
    folder = _agency_folder(today)
    for source in (ADATUM, folder):
        load_folder(engine, source, wait_seconds=settings.wait_seconds)
    return date.fromisoformat(folder.name.removeprefix("agency-"))


def invoice_the_past(engine: sa.Engine, settings: Settings, start: date) -> int:
    """Invoices the agency's year except its last weeks, which are left for the daily run. Returns the runs it took."""
    days = [start + timedelta(days=_DAYS_PER_RUN * number) for number in range(1, 13)]
    wanted = [day for day in days if not has_succeeded(engine, day)]
    for day in wanted:
        run_day(engine, day, run_key=f"demo/{day}", settings=settings)
    return len(wanted)


def has_succeeded(engine: sa.Engine, day: date) -> bool:
    """Whether a run of that day has succeeded."""
    query = sa.text("SELECT count(*) FROM analytics.invoice_runs WHERE run_date = :day AND status = 'succeeded'")
    with engine.connect() as connection:
        return bool(connection.execute(query, {"day": day}).scalar_one())


def _agency_folder(today: date) -> Path:
    # Made once: a year that began on another day would be another firm under the same names.
    made = sorted(AGENCY.glob("agency-*"))
    if made:
        return made[0]
    start = pendulum.date(today.year, today.month, today.day).subtract(years=1).add(days=1)
    unfinished = AGENCY / "unfinished"
    agency.generate(unfinished, start_date=start)
    return unfinished.rename(AGENCY / f"agency-{start}")
