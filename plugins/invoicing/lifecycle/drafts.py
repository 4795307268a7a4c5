"""Drafts as a whole: opened for a change, refreshed, put in review, deleted.

Each function is one change in the transaction of the caller, is told in `analytics.invoice_changes`, and raises the version.
A request that is tried again after its transaction was committed changes nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import ChangedMeanwhileError, RefusedError
from invoicing.lifecycle.invoices import (
    Invoice,
    Request,
    as_id,
    clock,
    find_invoice,
    record_action,
    total,
)
from invoicing.warehouse.lease import refuse_while_running
from invoicing.warehouse.statements import execute


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


def open_draft(
    connection: sa.Connection, name: str, version: int | None, request: Request, doing: str = "editing"
) -> Draft | None:
    """The draft of an id, if it may be changed; None when this very request has changed it, and is tried again.

    Args:
        version: the version that was looked at; None when nobody looked.
        doing: what a run in progress keeps from being done.

    Raises:
        RunHeldError: a run is in progress.
        NotFoundError: there is no such invoice.
        RefusedError: it is confirmed.
        ChangedMeanwhileError: it is not at that version any more.
    """
    refuse_while_running(connection, f"{doing} an invoice")
    done = execute(connection, "lifecycle/edit/find_done", invoice_id=as_id(name), request_key=request.key)
    if done.one_or_none() is not None:
        return None
    row = find_invoice(connection, name)
    if row.status not in ("draft", "in_review"):
        raise RefusedError(
            f"invoice {row.invoice_number} is {row.status} and cannot be changed; correct it: invoicing correct {name}"
        )
    if version is not None and version != row.version:
        raise ChangedMeanwhileError(
            f"invoice {name} is at version {row.version} and you saw {version}: somebody changed it meanwhile; "
            f"look at it again: invoicing show {name}"
        )
    return Draft(
        contract_id=row.contract_id,
        invoice_id=row.invoice_id,
        origin=row.origin,
        status=row.status,
        version=row.version,
        currency=row.currency,
        decimals=row.decimals,
        total_amount=row.total_amount,
    )


def edit_draft(
    connection: sa.Connection,
    invoice: str,
    version: int | None,
    request: Request,
    change: Callable[[Draft, datetime], None],
) -> Invoice:
    """One change of a draft from end to end: opened, changed, totalled.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError, RunHeldError: see `open_draft`.
    """
    if draft := open_draft(connection, invoice, version, request):
        now = clock(connection)
        change(draft, now)
        total(connection, [draft.contract_id], [draft.invoice_id], now)
    return _as_it_stands(connection, invoice)


def refresh(connection: sa.Connection, invoice: str, *, request: Request, version: int | None = None) -> Invoice:
    """Adds what became ready since: to a manual draft all of its contract and customer, to a scheduled one what the schedule of
    its run date admits. Called again it adds nothing, and leaves the version as it is.

    Raises:
        RefusedError: the draft is a correction, or the invoice is confirmed.
        NotFoundError, ChangedMeanwhileError, RunHeldError: see `open_draft`.
    """
    draft = open_draft(connection, invoice, version, request, "refreshing")
    if draft is None:
        return _as_it_stands(connection, invoice)
    if draft.origin == "corrective":
        raise RefusedError("a correction is not refreshed; create an invoice for what is ready")
    added = execute(
        connection,
        "lifecycle/add_ready",
        contract_ids=[draft.contract_id],
        invoice_ids=[draft.invoice_id],
        version=draft.version + 1,
        changed_by=request.by,
        request_key=request.key,
    ).scalar_one()
    if added:
        total(connection, [draft.contract_id], [draft.invoice_id], clock(connection))
    return _as_it_stands(connection, invoice)


def put_in_review(connection: sa.Connection, invoice: str, *, request: Request, version: int | None = None) -> Invoice:
    """Says that somebody looks at the draft; no run changes it any more.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError, RunHeldError: see `open_draft`.
    """
    return _set_status(connection, invoice, "in_review", request, version)


def put_back_to_draft(
    connection: sa.Connection, invoice: str, *, request: Request, version: int | None = None
) -> Invoice:
    """Ends the review. The draft still counts as touched.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError, RunHeldError: see `open_draft`.
    """
    return _set_status(connection, invoice, "draft", request, version)


def delete_draft(connection: sa.Connection, invoice: str, *, request: Request, version: int | None = None) -> None:
    """Deletes a draft: exactly what it holds is ready again. Its schedule rows stay as they ran.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError, RunHeldError: see `open_draft`.
    """
    draft = open_draft(connection, invoice, version, request, "deleting")
    if draft is None:
        return
    record_action(connection, [draft.invoice_id], "deleted", request, old_value=str(draft.total_amount))
    remove_details(connection, draft, request, clock(connection))
    for statement in ("empty_lines", "delete_empty_lines"):
        execute(
            connection,
            f"lifecycle/{statement}",
            contract_ids=[draft.contract_id],
            invoice_ids=[draft.invoice_id],
        )
    execute(connection, "lifecycle/edit/delete_invoice", **draft.key)


def _set_status(connection: sa.Connection, invoice: str, status: str, request: Request, version: int | None) -> Invoice:
    if draft := open_draft(connection, invoice, version, request):
        execute(connection, "lifecycle/edit/set_status", **draft.key, status=status, changed_at=clock(connection))
        action = "in_review" if status == "in_review" else "back_to_draft"
        record_action(connection, [draft.invoice_id], action, request, old_value=draft.status, new_value=status)
    return _as_it_stands(connection, invoice)


def _as_it_stands(connection: sa.Connection, name: str) -> Invoice:
    row = find_invoice(connection, name)
    return Invoice(**{field.name: getattr(row, field.name) for field in fields(Invoice)})


def remove_details(
    connection: sa.Connection,
    draft: Draft,
    request: Request,
    now: datetime,
    *,
    detail_id: int | None = None,
    contract_line_id: str | None = None,
) -> int:
    """Takes off all details, those of a line, or one; what they held is ready again. Returns how many they were."""
    return execute(
        connection,
        "lifecycle/edit/remove_details",
        **draft.key,
        detail_id=detail_id,
        contract_line_id=contract_line_id,
        version=draft.version + 1,
        changed_at=now,
        changed_by=request.by,
        request_key=request.key,
    ).rowcount
