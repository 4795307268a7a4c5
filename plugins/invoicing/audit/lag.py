"""How far invoicing is behind: what was due by a day and has not run, for whatever reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from invoicing.warehouse.statements import Statement, execute

MEASURE_LAG = Statement("audit/lag/measure_lag")


@dataclass(frozen=True)
class Lag:
    """Schedule rows and ready milestones that are due and have not run, and the age of the oldest in days."""

    rows: int
    days: int


def measure_lag(connection: sa.Connection, as_of: date) -> Lag:
    """The lag of the warehouse on a day."""
    found = execute(connection, MEASURE_LAG, as_of=as_of).one()
    return Lag(found.due_rows, 0 if found.oldest_run_date is None else (as_of - found.oldest_run_date).days)
