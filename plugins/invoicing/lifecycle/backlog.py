"""The backlog before it is invoiced: what is ready, what is not, and how it is billed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import sqlalchemy as sa

from invoicing.errors import NotFoundError, RefusedError
from invoicing.lifecycle.invoices import clock
from invoicing.warehouse.lease import refuse_while_running
from invoicing.warehouse.statements import execute

BillingType = Literal["chargeable", "non_chargeable", "complimentary"]
TransactionClass = Literal["time", "expense", "material", "fee"]

_FINDINGS = {
    "posted": "is invoiced and confirmed; correct its invoice instead",
    "canceled": "is canceled",
    "on_a_draft": "is on invoice {invoice_id} ({status}); take it off first",
}


@dataclass(frozen=True)
class Selection:
    """Which of the backlog is meant: all of the contracts, or only what is named, narrowed by class and date (inclusive)."""

    contract_ids: Sequence[str]
    transaction_ids: Sequence[str] | None = None
    milestone_ids: Sequence[str] | None = None
    transaction_classes: Sequence[str] | None = None
    until: date | None = None


def mark_backlog(connection: sa.Connection, selection: Selection, *, ready: bool) -> int:
    """Makes transactions and milestones ready to invoice, or not; returns how many shares changed.

    Raises:
        NotFoundError, RefusedError: one that was named is not known, or is on a live invoice; nothing was changed.
        RunHeldError: a run is in progress.
    """
    return _change(
        connection,
        "mark_status",
        selection,
        "marking the backlog",
        to_status="ready_to_invoice" if ready else "unbilled",
    )


def set_billing_type(connection: sa.Connection, selection: Selection, billing_type: BillingType) -> int:
    """Sets the billing type of transactions; returns how many shares changed. Milestones are always chargeable.

    Raises:
        As `mark_backlog`.
    """
    if selection.milestone_ids:
        raise RefusedError("a milestone is always chargeable; its billing type can be changed on a draft")
    return _change(connection, "set_billing_type", selection, "setting billing types", billing_type=billing_type)


def _change(connection: sa.Connection, statement: str, selection: Selection, doing: str, **change: str) -> int:
    refuse_while_running(connection, doing)
    named = {
        "contract_ids": list(selection.contract_ids),
        "transaction_ids": _listed(selection.transaction_ids),
        "milestone_ids": _listed(selection.milestone_ids),
    }
    _refuse_closed(connection, named)
    return execute(
        connection,
        f"lifecycle/backlog/{statement}",
        **named,
        transaction_classes=_listed(selection.transaction_classes),
        until=selection.until,
        changed_at=clock(connection),
        **change,
    ).rowcount


def _refuse_closed(connection: sa.Connection, named: dict[str, list[str] | None]) -> None:
    known = execute(connection, "process/known_contracts", contract_ids=named["contract_ids"]).scalars().all()
    if unknown := sorted(set(named["contract_ids"] or ()) - set(known)):
        raise NotFoundError(f"no contract {', '.join(unknown)} in the warehouse")
    rows = execute(
        connection,
        "lifecycle/backlog/check_named",
        contract_ids=named["contract_ids"],
        transaction_ids=named["transaction_ids"] or [],
        milestone_ids=named["milestone_ids"] or [],
    )
    for row in rows:
        if row.finding == "unknown":
            raise NotFoundError(f"no {row.what} {row.name} in the contracts that were named")
        if row.finding != "open":
            raise RefusedError(f"{row.what} {row.name} " + _FINDINGS[row.finding].format(**row._mapping))


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return list(names) if names is not None else None
