"""Schedule rows of a load: those that its file names, and those that its milestones make."""

from __future__ import annotations

import sqlalchemy as sa

from invoicing.source.merging import analyze_if_many
from invoicing.source.staging import analyze
from invoicing.source.tables import TABLES_BY_NAME
from invoicing.warehouse.statements import Statement, execute

FIND_CHANGED_ROWS = Statement("source/schedule_rows/find_changed_rows")
MERGE_ROWS = Statement("source/schedule_rows/merge_rows")
REMOVE_MOVED_MILESTONES = Statement("source/schedule_rows/remove_moved_milestones")
MERGE_MILESTONES = Statement("source/schedule_rows/merge_milestones")
MAKE_DUE_AGAIN = Statement("source/schedule_rows/make_due_again")

SCHEDULES = TABLES_BY_NAME["invoice_schedules"]


def find_changed_rows(connection: sa.Connection) -> None:
    """The rows of the file that the warehouse does not have yet, as it will have them."""
    execute(connection, FIND_CHANGED_ROWS)
    analyze(connection, f"pg_temp.{SCHEDULES.changed}")


def merge_rows(connection: sa.Connection) -> None:
    """Writes them."""
    analyze_if_many(connection, SCHEDULES.target, execute(connection, MERGE_ROWS).rowcount)


def follow_milestones(connection: sa.Connection) -> None:
    """Each milestone makes its line due on its date; one that moves is due on its new date alone."""
    execute(connection, REMOVE_MOVED_MILESTONES)
    analyze_if_many(connection, SCHEDULES.target, execute(connection, MERGE_MILESTONES).rowcount)


def make_due_again(connection: sa.Connection, change_id: int) -> None:
    """The rows of the drafts that nobody edited and that hold what the load has changed."""
    execute(connection, MAKE_DUE_AGAIN, change_id=change_id)
