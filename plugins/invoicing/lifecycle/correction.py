"""Corrections: a confirmed invoice is never changed, a corrective draft takes back what it billed and bills it anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from invoicing.ledger.changes import Request
from invoicing.lifecycle.invoices import NO_SUCH_INVOICE, Handled, Refused, as_they_stand, contracts_of, statuses_of
from invoicing.lifecycle.requests import begin_change, done_before, record_action
from invoicing.lifecycle.totals import Drafts, total
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

CHECK_DETAILS = Statement("lifecycle/correction/check_details")
CLAIM_BILLED = Statement("lifecycle/correction/claim_billed")
LIST_CORRECTED = Statement("lifecycle/correction/list_corrected")
WRITE_DETAILS = Statement("lifecycle/correction/write_details")
WRITE_INVOICES = Statement("lifecycle/correction/write_invoices")


def correct_invoices(
    connection: sa.Connection,
    invoice_ids: Sequence[UUID],
    *,
    today: date,
    request: Request,
    detail_ids: Sequence[int] | None = None,
) -> Handled:
    """A corrective draft for each confirmed or paid invoice: its details with quantity 0, beside what was billed.

    To be edited and confirmed like any draft; one that cannot be corrected does not stop the others.

    Args:
        today: the run date of the drafts.
        detail_ids: of the invoices' details; None: all that no other correction has taken up.
    """
    lock_request(connection, request.key)
    chosen = list(detail_ids) if detail_ids is not None else None
    # A request that is tried again has all of its drafts: they were written in one transaction.
    before = list(done_before(connection, "created", request))
    if before:
        corrected = set(execute(connection, LIST_CORRECTED, invoice_ids=before).scalars())
        rest = [name for name in invoice_ids if name not in corrected]
        return Handled(as_they_stand(connection, before), _refused(_refusals(connection, rest, chosen)))
    lock_contracts(connection, contracts_of(connection, invoice_ids))
    refusals = _refusals(connection, invoice_ids, chosen)
    accepted = [name for name, reason in refusals.items() if reason is None]
    drafts = _write(connection, accepted, chosen, today, request) if accepted else Drafts([], [])
    return Handled(as_they_stand(connection, drafts.invoice_ids), _refused(refusals))


def _write(
    connection: sa.Connection, invoice_ids: list[UUID], detail_ids: list[int] | None, today: date, request: Request
) -> Drafts:
    change = begin_change(connection, request, "correct", contracts_of(connection, invoice_ids))
    drafts = Drafts.of(
        execute(connection, WRITE_INVOICES, invoice_ids=invoice_ids, run_date=today, change_id=change.change_id).all()
    )
    execute(connection, CLAIM_BILLED, **vars(drafts), detail_ids=detail_ids, change_id=change.change_id)
    execute(connection, WRITE_DETAILS, **vars(drafts), change_id=change.change_id)
    total(connection, drafts, change, is_edited=False)
    record_action(connection, drafts.invoice_ids, "created", change)
    return drafts


def _refused(refusals: dict[UUID, str | None]) -> tuple[Refused, ...]:
    return tuple(Refused(str(name), reason) for name, reason in refusals.items() if reason is not None)


def _refusals(
    connection: sa.Connection, invoice_ids: Sequence[UUID], detail_ids: list[int] | None
) -> dict[UUID, str | None]:
    """Of each invoice what stands against correcting it, if anything does."""
    found = execute(connection, CHECK_DETAILS, invoice_ids=list(invoice_ids), detail_ids=detail_ids)
    details = defaultdict(list)
    for row in found:
        details[row.invoice_id].append(row)
    statuses = statuses_of(connection, list(dict.fromkeys(invoice_ids)))
    return {name: _refusal(status, details[name], detail_ids) for name, status in statuses.items()}


def _refusal(status: str | None, details: list[sa.Row[tuple[object, ...]]], detail_ids: list[int] | None) -> str | None:
    if status is None:
        return NO_SUCH_INVOICE
    if status not in ("confirmed", "paid"):
        return f"is {status}; a draft is edited, only a confirmed invoice is corrected"
    if missing := sorted(set(detail_ids or ()) - {row.detail_id for row in details}):
        return f"has no detail {missing[0]}"
    for row in details:
        if row.correction_status in ("draft", "in_review"):
            return (
                f"detail {row.detail_id} is on the open correction {row.correction_id} already; confirm or delete that"
            )
    taken = [row for row in details if row.correction_id is not None]
    if taken and (detail_ids is not None or len(taken) == len(details)):
        return (
            f"detail {taken[0].detail_id} was corrected by {taken[0].correction_number}; correct that invoice instead"
        )
    if not any(row.billed_actual_id is not None and row.correction_id is None for row in details):
        return "has nothing left that it billed"
    return None
