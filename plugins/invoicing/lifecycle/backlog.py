"""The backlog before it is invoiced: what is ready, what is not, and how it is billed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import uuid4

import sqlalchemy as sa

from invoicing.errors import NotFoundError, NotMarkableError
from invoicing.ledger.changes import Request
from invoicing.ledger.contracts import refuse_unknown_contracts
from invoicing.lifecycle.requests import begin_change
from invoicing.limits.evaluation import evaluate_marked
from invoicing.limits.usage import refuse_failed
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

CHECK_NAMED = Statement("lifecycle/backlog/check_named")
CHOOSE_SHARES = Statement("lifecycle/backlog/choose_shares")
COUNT_FAILED = Statement("lifecycle/backlog/count_failed")
DROP_CHOSEN = Statement("lifecycle/backlog/drop_chosen")
LIST_CUSTOMERS = Statement("lifecycle/backlog/list_customers")
MARK_SHARES = Statement("lifecycle/backlog/mark_shares")
UNMARK_FAILED = Statement("lifecycle/backlog/unmark_failed")

BillingType = Literal["chargeable", "non_chargeable", "complimentary"]
TransactionClass = Literal["time", "expense", "material", "fee"]

_FINDINGS = {
    "billed": "is invoiced and confirmed; correct its invoice instead",
    "billed_elsewhere": "is invoiced by another system",
    "canceled": "is canceled",
    "on_a_draft": "is on invoice {invoice_id} ({status}); take it off first",
}


@dataclass(frozen=True)
class Selection:
    """Which of the backlog is meant: all of the contracts, or only what is named, narrowed by customer, class and date (inclusive)."""

    contract_ids: Sequence[str]
    transaction_ids: Sequence[str] | None = None
    milestone_ids: Sequence[str] | None = None
    transaction_classes: Sequence[str] | None = None
    until: date | None = None
    customer_ids: Sequence[str] | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether neither transactions nor milestones are named."""
        return self.transaction_ids is None and self.milestone_ids is None


@dataclass(frozen=True)
class Marked:
    """How many shares a mark has changed, and how many a limit has failed, which were left as they were."""

    changed: int
    failed: int = 0


def mark_backlog(
    connection: sa.Connection, selection: Selection, *, ready: bool, request: Request | None = None
) -> Marked:
    """Makes transactions and milestones ready to invoice, or not. What its limits have no room for is not made ready.

    Args:
        request: on whose behalf; None: nobody says.

    Raises:
        NotFoundError, RefusedError: one that was named is not known, is on a live invoice, or exceeds a limit; nothing was changed.
    """
    return _mark(connection, selection, request, ready=ready, billing_type=None)


def set_billing_type(
    connection: sa.Connection, selection: Selection, billing_type: BillingType, *, request: Request | None = None
) -> Marked:
    """Sets the billing type of transactions. Milestones are always chargeable. What is chargeable from now on, and exceeds a limit, is
    changed and waits.

    Raises:
        As `mark_backlog`.
    """
    if selection.milestone_ids:
        reason = "is always chargeable; its billing type can be changed on a draft"
        raise NotMarkableError("milestone", selection.milestone_ids[0], reason)
    return _mark(connection, selection, request, ready=None, billing_type=billing_type)


def _mark(
    connection: sa.Connection,
    selection: Selection,
    request: Request | None,
    *,
    ready: bool | None,
    billing_type: BillingType | None,
) -> Marked:
    request = request or Request(by="nobody", key=f"mark/{uuid4()}")
    lock_request(connection, request.key)
    lock_contracts(connection, selection.contract_ids)
    _refuse_unknown(connection, selection)
    refuse_closed(connection, selection)
    mark = {"to_ready": ready, "to_billing_type": billing_type}
    chosen = execute(
        connection,
        CHOOSE_SHARES,
        contract_ids=list(selection.contract_ids),
        transaction_ids=_listed(selection.transaction_ids),
        milestone_ids=_listed(selection.milestone_ids),
        transaction_classes=_listed(selection.transaction_classes),
        until=selection.until,
        customer_ids=_listed(selection.customer_ids),
        **mark,
    ).rowcount
    failed = 0
    if chosen:
        change = begin_change(connection, request, "mark", selection.contract_ids)
        execute(connection, MARK_SHARES, **mark, change_id=change.change_id)
        evaluate_marked(connection, change.change_id)
        if ready and selection.transaction_ids is not None:
            refuse_failed(connection, selection.contract_ids, selection.transaction_ids, selection.customer_ids)
        failed = execute(connection, COUNT_FAILED).scalar_one()
    if ready and failed:
        execute(connection, UNMARK_FAILED)
        chosen -= failed
    execute(connection, DROP_CHOSEN)
    return Marked(chosen, failed)


def _refuse_unknown(connection: sa.Connection, selection: Selection) -> None:
    contract_ids = list(selection.contract_ids)
    refuse_unknown_contracts(connection, contract_ids)
    wanted = set(selection.customer_ids or ())
    found = execute(connection, LIST_CUSTOMERS, contract_ids=contract_ids, customer_ids=list(wanted)).scalars()
    if strange := sorted(wanted - set(found)):
        raise NotFoundError(f"no customer {', '.join(strange)} in the contracts that were named")


def refuse_closed(connection: sa.Connection, selection: Selection) -> None:
    """Raises:
    NotFoundError, RefusedError: a transaction or milestone that was named is not known, or nothing of it is open and free.
    """
    rows = execute(
        connection,
        CHECK_NAMED,
        contract_ids=list(selection.contract_ids),
        transaction_ids=list(selection.transaction_ids or ()),
        milestone_ids=list(selection.milestone_ids or ()),
        customer_ids=_listed(selection.customer_ids),
    )
    for row in rows:
        if row.finding == "unknown":
            raise NotFoundError(f"no {row.what} {row.name} in the contracts that were named")
        if row.finding != "open":
            raise NotMarkableError(row.what, row.name, _FINDINGS[row.finding].format(**row._mapping))


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return list(names) if names is not None else None
