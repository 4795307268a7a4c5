"""Third step, per bucket: grouped draft invoices in the warehouse, in one transaction that proves what it wrote."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from invoicing.errors import AccountingError
from invoicing.ledger.changes import Request, list_change_ids, open_change
from invoicing.ledger.runs import BucketRecord, Run, list_buckets, repeat_bucket
from invoicing.process.due_lines import find_bucket_again
from invoicing.process.ready_transactions import (
    FIND_HELD,
    FORGET_HELD,
    count_bucket,
    find_bucket,
    is_counted,
)
from invoicing.settings import Settings
from invoicing.warehouse.locks import lock_slots
from invoicing.warehouse.statements import Statement, execute

FIND_DIFFERENCES = Statement("process/draft_invoices/find_differences")
FIND_UNACCOUNTED = Statement("process/draft_invoices/find_unaccounted")
FORGET_ACCOUNTING = Statement("process/draft_invoices/forget_accounting")
FORGET_AMOUNTS = Statement("process/draft_invoices/forget_amounts")
MARK_ROWS = Statement("process/draft_invoices/mark_rows")
RECORD_ACCOUNTING = Statement("process/draft_invoices/record_accounting")
RECORD_AMOUNTS = Statement("process/draft_invoices/record_amounts")
RECORD_BUCKET = Statement("process/draft_invoices/record_bucket")

# In the order they run. Details before the clean-up: an invoice that loses one line and gains another is never empty in between.
WRITING = tuple(
    Statement(f"process/draft_invoices/{name}")
    for name in (
        "release_details",
        "write_invoices",
        "write_invoice_line_details",
        "write_invoice_lines",
        "empty_lines",
        "delete_empty_lines",
        "delete_empty_invoices",
        "total_invoices",
    )
)


def write_draft_invoices(
    connection: sa.Connection, *, run_key: str, bucket: int, settings: Settings
) -> tuple[Run, BucketRecord]:
    """Writes what was counted of a bucket as drafts, one invoice per contract, customer, currency and run date.

    The run's own drafts of its dates become exactly what the selection says; others are kept. What is stored is compared,
    line by line, with what was counted; where somebody worked meanwhile the bucket is found and counted again. Schedule rows are
    marked and the bucket is recorded in the same transaction: it is done, or it has left nothing.

    Raises:
        RunStateError: the run, or the bucket, is not in the ledger.
        AccountingError: what is stored differs from what was counted, though nobody else can have worked.
    """
    run, record = find_bucket(connection, run_key, bucket)
    lock_slots(connection, range(record.first_slot, record.last_slot + 1))
    if run.has_ended:
        run = repeat_bucket(connection, run, bucket)
        record = replace(record, attempt_id=run.attempt_id, line_count=None)
    if record.written_at is not None or not is_counted(connection, run, record):
        _count_again(connection, run, record, settings)
    request = Request(by=run.trigger, key=f"{run.run_key}/{run.attempt}/{bucket}")
    change = open_change(connection, request, "run")
    with connection.begin_nested() as attempt:
        _write(connection, run, record, change.change_id)
        wrong = _differences(connection, run, record)
        if wrong:
            attempt.rollback()
    if wrong:
        _count_again(connection, run, record, settings)
        _write(connection, run, record, change.change_id)
        if wrong := _differences(connection, run, record):
            raise AccountingError(f"run {run.run_id} of {run.run_date} does not add up: {wrong}; nothing was written")
    slots = {"attempt_id": run.attempt_id, **record.slots}
    execute(connection, MARK_ROWS, **slots, run_date=run.run_date, ran_at=change.changed_at)
    for statement in (FORGET_ACCOUNTING, FORGET_AMOUNTS):
        execute(connection, statement, attempt_id=run.attempt_id, bucket=bucket)
    execute(connection, RECORD_ACCOUNTING, **slots, bucket=bucket)
    execute(connection, RECORD_AMOUNTS, **slots, bucket=bucket)
    execute(
        connection,
        RECORD_BUCKET,
        **slots,
        bucket=bucket,
        change_ids=list_change_ids(connection, request),
        written_at=change.changed_at,
    )
    return run, next(written for written in list_buckets(connection, run) if written.bucket == bucket)


def _count_again(connection: sa.Connection, run: Run, record: BucketRecord, settings: Settings) -> None:
    find_bucket_again(connection, run, record, settings)
    count_bucket(connection, run, record)


def _write(connection: sa.Connection, run: Run, record: BucketRecord, change_id: int) -> None:
    slots = {"attempt_id": run.attempt_id, **record.slots}
    for statement in (FORGET_HELD, FIND_HELD):
        execute(connection, statement, **slots)
    for statement in WRITING:
        change = {"change_id": change_id} if "change_id" in statement.parameters else {}
        execute(connection, statement, **slots, **change)


def _differences(connection: sa.Connection, run: Run, record: BucketRecord) -> str | None:
    """What of the bucket differs from what was counted, in words; None when everything adds up."""
    slots = {"attempt_id": run.attempt_id, **record.slots}
    for found in execute(connection, FIND_UNACCOUNTED, **slots):
        return (
            f"line {found.contract_line_id} of contract {found.contract_id} has {found.transactions} open sales of "
            f"{found.amount}, and {found.counted_transactions} of {found.counted_amount} were counted"
        )
    for found in execute(connection, FIND_DIFFERENCES, **slots):
        return (
            f"line {found.contract_line_id} of contract {found.contract_id} for {found.run_date} should have "
            f"{found.detail_count} details of {found.chargeable_amount} chargeable, and has {found.found_count} of "
            f"{found.found_amount}"
        )
    return None
