"""Invoices as people name them, and what may be done to them as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import NotFoundError
from invoicing.warehouse.statements import execute

_NO_INVOICE = "no invoice {} in the warehouse; `invoicing invoices` lists them"


@dataclass(frozen=True)
class Request:
    """On whose behalf something is done. A request that is tried again bears the same key, and finds what it has done."""

    by: str
    key: str


@dataclass(frozen=True)
class Invoice:
    """An invoice as it stands. `version` goes up with every change; `total_amount` is in `currency`."""

    contract_id: str
    invoice_id: UUID
    invoice_number: str | None
    customer_id: str
    currency: str
    run_date: date
    origin: str
    status: str
    version: int
    total_amount: Decimal


@dataclass(frozen=True)
class Refused:
    """One of many that something was not done to, and why. `subject`: the id of an invoice or a contract."""

    subject: str
    reason: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


@dataclass(frozen=True)
class Handled:
    """What became of many: the invoices it was done to, as they stand now, and those it was not done to."""

    invoices: tuple[Invoice, ...]
    refused: tuple[Refused, ...]


def find_invoice(connection: sa.Connection, name: str) -> sa.Row[tuple[object, ...]]:
    """The invoice of an id or a number, columns as in lifecycle/find_invoice.sql.

    Raises:
        NotFoundError: there is none.
    """
    row = execute(
        connection, "lifecycle/find_invoice", invoice_id=as_id(name), invoice_number=None if as_id(name) else name
    ).one_or_none()
    if row is None:
        raise NotFoundError(_NO_INVOICE.format(name))
    return row


def find_invoices(connection: sa.Connection, names: Sequence[str]) -> tuple[list[UUID], list[Refused]]:
    """The ids of invoices named by id or number, in the order they were named, once each; and the names that nobody bears."""
    ids = [invoice_id for name in names if (invoice_id := as_id(name))]
    numbers = [name for name in names if as_id(name) is None]
    rows = execute(connection, "lifecycle/find_invoices", invoice_ids=ids, invoice_numbers=numbers)
    known = {row.name: row.invoice_id for row in rows}
    found = [known.get(str(as_id(name) or name)) for name in names]
    unknown = [
        Refused(name, _NO_INVOICE.format(name)) for name, invoice_id in zip(names, found, strict=True) if not invoice_id
    ]
    return list(dict.fromkeys(filter(None, found))), unknown


def total(
    connection: sa.Connection, contract_ids: Sequence[str], invoice_ids: Sequence[UUID], changed_at: datetime | None
) -> None:
    """Brings lines and totals of drafts in line with their details.

    Args:
        changed_at: when somebody changed them; None for drafts that are being created.
    """
    for statement in ("total_lines", "empty_lines", "delete_empty_lines", "total_invoices"):
        execute(
            connection,
            f"lifecycle/{statement}",
            contract_ids=list(contract_ids),
            invoice_ids=list(invoice_ids),
            changed_at=changed_at,
        )


def record_action(
    connection: sa.Connection,
    invoice_ids: Sequence[UUID],
    action: str,
    request: Request,
    *,
    old_value: str | None = None,
    new_value: str | None = None,
) -> None:
    """Says in `analytics.invoice_changes` who did something to invoices as a whole."""
    execute(
        connection,
        "lifecycle/record_action",
        invoice_ids=list(invoice_ids),
        action=action,
        old_value=old_value,
        new_value=new_value,
        changed_by=request.by,
        request_key=request.key,
    )


def done_before(connection: sa.Connection, action: str, request: Request) -> dict[UUID, str]:
    """The invoices, with their contracts, to which this very request did something when it was tried before."""
    rows = execute(connection, "lifecycle/list_done", request_key=request.key, action=action)
    return {row.invoice_id: row.contract_id for row in rows}


def as_they_stand(connection: sa.Connection, invoice_ids: Sequence[UUID]) -> tuple[Invoice, ...]:
    """The invoices, in the order of contract, customer and id."""
    rows = execute(connection, "lifecycle/list_handled", invoice_ids=list(invoice_ids))
    return tuple(Invoice(**row._mapping) for row in rows)


def clock(connection: sa.Connection) -> datetime:
    """The time of the warehouse: not when the transaction began, which may lie before the end of a run it waited for."""
    found: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return found


def as_id(name: str) -> UUID | None:
    """The id that a name of an invoice is; None when it is a number."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name.lower() else None
