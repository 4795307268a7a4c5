"""A desk on a warehouse that is filled by hand, with what tests of one contract want to do and to know in a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from invoicing.lifecycle.backlog import BillingType
from invoicing.lifecycle.details import NewDetail
from invoicing.lifecycle.invoices import Handled, Invoice
from invoicing.process.verify import verify
from invoicing.warehouse.transactions import reading
from tests.lifecycle.desk import TODAY, Desk
from tests.process.warehouse import CONTRACT, Warehouse

__all__ = ["TODAY", "Life"]


class Life(Desk):
    """The contract is `CONTRACT` where nothing else is said; numbers may be given as text."""

    def __init__(self, warehouse: Warehouse) -> None:
        super().__init__(warehouse.engine, warehouse.settings)
        self.warehouse = warehouse

    def create(self, *contract_ids: str, today: date = TODAY, key: str | None = None) -> Handled:
        return super().create(*(contract_ids or (CONTRACT,)), today=today, key=key)

    def created(self, contract_id: str = CONTRACT) -> UUID:
        """The only invoice that is created of a contract now."""
        (invoice,) = self.create(contract_id).invoices
        return invoice.invoice_id

    def change(self, invoice_id: UUID, detail_id: int, version: int | None = None, **changes: Any) -> Invoice:
        amounts = ("quantity", "unit_price", "tax_amount")
        exact: dict[str, Any] = {name: Decimal(value) if name in amounts else value for name, value in changes.items()}
        return super().change(invoice_id, detail_id, version, **exact)

    def added(self, invoice_id: UUID, line_id: str, quantity: str, unit_price: str, **more: Any) -> Invoice:
        """An expense of today, where nothing else is said, that is added to a draft."""
        more = {"transaction_class": "expense", "transaction_date": TODAY, **more}
        return self.add(
            invoice_id, NewDetail(line_id, quantity=Decimal(quantity), unit_price=Decimal(unit_price), **more)
        )

    def corrected(self, invoice_id: UUID, detail_ids: Sequence[int] | None = None) -> UUID:
        """The corrective draft of an invoice."""
        (draft,) = self.correct(invoice_id, detail_ids=detail_ids).invoices
        return draft.invoice_id

    def mark(self, *contract_ids: str, ready: bool = True, **narrowed: Any) -> int:
        return super().mark(*(contract_ids or (CONTRACT,)), ready=ready, **narrowed)

    def set_billing_type(self, billing_type: BillingType, *contract_ids: str, **narrowed: Any) -> int:
        return super().set_billing_type(billing_type, *(contract_ids or (CONTRACT,)), **narrowed)

    def detail_ids(self, invoice: UUID) -> dict[str | None, int]:
        """Details by the transaction or milestone that they bill; None: added by hand."""
        rows = self.warehouse.read(
            "SELECT coalesce(transaction_id, milestone_id) AS name, detail_id"
            " FROM analytics.invoice_line_details WHERE invoice_id = :invoice",
            invoice=invoice,
        )
        found = {row.name: row.detail_id for row in rows}
        assert len(found) == len(rows), "two details bill the same"
        return found

    def detail(self, invoice: UUID, name: str | None) -> sa.Row[Any]:
        """A detail as analysts see it."""
        (row,) = self.warehouse.read(
            "SELECT * FROM analytics.invoice_line_details WHERE invoice_id = :invoice"
            " AND coalesce(transaction_id, milestone_id) IS NOT DISTINCT FROM :name",
            invoice=invoice,
            name=name,
        )
        return row

    def invoice(self, invoice: UUID) -> sa.Row[Any]:
        """An invoice as analysts see it."""
        (row,) = self.warehouse.read("SELECT * FROM analytics.invoices WHERE invoice_id = :invoice", invoice=invoice)
        return row

    def differences(self) -> list[str]:
        """What `verify` finds."""
        with reading(self.engine) as connection:
            return [str(difference) for difference in verify(connection)]
