"""The run ledger: which run holds the warehouse, how far it is, and what each step left for the next.

The steps of a run are separate transactions, often in separate processes. What holds them together is the run's row in
`invoicing.invoice_run`: its status `running` is the lease of the warehouse, its `step` says how far it is, and its counts
say what the next step has to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from invoicing.errors import RunHeldError, RunStateError
from invoicing.warehouse.lease import Holder, holder
from invoicing.warehouse.statements import execute

Trigger = Literal["scheduled", "manual", "backfill", "cli"]
Step = Literal["opened", "due", "ready", "written", "closed"]


@dataclass(frozen=True)
class Run:
    """One row of the ledger. Amounts are sums over contracts of whatever currency: a control figure, not money."""

    run_id: int
    run_key: str
    run_date: date
    trigger: str
    contract_ids: list[str] | None
    attempt: int
    status: str
    step: Step
    lease_until: datetime
    started_at: datetime
    ended_at: datetime | None
    due_lines: int
    ready_transactions: int
    ready_milestones: int
    ready_amount: Decimal
    invoices: int
    invoice_lines: int
    details: int
    chargeable_amount: Decimal
    quarantined_contracts: int
    skipped_reason: str | None
    failure: str | None
    buckets: int
    written_buckets: list[int]

    @property
    def is_closed(self) -> bool:
        return self.step == "closed"


def open_run(
    connection: sa.Connection,
    *,
    run_key: str,
    run_date: date,
    trigger: Trigger,
    contract_ids: Sequence[str] | None,
    lease_minutes: int,
) -> Run:
    """Opens a run, or opens it again from the start, and takes the lease of the warehouse.

    Args:
        run_key: names the run for good; whoever comes with the same key is the run's own retry.

    Raises:
        RunHeldError: another run holds the lease.
    """
    _take_over_or_refuse(connection, run_key)
    row = execute(
        connection,
        "ledger/open_run",
        run_key=run_key,
        run_date=run_date,
        trigger=trigger,
        contract_ids=list(contract_ids) if contract_ids is not None else None,
        lease_minutes=lease_minutes,
    ).one()
    execute(connection, "ledger/empty_staging")
    return Run(**row._mapping)


def find_run(connection: sa.Connection, run_key: str) -> Run | None:
    """The run of that key, or None."""
    row = execute(connection, "ledger/find_run", run_key=run_key).one_or_none()
    return None if row is None else Run(**row._mapping)


def resume_run(connection: sa.Connection, run_key: str, *, after: Step, lease_minutes: int) -> Run:
    """Takes the run of that key up for the step that follows `after`; a closed run is returned as it is.

    Raises:
        RunHeldError: another run holds the lease.
        RunStateError: the step before has not run, or what it left is not there any more.
    """
    run = inspect_run(connection, run_key, after=after)
    if run.is_closed:
        return run
    row = execute(connection, "ledger/resume_run", run_id=run.run_id, lease_minutes=lease_minutes).one()
    return Run(**row._mapping)


def inspect_run(connection: sa.Connection, run_key: str, *, after: Step) -> Run:
    """As `resume_run`, but its row is only looked at: for buckets, which run side by side and would wait for each other."""
    run = find_run(connection, run_key)
    if run is None:
        raise RunStateError(f"no run {run_key} in the ledger; start with find_due_contract_lines")
    if run.is_closed:
        return run
    steps: list[Step] = ["opened", "due", "ready", "written"]
    if steps.index(run.step) < steps.index(after):
        raise RunStateError(
            f"run {run.run_id} of {run.run_date} is at step {run.step!r}, not yet at {after!r}; "
            "clear find_due_contract_lines and what follows it"
        )
    _take_over_or_refuse(connection, run_key)
    _compare_with_what_was_left(connection, run)
    return run


def record(connection: sa.Connection, run: Run, statement: str, **values: Any) -> Run:
    """Runs one of the ledger's `record_…` statements for the run and returns its new row."""
    row = execute(connection, f"ledger/{statement}", run_id=run.run_id, **values).one()
    return Run(**row._mapping)


def fail_run(connection: sa.Connection, run: Run, failure: str) -> None:
    """Ends a run that did not succeed and gives its lease back."""
    execute(connection, "ledger/fail_run", run_id=run.run_id, failure=failure)


def _take_over_or_refuse(connection: sa.Connection, run_key: str) -> None:
    found = holder(connection)
    if found is None or found.run_key == run_key:
        return
    if not found.is_over:
        raise RunHeldError(
            f"the warehouse is held by {found}; wait for it to end, or clear it if it is stuck; without a sign of life it "
            f"loses the warehouse at {found.lease_until:%Y-%m-%d %H:%M:%S} UTC",
            found.run_key,
        )
    _abandon(connection, found, run_key)


def abandon_run(connection: sa.Connection, run_key: str, *, taken_over_by: str) -> None:
    """Takes the lease from a run that is known to be over though it never closed."""
    found = holder(connection)
    if found is not None and found.run_key == run_key:
        _abandon(connection, found, taken_over_by)


def _abandon(connection: sa.Connection, found: Holder, taken_over_by: str) -> None:
    failure = f"ended without closing; taken over by {taken_over_by}"
    execute(connection, "ledger/fail_run", run_id=found.run_id, failure=failure)


def _compare_with_what_was_left(connection: sa.Connection, run: Run) -> None:
    found = execute(connection, "ledger/left_for_next_step", run_id=run.run_id).one()
    expected: dict[str, int | Decimal] = {"due_lines": run.due_lines}
    if run.step in ("ready", "written"):
        expected |= {
            "selected": run.ready_transactions + run.ready_milestones,
            "details": run.details,
            "chargeable_amount": run.chargeable_amount,
        }
    wrong = [
        f"{name} {found._mapping[name]} instead of {value}"
        for name, value in expected.items()
        if found._mapping[name] != value
    ]
    if wrong:
        raise RunStateError(
            f"run {run.run_id} of {run.run_date} left something else than the ledger says ({', '.join(wrong)}); "
            "clear find_due_contract_lines and what follows it"
        )
