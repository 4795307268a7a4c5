"""The run ledger: runs of the daily Process, their attempts, and the buckets that each attempt is made of.

A run is a DAG run of Airflow or a call of the command; each time it is begun is an attempt, with a row of its own that no later
attempt changes. The steps of an attempt are separate transactions, often in separate processes: a bucket that is recorded as
written stands, and an attempt has succeeded when all of its buckets do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from invoicing.vocabulary import RunStatus
from invoicing.warehouse.locks import lock_request, share_request
from invoicing.warehouse.statements import Statement, execute

ADD_UP = Statement("ledger/runs/add_up")
COPY_ACCOUNTING = Statement("ledger/runs/copy_accounting")
COPY_AMOUNTS = Statement("ledger/runs/copy_amounts")
COPY_BUCKETS = Statement("ledger/runs/copy_buckets")
END_ATTEMPT = Statement("ledger/runs/end_attempt")
END_SUPERSEDED = Statement("ledger/runs/end_superseded")
FIND_LATEST_ATTEMPT = Statement("ledger/runs/find_latest_attempt")
FORGET_DUE_ROWS = Statement("ledger/runs/forget_run_due_row")
FORGET_LINES = Statement("ledger/runs/forget_run_line")
LIST_AMOUNTS = Statement("ledger/runs/list_amounts")
LIST_BUCKETS = Statement("ledger/runs/list_buckets")
OPEN_ATTEMPT = Statement("ledger/runs/open_attempt")
PLAN_BUCKET = Statement("ledger/runs/plan_bucket")
RECORD_DUE = Statement("ledger/runs/record_due")


@dataclass(frozen=True)
class Run:
    """One attempt of a run. `contract_ids`: the contracts it is limited to; None: all."""

    attempt_id: int
    run_id: int
    run_key: str
    attempt: int
    run_date: date
    trigger: str
    contract_ids: list[str] | None
    status: str
    started_at: datetime
    ended_at: datetime | None
    due_lines: int
    quarantined_contracts: int
    skipped_reason: str | None
    failure: str | None

    @property
    def has_ended(self) -> bool:
        return self.status != RunStatus.RUNNING


@dataclass(frozen=True)
class BucketRecord:
    """A bucket of an attempt as it is recorded: what is due in it, what was selected (None: not yet), what stood when written.

    `contracts_at`: grows with any change of any of its contracts.
    """

    attempt_id: int
    bucket: int
    first_slot: int
    last_slot: int
    contracts_at: Decimal
    due_lines: int
    selected: int | None
    ready_transactions: int | None
    ready_milestones: int | None
    written_at: datetime | None
    invoices: int | None
    invoice_lines: int | None
    details: int | None
    invoices_written: int | None

    @property
    def key(self) -> dict[str, int]:
        """What a statement finds the rows of the bucket by, where they carry its number."""
        return {"attempt_id": self.attempt_id, "bucket": self.bucket}

    @property
    def slots(self) -> dict[str, int]:
        """What a statement finds its contracts by."""
        return {"first_slot": self.first_slot, "last_slot": self.last_slot}


@dataclass(frozen=True)
class Amounts:
    """Amounts of an attempt in one currency. `ready_amount` is of every billing type."""

    currency: str
    ready_amount: Decimal
    chargeable_amount: Decimal
    non_chargeable_amount: Decimal
    complimentary_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class Figures:
    """An attempt added up: `invoices`, `invoice_lines`, `details` stood when its buckets were written, `invoices_written` are those
    that it created or changed, `unwritten` the buckets that are missing.
    """

    buckets: int
    unwritten: int
    ready_transactions: int
    ready_milestones: int
    invoices: int
    invoice_lines: int
    details: int
    invoices_written: int
    amounts: tuple[Amounts, ...]


def hold_run(connection: sa.Connection, run_key: str) -> None:
    """Keeps all steps of a run from working beside the caller, who begins or ends an attempt: also one that is thought to be dead."""
    lock_request(connection, f"steps of {run_key}")


def hold_bucket(connection: sa.Connection, run_key: str, bucket: int) -> None:
    """Keeps the run from being begun or ended beside the caller, and a bucket from being worked on by two, as when a step is tried
    again that is not as dead as it seems. To be called before anything is read of them.
    """
    share_request(connection, f"steps of {run_key}")
    lock_request(connection, f"bucket {bucket} of {run_key}")


def open_attempt(
    connection: sa.Connection, *, run_key: str, run_date: date, trigger: str, contract_ids: Sequence[str] | None
) -> Run:
    """Opens an attempt of the run of that key: a new run the first time. An earlier attempt that never closed is ended.

    A run keeps the run date of its first attempt, also when the business time zone has changed since.
    """
    lock_request(connection, run_key)
    for superseded in execute(connection, END_SUPERSEDED, run_key=run_key).scalars().all():
        forget_private(connection, superseded)
    row = execute(
        connection,
        OPEN_ATTEMPT,
        run_key=run_key,
        run_date=run_date,
        trigger=trigger,
        contract_ids=list(contract_ids) if contract_ids is not None else None,
    ).one()
    return Run(**row._mapping)


def repeat_bucket(connection: sa.Connection, ended: Run, bucket: int) -> Run:
    """Opens an attempt that repeats one bucket of a run that has ended, and takes the others over as they are recorded.

    When several are repeated at once, the first opens the attempt of all.
    """
    lock_request(connection, ended.run_key)
    latest = find_attempt(connection, ended.run_key)
    if latest is not None and not latest.has_ended:
        return latest
    run = open_attempt(
        connection,
        run_key=ended.run_key,
        run_date=ended.run_date,
        trigger=ended.trigger,
        contract_ids=ended.contract_ids,
    )
    for statement in (COPY_BUCKETS, COPY_ACCOUNTING, COPY_AMOUNTS):
        execute(connection, statement, attempt_id=run.attempt_id, from_attempt_id=ended.attempt_id, bucket=bucket)
    return record_due(
        connection,
        run,
        due_lines=ended.due_lines,
        quarantined_contracts=ended.quarantined_contracts,
        skipped_reason=None,
    )


def find_attempt(connection: sa.Connection, run_key: str) -> Run | None:
    """The latest attempt of the run of that key, or None."""
    row = execute(connection, FIND_LATEST_ATTEMPT, run_key=run_key).one_or_none()
    return None if row is None else Run(**row._mapping)


def plan_bucket(
    connection: sa.Connection,
    run: Run,
    bucket: int,
    *,
    first_slot: int,
    last_slot: int,
    contracts_at: Decimal,
    due_lines: int,
) -> None:
    """Records a bucket of an attempt, a range of slots."""
    execute(
        connection,
        PLAN_BUCKET,
        attempt_id=run.attempt_id,
        bucket=bucket,
        first_slot=first_slot,
        last_slot=last_slot,
        contracts_at=contracts_at,
        due_lines=due_lines,
    )


def list_buckets(connection: sa.Connection, run: Run) -> list[BucketRecord]:
    """The buckets of an attempt, in the order of their numbers."""
    return [BucketRecord(**row._mapping) for row in execute(connection, LIST_BUCKETS, attempt_id=run.attempt_id)]


def record_due(connection: sa.Connection, run: Run, **found: Any) -> Run:
    """Records what is due in an attempt: due_lines, quarantined_contracts, skipped_reason."""
    return Run(**execute(connection, RECORD_DUE, attempt_id=run.attempt_id, **found).one()._mapping)


def add_up(connection: sa.Connection, run: Run) -> Figures:
    """The figures of an attempt, from its buckets."""
    row = execute(connection, ADD_UP, attempt_id=run.attempt_id).one()
    amounts = execute(connection, LIST_AMOUNTS, attempt_id=run.attempt_id)
    return Figures(**row._mapping, amounts=tuple(Amounts(**amount._mapping) for amount in amounts))


def end_attempt(connection: sa.Connection, run: Run, *, failure: str | None, skipped_reason: str | None) -> Run:
    """Ends an attempt: failed where there is a failure, else succeeded. One that has ended stays as it is."""
    row = execute(
        connection,
        END_ATTEMPT,
        attempt_id=run.attempt_id,
        status=RunStatus.SUCCEEDED if failure is None else RunStatus.FAILED,
        failure=failure,
        skipped_reason=skipped_reason,
    ).one_or_none()
    forget_private(connection, run.attempt_id)
    return run if row is None else Run(**row._mapping)


def forget_private(connection: sa.Connection, attempt_id: int) -> None:
    """Removes what the steps of an attempt left for each other."""
    for statement in (FORGET_DUE_ROWS, FORGET_LINES):
        execute(connection, statement, attempt_id=attempt_id)
