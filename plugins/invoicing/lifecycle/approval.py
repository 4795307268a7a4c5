"""Approvals: what moves much money is confirmed once somebody has said so, no matter who confirms it, and from where.

An approval is of drafts, each at one version. A draft that is changed has another version, and needs a new approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import AlreadyAnsweredError, ApprovalNeededError, AskerMayNotAnswerError, NotFoundError
from invoicing.ledger.changes import Request, open_change
from invoicing.settings import Settings
from invoicing.vocabulary import Answer
from invoicing.warehouse.locks import lock_request
from invoicing.warehouse.statements import Statement, execute

FIND_APPROVAL = Statement("lifecycle/approval/find_approval")
FIND_OPEN = Statement("lifecycle/approval/find_open")
FIND_UNAPPROVED = Statement("lifecycle/approval/find_unapproved")
LIST_DRAFTS = Statement("lifecycle/approval/list_drafts")
RECORD_ANSWER = Statement("lifecycle/approval/record_answer")
RECORD_APPROVAL = Statement("lifecycle/approval/record_approval")
RECORD_INVOICES = Statement("lifecycle/approval/record_invoices")

_NOBODY = "who asks is not known, and who asks may not answer; ask as a person (INVOICING_APPROVAL_BY_ANOTHER)"


@dataclass(frozen=True)
class Approval:
    """An approval that was asked for. `amounts`: the absolute totals of its drafts by currency."""

    approval_id: int
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None
    reason: str | None
    invoices: int
    amounts: dict[str, Decimal]

    def __str__(self) -> str:
        sums = ", ".join(f"{amount:,} {currency}" for currency, amount in sorted(self.amounts.items()))
        return f"{self.invoices:,} draft{'' if self.invoices == 1 else 's'}, {sums}"


@dataclass(frozen=True)
class ApprovalDraft:
    """A draft as it was asked about, and what has become of it; where it was deleted since, there is no status."""

    contract_id: str
    customer_name: str | None
    run_date: date | None
    origin: str | None
    status: str | None
    invoice_number: str | None
    currency: str
    total_amount: Decimal
    is_changed: bool
    version: int
    invoice_id: UUID


def find_unapproved(connection: sa.Connection, invoice_ids: Sequence[UUID], limit: Decimal | None) -> list[UUID]:
    """Of the invoices of one confirmation the drafts that need an approval and have none.

    A draft has one when the last answer about it, at the version that it has, approved it.
    """
    if limit is None or not invoice_ids:
        return []
    rows = execute(connection, FIND_UNAPPROVED, invoice_ids=list(invoice_ids), amount=limit)
    return [row.invoice_id for row in rows]


def ask(connection: sa.Connection, invoice_ids: Sequence[UUID], *, settings: Settings, request: Request) -> int:
    """Asks for an approval of drafts as they are now; the caller holds their contracts. Returns its id.

    Who has asked for the same before, and waits for the answer, asks no second time.

    Raises:
        ApprovalNeededError: it is not known who asks, and somebody else has to answer.
    """
    if settings.approval_by_another and not request.is_person:
        raise ApprovalNeededError(f"an approval is needed, and {_NOBODY}")
    waiting = execute(connection, FIND_OPEN, invoice_ids=list(invoice_ids), changed_by=request.by).scalar_one_or_none()
    if waiting is not None:
        return int(waiting)
    change = open_change(connection, request, "ask_approval", [])
    approval_id: int = execute(
        connection, RECORD_APPROVAL, change_id=change.change_id, is_known=request.is_person
    ).scalar_one()
    execute(connection, RECORD_INVOICES, approval_id=approval_id, invoice_ids=list(invoice_ids))
    return approval_id


def answer(
    connection: sa.Connection,
    approval_id: int,
    said: Answer,
    *,
    settings: Settings,
    request: Request,
    reason: str | None = None,
) -> Approval:
    """Approves or rejects, once. A request that is tried again finds that it has answered.

    Raises:
        NotFoundError: nobody asked for such an approval.
        RefusedError: it is answered already, or this person may not answer.
    """
    lock_request(connection, request.key)
    found = _find(connection, approval_id)
    if found.answer == said and found.answer_request_key == request.key:
        return find_approval(connection, approval_id)
    if found.answer is None:
        _refuse_asker(found, settings, request)
        change = open_change(connection, request, "answer_approval", [])
        recorded = execute(
            connection,
            RECORD_ANSWER,
            approval_id=approval_id,
            answer=str(said),
            reason=reason or None,
            change_id=change.change_id,
        ).one_or_none()
        if recorded:
            return find_approval(connection, approval_id)
        found = _find(connection, approval_id)  # somebody else was faster
    raise AlreadyAnsweredError(approval_id, found.answer, found.answered_by)


def find_approval(connection: sa.Connection, approval_id: int) -> Approval:
    """An approval as it stands.

    Raises:
        NotFoundError: nobody asked for such an approval.
    """
    row = _find(connection, approval_id)
    told = {name: getattr(row, name) for name in Approval.__dataclass_fields__}
    return Approval(**told | {"amounts": {currency: Decimal(amount) for currency, amount in row.amounts.items()}})


def list_drafts(connection: sa.Connection, approval_id: int) -> list[ApprovalDraft]:
    """The drafts that an approval is about, by currency, the largest first; none when there is no such approval."""
    return [ApprovalDraft(**row._mapping) for row in execute(connection, LIST_DRAFTS, approval_id=approval_id)]


def needed(approval: Approval, settings: Settings) -> str:
    """What a confirmation lacks, and how to get it."""
    who = f"somebody else than {approval.asked_by}" if settings.approval_by_another else "somebody"
    return (
        f"approval {approval.approval_id} is needed ({approval}; the limit of a currency is {settings.approval_amount}): "
        f"{who} answers with `invoicing approve {approval.approval_id}` or `invoicing reject {approval.approval_id}`; "
        "once it is approved, confirm again"
    )


def _find(connection: sa.Connection, approval_id: int) -> sa.Row[tuple[object, ...]]:
    row = execute(connection, FIND_APPROVAL, approval_id=approval_id).one_or_none()
    if row is None:
        raise NotFoundError(f"nobody asked for approval {approval_id}; `invoicing approvals` lists them")
    return row


def _refuse_asker(found: sa.Row[tuple[object, ...]], settings: Settings, request: Request) -> None:
    """Somebody who is not known could be who asked."""
    if not settings.approval_by_another:
        return
    if not (found.is_asker_known and request.is_person):
        which = "answers" if found.is_asker_known else "asked"
        raise AskerMayNotAnswerError(
            found.approval_id,
            f"who {which} is not known, and who asked for approval {found.approval_id} may not answer it",
        )
    # Airflow and the machine may write the same name in another way.
    if str(found.asked_by).strip().casefold() == request.by.strip().casefold():
        raise AskerMayNotAnswerError(
            found.approval_id,
            f"{request.by} asked for approval {found.approval_id}, and who asked may not answer it; somebody else has to",
        )
