"""Third step, per bucket: grouped draft invoices in the warehouse, in one transaction that proves what it wrote."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from invoicing.errors import AccountingError
from invoicing.ledger.changes import Change, Request, list_change_ids, open_change
from invoicing.ledger.runs import BucketRecord, Run, list_buckets, repeat_bucket
from invoicing.process.due_lines import find_bucket_again, is_as_found
from invoicing.process.ready_transactions import add_up_bucket, find_bucket, is_added_up
from invoicing.settings import Settings
from invoicing.warehouse.locks import lock_slots
from invoicing.warehouse.statements import Statement, execute

DELETE_EMPTY_INVOICES = Statement("process/draft_invoices/delete_empty_invoices")
DELETE_EMPTY_LINES = Statement("process/draft_invoices/delete_empty_lines")
EMPTY_LINES = Statement("process/draft_invoices/empty_lines")
FIND_DIFFERENCES = Statement("process/draft_invoices/find_differences")
FORGET_ACCOUNTING = Statement("process/draft_invoices/forget_accounting")
FORGET_AMOUNTS = Statement("process/draft_invoices/forget_amounts")
FORGET_TAKEN_SHARES = Statement("process/draft_invoices/forget_taken_shares")
MARK_ROWS = Statement("process/draft_invoices/mark_rows")
RECORD_ACCOUNTING = Statement("process/draft_invoices/record_accounting")
RECORD_AMOUNTS = Statement("process/draft_invoices/record_amounts")
RECORD_BUCKET = Statement("process/draft_invoices/record_bucket")
RELEASE_DETAILS = Statement("process/draft_invoices/release_details")
TOTAL_INVOICES = Statement("process/draft_invoices/total_invoices")
TOUCH_CONTRACTS = Statement("process/draft_invoices/touch_contracts")
WRITE_INVOICES = Statement("process/draft_invoices/write_invoices")
WRITE_INVOICE_LINES = Statement("process/draft_invoices/write_invoice_lines")
WRITE_INVOICE_LINE_DETAILS = Statement("process/draft_invoices/write_invoice_line_details")

# In the order they run. Details before the clean-up: an invoice that loses one line and gains another is never empty in between.
WRITING = (
    RELEASE_DETAILS,
    FORGET_TAKEN_SHARES,
    WRITE_INVOICES,
    WRITE_INVOICE_LINE_DETAILS,
    WRITE_INVOICE_LINES,
    EMPTY_LINES,
    DELETE_EMPTY_LINES,
    DELETE_EMPTY_INVOICES,
    TOTAL_INVOICES,
)


def write_draft_invoices(
    connection: sa.Connection, *, run_key: str, bucket: int, settings: Settings
) -> tuple[Run, BucketRecord]:
    """Writes what is ready of a bucket as drafts, one invoice per contract, customer, currency and run date.

    The run's own drafts of its dates become exactly what the rule of selection says; others are kept. Where somebody has worked on
    the contracts since they were looked at, the bucket is found and added up again. What is stored is compared, line by line, with
    the sums of the filter; schedule rows are marked and the bucket is recorded in the same transaction: it is done, or it has left
    nothing.

    Raises:
        RunStateError: the run, or the bucket, is not in the ledger.
        AccountingError: what is stored differs from what the filter added up.
    """
    run, record = find_bucket(connection, run_key, bucket)
    if run.has_ended:
        run = repeat_bucket(connection, run, bucket)
        record = replace(record, attempt_id=run.attempt_id, selected=None)
    lock_slots(connection, range(record.first_slot, record.last_slot + 1))
    if not (is_as_found(connection, run, record) and is_added_up(connection, record)):
        record = find_bucket_again(connection, run, record, settings)
        add_up_bucket(connection, run, record)
    request = Request(by=run.trigger, key=f"{run.run_key}/{run.attempt}/{bucket}")
    change = open_change(connection, request, "run")
    values = {**record.key, **record.slots, "change_id": change.change_id}
    for statement in WRITING:
        execute(connection, statement, **{name: values[name] for name in statement.parameters})
    _prove(connection, run, record)
    return run, _record(connection, run, record, request, change)


def _prove(connection: sa.Connection, run: Run, record: BucketRecord) -> None:
    for found in execute(connection, FIND_DIFFERENCES, **record.key, **record.slots):
        raise AccountingError(
            f"run {run.run_id} of {run.run_date} does not add up: line {found.contract_line_id} of contract "
            f"{found.contract_id} for {found.run_date} should have {found.detail_count} details of {found.chargeable_amount} "
            f"chargeable, and has {found.found_count} of {found.found_amount}; nothing was written"
        )


def _record(
    connection: sa.Connection, run: Run, record: BucketRecord, request: Request, change: Change
) -> BucketRecord:
    key, slots = record.key, record.slots
    execute(connection, MARK_ROWS, attempt_id=run.attempt_id, **slots, run_date=run.run_date, ran_at=change.changed_at)
    execute(connection, TOUCH_CONTRACTS, attempt_id=run.attempt_id, **slots, change_id=change.change_id)
    for statement in (FORGET_ACCOUNTING, FORGET_AMOUNTS, RECORD_ACCOUNTING):
        execute(connection, statement, **key)
    execute(connection, RECORD_AMOUNTS, **key, **slots)
    execute(
        connection,
        RECORD_BUCKET,
        **key,
        **slots,
        change_ids=list_change_ids(connection, request),
        written_at=change.changed_at,
    )
    return next(written for written in list_buckets(connection, run) if written.bucket == record.bucket)
