"""Drafts as a whole: opened for a change, refreshed, put in review, deleted.

Each function is one change in the transaction of the caller, is told in `analytics.invoice_changes`, and gives a new version.
A request that is tried again after its transaction was committed changes nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import ChangedMeanwhileError, CorrectionRuleError, InvoiceConfirmedError
from invoicing.ledger.changes import Change, Request
from invoicing.lifecycle.invoices import Invoice, as_id, find_invoice
from invoicing.lifecycle.requests import begin_change, has_changed, record_action
from invoicing.lifecycle.totals import Drafts, drop_empty_lines, total
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

ADD_DETAILS = Statement("lifecycle/drafts/add_details")
CHOOSE_ADDITIONS = Statement("lifecycle/drafts/choose_additions")
DELETE_INVOICE = Statement("lifecycle/drafts/delete_invoice")
DROP_ADDITIONS = Statement("lifecycle/drafts/drop_additions")
REMOVE_DETAILS = Statement("lifecycle/drafts/remove_details")
SET_STATUS = Statement("lifecycle/drafts/set_status")


@dataclass(frozen=True)
class Draft:
    """A draft that is open for changes, and the decimals of its currency."""

    contract_id: str
    invoice_id: UUID
    origin: str
    status: str
    version: int
    currency: str
    decimals: int
    total_amount: Decimal

    @property
    def key(self) -> dict[str, str | UUID]:
        """What a statement finds it by."""
        return {"contract_id": self.contract_id, "invoice_id": self.invoice_id}

    @property
    def alone(self) -> Drafts:
        """What statements over many find it by."""
        return Drafts([self.contract_id], [self.invoice_id])


def open_draft(connection: sa.Connection, name: str, version: int | None, request: Request) -> Draft | None:
    """The draft of an id, if it may be changed; None when this very request has changed it, and is tried again. Nobody else
    changes its contract from here to the end of the transaction.

    Args:
        version: the version that was looked at; None when nobody looked.

    Raises:
        NotFoundError: there is no such invoice.
        RefusedError: it is confirmed.
        ChangedMeanwhileError: it is not at that version any more.
    """
    lock_request(connection, request.key)
    if has_changed(connection, as_id(name), request):
        return None
    lock_contracts(connection, [find_invoice(connection, name).contract_id])
    row = find_invoice(connection, name)
    if row.status not in ("draft", "in_review"):
        raise InvoiceConfirmedError(name, row.invoice_number or name, row.status)
    if version is not None and version != row.version:
        raise ChangedMeanwhileError(
            f"invoice {name} is at version {row.version} and you saw {version}: somebody changed it meanwhile; "
            f"look at it again: invoicing show {name}"
        )
    return Draft(**{field.name: getattr(row, field.name) for field in fields(Draft)})


def edit_draft(
    connection: sa.Connection,
    invoice: str,
    version: int | None,
    request: Request,
    edit: Callable[[Draft, Change], None],
) -> Invoice:
    """One change of a draft from end to end: opened, changed, totalled.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError: see `open_draft`.
    """
    if draft := open_draft(connection, invoice, version, request):
        change = begin_change(connection, request, "edit", [draft.contract_id])
        edit(draft, change)
        total(connection, draft.alone, change, is_edited=True)
    return _as_it_stands(connection, invoice)


def refresh(
    connection: sa.Connection,
    invoice: str,
    *,
    request: Request,
    version: int | None = None,
    until: date | None = None,
) -> Invoice:
    """Adds what became ready since: to a manual draft all of its contract and customer, to a scheduled one what the schedule of
    its run date admits. Called again it adds nothing, and leaves the version as it is.

    Args:
        until: the last date of what a manual draft takes on; None: any.

    Raises:
        RefusedError: the draft is a correction, or the invoice is confirmed.
        NotFoundError, ChangedMeanwhileError: see `open_draft`.
    """
    draft = open_draft(connection, invoice, version, request)
    if draft is not None:
        if draft.origin == "corrective":
            raise CorrectionRuleError("a correction is not refreshed; create an invoice for what is ready")
        if execute(connection, CHOOSE_ADDITIONS, **draft.key, until=until).rowcount:
            change = begin_change(connection, request, "refresh", [draft.contract_id])
            execute(connection, ADD_DETAILS, change_id=change.change_id)
            total(connection, draft.alone, change, is_edited=True)
        execute(connection, DROP_ADDITIONS)
    return _as_it_stands(connection, invoice)


def put_in_review(connection: sa.Connection, invoice: str, *, request: Request, version: int | None = None) -> Invoice:
    """Says that somebody looks at the draft; no run changes it any more.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError: see `open_draft`.
    """
    return _set_status(connection, invoice, "in_review", request, version)


def put_back_to_draft(
    connection: sa.Connection, invoice: str, *, request: Request, version: int | None = None
) -> Invoice:
    """Ends the review. The draft still counts as touched.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError: see `open_draft`.
    """
    return _set_status(connection, invoice, "draft", request, version)


def delete_draft(connection: sa.Connection, invoice: str, *, request: Request, version: int | None = None) -> None:
    """Deletes a draft: exactly what it holds is ready again. Its schedule rows stay as they ran.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError: see `open_draft`.
    """
    draft = open_draft(connection, invoice, version, request)
    if draft is None:
        return
    change = begin_change(connection, request, "delete", [draft.contract_id])
    record_action(connection, [draft.invoice_id], "deleted", change, old_value=str(draft.total_amount))
    remove_details(connection, draft, change)
    drop_empty_lines(connection, draft.alone)
    execute(connection, DELETE_INVOICE, **draft.key)


def remove_details(
    connection: sa.Connection,
    draft: Draft,
    change: Change,
    *,
    detail_id: int | None = None,
    contract_line_id: str | None = None,
) -> int:
    """Takes off all details, those of a line, or one; what they held is ready again. Returns how many they were."""
    return execute(
        connection,
        REMOVE_DETAILS,
        **draft.key,
        detail_id=detail_id,
        contract_line_id=contract_line_id,
        change_id=change.change_id,
    ).rowcount


def _set_status(connection: sa.Connection, invoice: str, status: str, request: Request, version: int | None) -> Invoice:
    if draft := open_draft(connection, invoice, version, request):
        action = "in_review" if status == "in_review" else "back_to_draft"
        change = begin_change(connection, request, action, [draft.contract_id])
        execute(connection, SET_STATUS, **draft.key, status=status, change_id=change.change_id)
        record_action(connection, [draft.invoice_id], action, change, old_value=draft.status, new_value=status)
    return _as_it_stands(connection, invoice)


def _as_it_stands(connection: sa.Connection, name: str) -> Invoice:
    row = find_invoice(connection, name)
    return Invoice(**{field.name: getattr(row, field.name) for field in fields(Invoice)})
