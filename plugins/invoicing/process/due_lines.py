"""First step: the contract lines whose invoice run date has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import NotFoundError, UsageError
from invoicing.process.exceptions import detect_exceptions
from invoicing.process.ledger import Run, Trigger, open_run, record
from invoicing.settings import Settings
from invoicing.warehouse.statements import execute


@dataclass(frozen=True)
class LeftAlone:
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
    """A contract that a run set aside, and what to mend."""

    contract_id: str
    code: str
    message: str


def find_due_contract_lines(
    connection: sa.Connection,
    *,
    run_key: str,
    run_date: date,
    trigger: Trigger,
    settings: Settings,
    contract_ids: Sequence[str] | None = None,
) -> Run:
    """Opens the run and leaves the lines due on `run_date`, or on a day missed before it, in `run_due_line`.

    Raises:
        RunHeldError: another run holds the warehouse.
        NotFoundError: a contract was named that the warehouse does not hold.
    """
    _refuse_unknown(connection, contract_ids)
    run = open_run(
        connection,
        run_key=run_key,
        run_date=run_date,
        trigger=trigger,
        contract_ids=contract_ids,
        lease_minutes=settings.lease_minutes,
    )
    execute(connection, "process/forget_accounting", run_id=run.run_id)
    execute(
        connection,
        "process/find_due_lines",
        run_id=run.run_id,
        run_date=run_date,
        oldest_run_date=run_date - timedelta(days=settings.catch_up_days),
        contract_ids=run.contract_ids,
        late_milestones=settings.late_milestones,
    )
    connection.execute(sa.text("ANALYZE invoicing.run_due_line"))
    detect_exceptions(connection, run_date, catch_up_days=settings.catch_up_days, contract_ids=contract_ids)
    execute(connection, "process/quarantine_contracts", run_id=run.run_id)
    nothing_due = not execute(connection, "ledger/left_for_next_step", run_id=run.run_id).one().due_lines
    return record(
        connection,
        run,
        "record_due",
        step="written" if nothing_due else "due",
        skipped_reason=_why_nothing_is_due(connection, run) if nothing_due else None,
    )


def refuse_future(run_date: date, today: date) -> None:
    """A run takes what is ready on its day, and of a day to come nobody can know that yet; a preview may guess.

    Raises:
        UsageError: the run date is after today, in the business time zone.
    """
    if run_date > today:
        raise UsageError(
            f"run date {run_date} is in the future, today is {today}; a preview shows what it would write so far"
        )


def list_left_alone(connection: sa.Connection, run: Run) -> list[LeftAlone]:
    """The drafts of the run's lines and dates that stay as somebody made them; before the run is closed."""
    return [LeftAlone(**row._mapping) for row in execute(connection, "process/list_left_alone", run_id=run.run_id)]


def list_quarantined(connection: sa.Connection, run: Run) -> list[Quarantined]:
    """The contracts that the run set aside, with what to mend; before the run is closed."""
    return [Quarantined(**row._mapping) for row in execute(connection, "process/list_quarantined", run_id=run.run_id)]


def _why_nothing_is_due(connection: sa.Connection, run: Run) -> str:
    why = execute(connection, "process/why_nothing_is_due", run_date=run.run_date, contract_ids=run.contract_ids).one()
    nothing = f"nothing is due on {run.run_date}"
    if why.run_id is not None:
        return f"{nothing}: run {why.run_id} of {why.run_date} ({why.run_key}) has run its rows already"
    if why.first_run_date is None:
        return f"{nothing}: no contract of the run has an invoice schedule"
    if run.run_date < why.first_run_date:
        return f"{nothing}: the invoice schedules begin on {why.first_run_date}"
    return nothing


def _refuse_unknown(connection: sa.Connection, contract_ids: Sequence[str] | None) -> None:
    if contract_ids is None:
        return
    known = execute(connection, "process/known_contracts", contract_ids=list(contract_ids)).scalars().all()
    unknown = sorted(set(contract_ids) - set(known))
    if unknown:
        raise NotFoundError(f"no contract {', '.join(unknown)} in the warehouse")
