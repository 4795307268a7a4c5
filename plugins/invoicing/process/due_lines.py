"""First step: the contract lines whose invoice run date has come, and the buckets that they are filtered and written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.audit.exceptions import detect_errors, earlier
from invoicing.errors import AccountingError, UsageError
from invoicing.ledger.contracts import refuse_unknown_contracts
from invoicing.ledger.runs import (
    BucketRecord,
    Run,
    find_attempt,
    hold_run,
    list_buckets,
    open_attempt,
    plan_bucket,
    record_due,
)
from invoicing.process.buckets import Bucket, plan_buckets
from invoicing.settings import Settings
from invoicing.vocabulary import Trigger
from invoicing.warehouse.locks import SLOTS
from invoicing.warehouse.statements import Statement, execute

COUNT_BY_SLOT = Statement("process/due_lines/count_by_slot")
COUNT_DUE_LINES = Statement("process/due_lines/count_due_lines")
FIND_DUE_ROWS = Statement("process/due_lines/find_due_rows")
FIND_GAPS = Statement("process/due_lines/find_gaps")
FIND_FIRST_RUN_DATE = Statement("process/due_lines/find_first_run_date")
FORGET_DUE_ROWS = Statement("process/due_lines/forget_due_rows")
LIST_KEPT_DRAFTS = Statement("process/due_lines/list_kept_drafts")
LIST_QUARANTINED = Statement("process/due_lines/list_quarantined")
QUARANTINE_ROWS = Statement("process/due_lines/quarantine_rows")
RECORD_BUCKET = Statement("process/due_lines/record_bucket")
SUM_CHANGES = Statement("process/due_lines/sum_changes")

_ALL_SLOTS = {"first_slot": 0, "last_slot": SLOTS - 1}


@dataclass(frozen=True)
class KeptDraft:
    """A draft that the run would have derived afresh, had not somebody changed it. `changed_by`: who did last."""

    contract_id: str
    invoice_id: UUID
    customer_id: str
    run_date: date
    status: str
    changed_by: str | None

    def __str__(self) -> str:
        by = f" by {self.changed_by}" if self.changed_by else ""
        return (
            f"invoice {self.invoice_id} of contract {self.contract_id} for {self.run_date} ({self.status}, changed{by})"
        )


@dataclass(frozen=True)
class Quarantined:
    """A contract that a run set aside, and what to correct."""

    contract_id: str
    code: str
    message: str


@dataclass(frozen=True)
class Due:
    """An attempt that has found its due lines: its buckets, the contracts that it sets aside, the drafts that it keeps."""

    run: Run
    buckets: tuple[Bucket, ...]
    quarantined: tuple[Quarantined, ...]
    kept_drafts: tuple[KeptDraft, ...]


def find_due_contract_lines(
    connection: sa.Connection,
    *,
    run_key: str,
    run_date: date,
    trigger: Trigger,
    settings: Settings,
    contract_ids: Sequence[str] | None = None,
    is_rehearsal: bool = False,
) -> Due:
    """Opens an attempt of the run and leaves the rows due on `run_date`, or on a day missed before it, in `run_due_row`.

    The ranges of the buckets are those of the run's first attempt, so that a bucket that is cleared means the same contracts.

    Args:
        is_rehearsal: nothing of it will stay, so it takes no lock that others wait for, and reports no problems.

    Raises:
        NotFoundError: a contract was named that the warehouse does not hold.
    """
    refuse_unknown_contracts(connection, contract_ids)
    hold_run(connection, run_key)
    earlier_attempt = find_attempt(connection, run_key)
    run = open_attempt(connection, run_key=run_key, run_date=run_date, trigger=trigger, contract_ids=contract_ids)
    contracts_at = _contracts_at(connection, **_ALL_SLOTS)
    _find_due_rows(connection, run, settings, **_ALL_SLOTS)
    if not is_rehearsal:
        detect_errors(connection, run.run_date, contract_ids=run.contract_ids)
    execute(connection, QUARANTINE_ROWS, attempt_id=run.attempt_id, **_ALL_SLOTS)
    counted = execute(connection, COUNT_BY_SLOT, attempt_id=run.attempt_id).all()
    buckets = _buckets_of(connection, earlier_attempt) or plan_buckets(
        {row.slot: row.open_count for row in counted}, settings
    )
    for bucket in buckets:
        plan_bucket(
            connection,
            run,
            bucket.number,
            first_slot=bucket.first_slot,
            last_slot=bucket.last_slot,
            contracts_at=sum((contracts_at[slot] for slot in bucket.slots if slot in contracts_at), Decimal(0)),
            due_lines=sum(row.due_lines for row in counted if row.slot in bucket.slots),
        )
    found = execute(connection, COUNT_DUE_LINES, attempt_id=run.attempt_id, **_ALL_SLOTS).one()
    run = record_due(
        connection,
        run,
        due_lines=found.due_lines,
        quarantined_contracts=found.quarantined_contracts,
        skipped_reason=None if found.due_lines else _why_nothing_is_due(connection, run),
    )
    if not is_rehearsal:
        connection.execute(sa.text("ANALYZE invoicing.run_due_row"))
    return Due(run, tuple(buckets), tuple(_list_quarantined(connection, run)), tuple(_list_kept(connection, run)))


def _find_due_rows(connection: sa.Connection, run: Run, settings: Settings, *, first_slot: int, last_slot: int) -> None:
    """Finds the due rows of a range of slots, in place of any that were found before.

    Raises:
        AccountingError: the rows of a line do not split the calendar.
    """
    slots = {"attempt_id": run.attempt_id, "first_slot": first_slot, "last_slot": last_slot}
    execute(connection, FORGET_DUE_ROWS, **slots)
    execute(
        connection,
        FIND_DUE_ROWS,
        **slots,
        run_date=run.run_date,
        oldest_run_date=earlier(run.run_date, settings.catch_up_days),
        contract_ids=run.contract_ids,
        late_milestones=settings.late_milestones,
    )
    for found in execute(connection, FIND_GAPS, **slots):
        raise AccountingError(
            f"the due rows of line {found.contract_line_id} of contract {found.contract_id} do not split the calendar for "
            f"customer {found.customer_id or '(all)'}"
        )


def find_bucket_again(connection: sa.Connection, run: Run, bucket: BucketRecord, settings: Settings) -> BucketRecord:
    """Finds the due rows of a bucket again, when they are gone or somebody worked on its contracts meanwhile."""
    contracts_at = sum(_contracts_at(connection, **bucket.slots).values(), Decimal(0))
    _find_due_rows(connection, run, settings, **bucket.slots)
    execute(connection, QUARANTINE_ROWS, attempt_id=run.attempt_id, **bucket.slots)
    row = execute(
        connection,
        RECORD_BUCKET,
        **bucket.key,
        contracts_at=contracts_at,
        due_lines=_count_due_lines(connection, run, bucket),
    ).one()
    return BucketRecord(**row._mapping)


def is_as_found(connection: sa.Connection, run: Run, bucket: BucketRecord) -> bool:
    """Whether the due rows of a bucket are all there, and nobody has worked on its contracts since they were found."""
    contracts_at = sum(_contracts_at(connection, **bucket.slots).values(), Decimal(0))
    return contracts_at == bucket.contracts_at and _count_due_lines(connection, run, bucket) == bucket.due_lines


def _contracts_at(connection: sa.Connection, *, first_slot: int, last_slot: int) -> dict[int, Decimal]:
    rows = execute(connection, SUM_CHANGES, first_slot=first_slot, last_slot=last_slot)
    return {row.slot: row.contracts_at for row in rows}


def _count_due_lines(connection: sa.Connection, run: Run, bucket: BucketRecord) -> int:
    due_lines: int = execute(connection, COUNT_DUE_LINES, attempt_id=run.attempt_id, **bucket.slots).one().due_lines
    return due_lines


def refuse_future(run_date: date, today: date) -> None:
    """A run takes what is ready on its day, and of a day to come nobody can know that yet; a preview may guess.

    Raises:
        UsageError: the run date is after today, in the business time zone.
    """
    if run_date > today:
        raise UsageError(
            f"run date {run_date} is in the future, today is {today}; a preview shows what it would write so far"
        )


def _buckets_of(connection: sa.Connection, attempt: Run | None) -> list[Bucket]:
    records = list_buckets(connection, attempt) if attempt else []
    return [Bucket(record.bucket, len(records), record.first_slot, record.last_slot) for record in records]


def _list_kept(connection: sa.Connection, run: Run) -> list[KeptDraft]:
    return [KeptDraft(**row._mapping) for row in execute(connection, LIST_KEPT_DRAFTS, attempt_id=run.attempt_id)]


def _list_quarantined(connection: sa.Connection, run: Run) -> list[Quarantined]:
    return [Quarantined(**row._mapping) for row in execute(connection, LIST_QUARANTINED, attempt_id=run.attempt_id)]


def _why_nothing_is_due(connection: sa.Connection, run: Run) -> str:
    first: date | None = execute(connection, FIND_FIRST_RUN_DATE, contract_ids=run.contract_ids).scalar_one()
    nothing = f"nothing is due on {run.run_date}"
    if first is None:
        return f"{nothing}: no contract of the run has an invoice schedule"
    return f"{nothing}: the invoice schedules begin on {first}" if run.run_date < first else nothing
