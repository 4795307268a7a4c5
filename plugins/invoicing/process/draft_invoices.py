"""Third step: grouped draft invoices in the warehouse."""

from __future__ import annotations

import sqlalchemy as sa

from invoicing.process.ledger import Run, record, resume_run
from invoicing.settings import Settings
from invoicing.warehouse.statements import execute

# Details before the clean-up: an invoice that loses one line and gains another is never empty in between.
_CLEAN_UP = ("empty_lines", "delete_empty_lines", "delete_empty_invoices", "total_invoices")


def write_draft_invoices(connection: sa.Connection, *, run_key: str, settings: Settings) -> Run:
    """Writes what was selected as drafts, one invoice per contract, customer, currency and run date.

    Drafts of the run's dates that nobody touched become exactly what the selection says; others are left alone.

    Raises:
        RunHeldError, RunStateError: see `invoicing.process.ledger.resume_run`.
    """
    run = resume_run(connection, run_key, after="ready", lease_minutes=settings.lease_minutes)
    if run.is_closed or run.skipped_reason:
        return run
    execute(connection, "process/release_details", run_id=run.run_id)
    execute(connection, "process/write_invoices", run_id=run.run_id)
    execute(connection, "process/write_invoice_lines", run_id=run.run_id)
    execute(connection, "process/write_invoice_line_details", run_id=run.run_id)
    for statement in _CLEAN_UP:
        execute(connection, f"process/{statement}", run_id=run.run_id)
    return record(connection, run, "record_step", step="written")
