"""What people do to invoices, each in a transaction of its own, on a warehouse that is filled by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa

from invoicing.lifecycle import backlog, confirmation, correction, creation, details, drafts
from invoicing.lifecycle.invoices import Handled, Invoice, Request
from invoicing.process.verify import verify
from invoicing.warehouse.transactions import reading, writing
from tests.process.warehouse import CONTRACT, Warehouse, october

TODAY = october(20)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Life:
    """Every method commits. Each is a request of its own, by ann."""

    warehouse: Warehouse
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def request(self) -> Request:
        return Request("ann", f"request {next(self._numbers)}")

    def do(self, action: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with writing(self.warehouse.engine, self.warehouse.settings.wait_seconds) as connection:
            return action(connection, *args, **kwargs)

    def create(self, *contract_ids: str, request: Request | None = None) -> Handled:
        return self.do(
            creation.create_invoices,
            contract_ids or (CONTRACT,),
            today=TODAY,
            settings=self.warehouse.settings,
            request=request or self.request(),
        )

    def created(self, contract_id: str = CONTRACT) -> UUID:
        """The only invoice that is created of a contract now."""
        (invoice,) = self.create(contract_id).invoices
        return invoice.invoice_id

    def change(self, invoice: UUID, detail_id: int, *, version: int | None = None, **changes: Any) -> Invoice:
        """Numbers may be given as text."""
        amounts = ("quantity", "unit_price", "tax_amount")
        exact: dict[str, Any] = {name: Decimal(value) if name in amounts else value for name, value in changes.items()}
        return self.do(
            details.change_detail,
            str(invoice),
            detail_id,
            details.DetailChanges(**exact),
            request=self.request(),
            version=version,
        )

    def add(self, invoice: UUID, line_id: str, quantity: str, unit_price: str, **more: Any) -> Invoice:
        more = {"transaction_class": "expense", "transaction_date": TODAY, **more}
        new = details.NewDetail(line_id, quantity=Decimal(quantity), unit_price=Decimal(unit_price), **more)
        return self.do(details.add_detail, str(invoice), new, request=self.request())

    def remove(self, invoice: UUID, detail_id: int) -> Invoice:
        return self.do(details.remove_detail, str(invoice), detail_id, request=self.request())

    def remove_line(self, invoice: UUID, line_id: str) -> Invoice:
        return self.do(details.remove_line, str(invoice), line_id, request=self.request())

    def refresh(self, invoice: UUID) -> Invoice:
        return self.do(drafts.refresh, str(invoice), request=self.request())

    def review(self, invoice: UUID) -> Invoice:
        return self.do(drafts.put_in_review, str(invoice), request=self.request())

    def back_to_draft(self, invoice: UUID) -> Invoice:
        return self.do(drafts.put_back_to_draft, str(invoice), request=self.request())

    def delete(self, invoice: UUID, *, version: int | None = None) -> None:
        self.do(drafts.delete_draft, str(invoice), request=self.request(), version=version)

    def confirm(
        self, *invoices: UUID, version: int | None = None, today: date = TODAY, request: Request | None = None
    ) -> Handled:
        return self.do(
            confirmation.confirm_invoices,
            dict.fromkeys(invoices, version),
            today=today,
            settings=self.warehouse.settings,
            request=request or self.request(),
        )

    def pay(self, *invoices: UUID, request: Request | None = None) -> Handled:
        return self.do(confirmation.pay_invoices, invoices, request=request or self.request())

    def correct(
        self, *invoices: UUID, detail_ids: Sequence[int] | None = None, request: Request | None = None
    ) -> Handled:
        return self.do(
            correction.correct_invoices,
            invoices,
            today=TODAY,
            request=request or self.request(),
            detail_ids=detail_ids,
        )

    def corrected(self, invoice: UUID, detail_ids: Sequence[int] | None = None) -> UUID:
        """The corrective draft of an invoice."""
        (draft,) = self.correct(invoice, detail_ids=detail_ids).invoices
        return draft.invoice_id

    def mark(self, *, ready: bool, contract_ids: Sequence[str] = (CONTRACT,), **selection: Any) -> int:
        return self.do(backlog.mark_backlog, backlog.Selection(contract_ids, **selection), ready=ready)

    def set_billing_type(self, billing_type: backlog.BillingType, **selection: Any) -> int:
        return self.do(backlog.set_billing_type, backlog.Selection((CONTRACT,), **selection), billing_type)

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
        with reading(self.warehouse.engine) as connection:
            return [str(difference) for difference in verify(connection)]
