"""Second step: the ready transactions and milestones of the due lines, and why the others wait."""

from __future__ import annotations

import sqlalchemy as sa

from invoicing.process.buckets import number_of_buckets
from invoicing.process.ledger import Run, record, resume_run
from invoicing.settings import Settings
from invoicing.warehouse.statements import execute


def filter_ready_transactions(connection: sa.Connection, *, run_key: str, settings: Settings) -> Run:
    """Leaves in `run_selection` what becomes of every open actual of the due lines, and in `run_invoice_line` the lines.

    Raises:
        RunHeldError, RunStateError: see `invoicing.process.ledger.resume_run`.
    """
    run = resume_run(connection, run_key, after="due", lease_minutes=settings.lease_minutes)
    if run.is_closed or not run.due_lines:
        return run
    connection.execute(sa.text("TRUNCATE invoicing.run_selection, invoicing.run_invoice_line"))
    execute(connection, "process/forget_accounting", run_id=run.run_id)
    execute(connection, "process/select_transactions", run_id=run.run_id)
    execute(connection, "process/select_milestones", run_id=run.run_id, late_milestones=settings.late_milestones)
    # Statistics before the joins: of a table just filled the planner knows nothing, and would loop.
    connection.execute(sa.text("ANALYZE invoicing.run_selection"))
    execute(connection, "process/reroute_transactions", run_id=run.run_id)
    execute(connection, "process/account", run_id=run.run_id)
    execute(connection, "process/group_invoice_lines", run_id=run.run_id)
    connection.execute(sa.text("ANALYZE invoicing.run_invoice_line"))
    left = execute(connection, "ledger/left_for_next_step", run_id=run.run_id).one()
    # A day that is run again may also have to take something off its drafts.
    nothing_to_write = not left.selected and not _stale_details(connection, run)
    return record(
        connection,
        run,
        "record_ready",
        step="written" if nothing_to_write else "ready",
        skipped_reason=f"nothing is ready for the lines due on {run.run_date}" if nothing_to_write else None,
        buckets=number_of_buckets(left.details, settings),
    )


def _stale_details(connection: sa.Connection, run: Run) -> int:
    count: int = execute(connection, "process/count_stale_details", run_id=run.run_id).scalar_one()
    return count
