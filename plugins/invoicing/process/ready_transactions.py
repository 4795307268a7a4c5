"""Second step, per bucket: what is ready of the due lines, and why the rest waits, counted and added up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from invoicing.errors import RunStateError
from invoicing.ledger.runs import BucketRecord, Run, find_attempt, list_buckets
from invoicing.process.due_lines import count_due_lines, find_bucket_again
from invoicing.settings import Settings
from invoicing.warehouse.statements import Statement, execute

ADD_UP = Statement("process/ready_transactions/add_up")
COUNT_LINES = Statement("process/ready_transactions/count_lines")
FIND_HELD = Statement("process/ready_transactions/find_held")
FORGET_HELD = Statement("process/ready_transactions/forget_held")
FORGET_LINES = Statement("process/ready_transactions/forget_lines")
LIST_REASONS = Statement("process/ready_transactions/list_reasons")
RECORD_FILTER = Statement("process/ready_transactions/record_filter")


@dataclass(frozen=True)
class ReasonCount:
    """How many open sales, of which amount in `currency`, have a reason in common: `invoiced`, `after_cutoff` …"""

    reason: str
    currency: str
    transactions: int
    amount: Decimal


@dataclass(frozen=True)
class Filtered:
    """What a bucket comes to: `due_lines`, ready transactions and milestones, and the reasons of all open sales."""

    run: Run
    due_lines: int
    ready_transactions: int
    ready_milestones: int
    reasons: tuple[ReasonCount, ...]


def filter_ready_transactions(connection: sa.Connection, *, run_key: str, bucket: int, settings: Settings) -> Filtered:
    """Counts what becomes of every open sale and milestone of a bucket's due lines, and leaves it in `run_line`.

    Takes no lock: should somebody work meanwhile, the next step notices and counts again. Of an attempt that has ended it
    counts what it would be now, and records nothing.

    Raises:
        RunStateError: the run, or the bucket, is not in the ledger.
    """
    run, record = find_bucket(connection, run_key, bucket)
    if not run.has_ended:
        if count_due_lines(connection, run, record) != record.due_lines:
            find_bucket_again(connection, run, record, settings)
        return count_bucket(connection, run, record)
    with connection.begin_nested() as rehearsal:
        find_bucket_again(connection, run, record, settings)
        filtered = count_bucket(connection, run, record)
        rehearsal.rollback()
    return filtered


def find_bucket(connection: sa.Connection, run_key: str, bucket: int) -> tuple[Run, BucketRecord]:
    """The latest attempt of a run, and one of its buckets.

    Raises:
        RunStateError: there is no such run, or no such bucket in it.
    """
    run = find_attempt(connection, run_key)
    if run is None:
        raise RunStateError(f"no run {run_key} in the ledger; start with find_due_contract_lines")
    records = {record.bucket: record for record in list_buckets(connection, run)}
    if bucket not in records:
        raise RunStateError(
            f"run {run.run_id} of {run.run_date} has {len(records)} buckets and none of number {bucket}; "
            "clear find_due_contract_lines and what follows it"
        )
    return run, records[bucket]


def count_bucket(connection: sa.Connection, run: Run, record: BucketRecord) -> Filtered:
    """Counts a bucket anew from its due rows: what drafts hold, and then every open share under its reason."""
    slots = {"attempt_id": run.attempt_id, **record.slots}
    for statement in (FORGET_HELD, FIND_HELD, FORGET_LINES, COUNT_LINES):
        execute(connection, statement, **slots)
    added = execute(connection, ADD_UP, **slots).one()
    due_lines = count_due_lines(connection, run, record)
    execute(
        connection,
        RECORD_FILTER,
        attempt_id=run.attempt_id,
        bucket=record.bucket,
        due_lines=due_lines,
        **added._mapping,
    )
    return Filtered(
        run=run,
        due_lines=due_lines,
        ready_transactions=added.ready_transactions,
        ready_milestones=added.ready_milestones,
        reasons=tuple(ReasonCount(**row._mapping) for row in execute(connection, LIST_REASONS, **slots)),
    )


def is_counted(connection: sa.Connection, run: Run, record: BucketRecord) -> bool:
    """Whether what the filter left of a bucket is all there: what is private to a run may be gone after a crash."""
    slots = {"attempt_id": run.attempt_id, **record.slots}
    found: int = execute(connection, ADD_UP, **slots).one().line_count
    return record.line_count == found and count_due_lines(connection, run, record) == record.due_lines
