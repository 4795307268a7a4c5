"""Third step: grouped draft invoices in the warehouse."""

from __future__ import annotations

import sqlalchemy as sa

from invoicing.errors import RunStateError
from invoicing.process.buckets import Bucket
from invoicing.process.ledger import Run, inspect_run, record
from invoicing.settings import Settings
from invoicing.warehouse.statements import execute

# Details before the clean-up: an invoice that loses one line and gains another is never empty in between.
_STATEMENTS = (
    "release_details",
    "write_invoices",
    "write_invoice_lines",
    "write_invoice_line_details",
    "empty_lines",
    "delete_empty_lines",
    "delete_empty_invoices",
    "total_invoices",
)


def write_draft_invoices(connection: sa.Connection, *, run_key: str, bucket: Bucket, settings: Settings) -> Run:
    """Writes what was selected of a bucket's contracts as drafts, one invoice per contract, customer, currency, run date.

    Drafts of the run's dates that nobody touched become exactly what the selection says; others are left alone. The buckets
    of a run may be written side by side, in transactions that share the writer lock.

    Raises:
        RunHeldError, RunStateError: see `invoicing.process.ledger.resume_run`.
    """
    run = inspect_run(connection, run_key, after="ready")
    if run.is_closed or run.skipped_reason:
        return run
    if bucket.count != run.buckets:
        raise RunStateError(
            f"run {run.run_id} of {run.run_date} is written in {run.buckets} buckets, and this is {bucket}; "
            "clear filter_ready_transactions and what follows it"
        )
    for statement in _STATEMENTS:
        execute(
            connection,
            f"process/{statement}",
            run_id=run.run_id,
            first_slot=bucket.first_slot,
            last_slot=bucket.last_slot,
        )
    return record(connection, run, "record_bucket", bucket=bucket.number, lease_minutes=settings.lease_minutes)
