"""Payment, which comes after confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from invoicing.ledger.changes import Request
from invoicing.lifecycle.invoices import NO_SUCH_INVOICE, Handled, Refused, as_they_stand, contracts_of, statuses_of
from invoicing.lifecycle.requests import begin_change, done_before, record_action
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

PAY_INVOICES = Statement("lifecycle/payment/pay_invoices")


def pay_invoices(connection: sa.Connection, invoice_ids: Sequence[UUID], *, request: Request) -> Handled:
    """Says of confirmed invoices that they are paid; one that is not confirmed does not stop the others."""
    lock_request(connection, request.key)
    before = done_before(connection, "paid", request)
    asked = [name for name in dict.fromkeys(invoice_ids) if name not in before]
    lock_contracts(connection, contracts_of(connection, asked))
    statuses = statuses_of(connection, asked)
    accepted = [name for name, status in statuses.items() if status == "confirmed"]
    if accepted:
        change = begin_change(connection, request, "pay", contracts_of(connection, accepted))
        execute(connection, PAY_INVOICES, invoice_ids=accepted, change_id=change.change_id)
        record_action(connection, accepted, "paid", change)
    return Handled(
        invoices=as_they_stand(connection, [*(name for name in before if name in invoice_ids), *accepted]),
        refused=tuple(
            Refused(str(name), _no_payment(status)) for name, status in statuses.items() if status != "confirmed"
        ),
    )


def _no_payment(status: str | None) -> str:
    if status is None:
        return NO_SUCH_INVOICE
    return "is paid already" if status == "paid" else f"is {status}; only a confirmed invoice can be paid"
