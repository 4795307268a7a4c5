"""Invoices as people name them, and what happened to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import NotFoundError
from invoicing.warehouse.statements import Statement, execute

FIND_INVOICE = Statement("lifecycle/invoices/find_invoice")
FIND_INVOICES = Statement("lifecycle/invoices/find_invoices")
LIST_HANDLED = Statement("lifecycle/invoices/list_handled")
LIST_STATUSES = Statement("lifecycle/invoices/list_statuses")

NO_SUCH_INVOICE = "there is no such invoice in the warehouse"
_NO_INVOICE = "no invoice {} in the warehouse; `invoicing invoices` lists them"


@dataclass(frozen=True)
class Invoice:
    """An invoice as it stands. `version` changes with it and never returns; `total_amount` is in `currency`."""

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
    """What happened to many: the invoices it was done to, as they stand now, and those it was not done to.

    `approval_id`: the approval that is needed first for some of those that were refused.
    """

    invoices: tuple[Invoice, ...]
    refused: tuple[Refused, ...]
    approval_id: int | None = None


def find_invoice(connection: sa.Connection, name: str) -> sa.Row[tuple[object, ...]]:
    """The invoice of an id or a number, columns as in lifecycle/invoices/find_invoice.sql.

    Raises:
        NotFoundError: there is none.
    """
    row = execute(
        connection, FIND_INVOICE, invoice_id=as_id(name), invoice_number=None if as_id(name) else name
    ).one_or_none()
    if row is None:
        raise NotFoundError(_NO_INVOICE.format(name))
    return row


def find_invoices(connection: sa.Connection, names: Sequence[str]) -> tuple[list[UUID], list[Refused]]:
    """The ids of invoices named by id or number, in the order they were named, once each; and the names that nobody bears."""
    ids = [invoice_id for name in names if (invoice_id := as_id(name))]
    numbers = [name for name in names if as_id(name) is None]
    rows = execute(connection, FIND_INVOICES, invoice_ids=ids, invoice_numbers=numbers)
    known = {row.name: row.invoice_id for row in rows}
    found = [known.get(str(as_id(name) or name)) for name in names]
    unknown = [
        Refused(name, _NO_INVOICE.format(name)) for name, invoice_id in zip(names, found, strict=True) if not invoice_id
    ]
    return list(dict.fromkeys(filter(None, found))), unknown


def as_they_stand(connection: sa.Connection, invoice_ids: Sequence[UUID]) -> tuple[Invoice, ...]:
    """The invoices, in the order of contract, customer and id."""
    rows = execute(connection, LIST_HANDLED, invoice_ids=list(invoice_ids))
    return tuple(Invoice(**row._mapping) for row in rows)


def contracts_of(connection: sa.Connection, invoice_ids: Sequence[UUID]) -> list[str]:
    """The contracts of invoices, once each; those that are not known have none."""
    rows = execute(connection, LIST_STATUSES, invoice_ids=list(invoice_ids))
    return sorted({row.contract_id for row in rows})


def statuses_of(connection: sa.Connection, invoice_ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """The status of each invoice, in the order of contract and id; last, without one, those that are not known."""
    rows = execute(connection, LIST_STATUSES, invoice_ids=list(invoice_ids))
    known: dict[UUID, str | None] = {row.invoice_id: row.status for row in rows}
    return known | dict.fromkeys(sorted(set(invoice_ids) - known.keys()))


def as_id(name: str) -> UUID | None:
    """The id that a name of an invoice is; None when it is a number."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name.lower() else None
