"""Second step, per bucket: what is ready of the due lines, and why the rest waits, counted and added up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from invoicing.errors import RunStateError
from invoicing.ledger.runs import BucketRecord, Run, find_attempt, hold_bucket, list_buckets
from invoicing.process.due_lines import find_bucket_again, is_as_found
from invoicing.settings import Settings
from invoicing.warehouse.statements import Statement, execute

ADD_UP = Statement("process/ready_transactions/add_up")
ADD_UP_LINES = Statement("process/ready_transactions/add_up_lines")
COUNT_ADDED_UP = Statement("process/ready_transactions/count_added_up")
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
    """Adds up what happens to every open sale and milestone of a bucket's due lines, and leaves the sums in `run_line`.

    Takes no lock of contracts: should somebody work on them meanwhile, the next step notices and adds up again. Of a bucket that is
    written, and of an attempt that has ended, it says what it would be now, and records nothing.

    Raises:
        RunStateError: the run, or the bucket, is not in the ledger.
    """
    run, record = find_bucket(connection, run_key, bucket)
    if not run.has_ended and record.written_at is None:
        if not is_as_found(connection, run, record):
            record = find_bucket_again(connection, run, record, settings)
        return add_up_bucket(connection, run, record)
    with connection.begin_nested() as rehearsal:
        filtered = add_up_bucket(connection, run, find_bucket_again(connection, run, record, settings))
        rehearsal.rollback()
    return filtered


def find_bucket(connection: sa.Connection, run_key: str, bucket: int) -> tuple[Run, BucketRecord]:
    """The latest attempt of a run, and one of its buckets, which is the caller's until the end of the transaction.

    Raises:
        RunStateError: there is no such run, or no such bucket in it.
    """
    hold_bucket(connection, run_key, bucket)
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


def add_up_bucket(connection: sa.Connection, run: Run, record: BucketRecord) -> Filtered:
    """Adds up the open shares of a bucket's due rows by their reasons, in place of the sums that were there."""
    execute(connection, FORGET_LINES, **record.key)
    with _by_index(connection):
        execute(connection, ADD_UP_LINES, **record.key, **record.slots)
    added = execute(connection, ADD_UP, **record.key).one()
    execute(connection, RECORD_FILTER, **record.key, **added._mapping)
    return Filtered(
        run=run,
        due_lines=record.due_lines,
        ready_transactions=added.ready_transactions,
        ready_milestones=added.ready_milestones,
        reasons=tuple(ReasonCount(**row._mapping) for row in execute(connection, LIST_REASONS, **record.key)),
    )


@contextmanager
def _by_index(connection: sa.Connection) -> Iterator[None]:
    """Finds the detail of a share by its key, or hashes all. A plan made while there are no details would read them all for each
    share, or for each of its contract, and other buckets fill them meanwhile: a bucket of two seconds had not ended after eight minutes.
    """
    setting = sa.text("SELECT set_config('enable_seqscan', :value, true), set_config('enable_mergejoin', :value, true)")
    connection.execute(setting, {"value": "off"})
    yield
    connection.execute(setting, {"value": "on"})


def is_added_up(connection: sa.Connection, record: BucketRecord) -> bool:
    """Whether what the filter left of a bucket is all there: what is private to a run may be gone after a crash."""
    return bool(record.selected == execute(connection, COUNT_ADDED_UP, **record.key).scalar_one())
