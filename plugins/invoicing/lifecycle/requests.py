"""Requests that are tried again, and what a change did to invoices as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from invoicing.ledger.changes import Change, Request, open_change
from invoicing.warehouse.statements import Statement, execute

LIST_CHANGES = Statement("lifecycle/requests/list_changes")
LIST_DONE = Statement("lifecycle/requests/list_done")
RECORD_ACTION = Statement("lifecycle/requests/record_action")

# A request may make several changes in one transaction; only those of another are an earlier try of it.
_own_changes: WeakKeyDictionary[sa.engine.Transaction, set[int]] = WeakKeyDictionary()


def begin_change(connection: sa.Connection, request: Request, action: str, contract_ids: Sequence[str]) -> Change:
    """A change of this transaction, opened once it is known that there is something to do."""
    change = open_change(connection, request, action, contract_ids)
    if transaction := connection.get_transaction():
        _own_changes.setdefault(transaction, set()).add(change.change_id)
    return change


def done_before(connection: sa.Connection, action: str, request: Request) -> dict[UUID, str]:
    """The invoices, with their contracts, to which this very request did something when it was tried before."""
    rows = execute(connection, LIST_DONE, request_key=request.key, action=action)
    return {row.invoice_id: row.contract_id for row in rows}


def has_changed(connection: sa.Connection, invoice_id: UUID | None, request: Request) -> bool:
    """Whether this very request has changed a draft when it was tried before; what it does now does not count."""
    found = execute(connection, LIST_CHANGES, request_key=request.key, invoice_id=invoice_id).scalars()
    transaction = connection.get_transaction()
    return not set(found) <= (_own_changes.get(transaction, set()) if transaction else set())


def record_action(
    connection: sa.Connection,
    invoice_ids: Sequence[UUID],
    action: str,
    change: Change,
    *,
    old_value: str | None = None,
    new_value: str | None = None,
) -> None:
    """Says in `analytics.invoice_changes` what a change did to invoices as a whole."""
    execute(
        connection,
        RECORD_ACTION,
        change_id=change.change_id,
        invoice_ids=list(invoice_ids),
        action=action,
        old_value=old_value,
        new_value=new_value,
    )
