"""What people do to invoices, each in a transaction of its own, through the functions that the commands call."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa

from invoicing.ledger.changes import Request
from invoicing.lifecycle import approval, backlog, confirmation, correction, creation, details, drafts, payment
from invoicing.lifecycle.approval import Approval
from invoicing.lifecycle.backlog import BillingType, Selection
from invoicing.lifecycle.choice import Choice, choose_alone
from invoicing.lifecycle.details import DetailChanges, NewDetail
from invoicing.lifecycle.invoices import Handled, Invoice, find_invoice
from invoicing.limits import evaluation
from invoicing.vocabulary import Answer
from invoicing.warehouse.transactions import writing
from tests.world.names import CONTRACT, TODAY
from tests.world.world import World

P = ParamSpec("P")
T = TypeVar("T")

_NUMBERS = ("quantity", "unit_price", "tax_amount")

# Two desks on one warehouse make different requests.
_keys = itertools.count(1)


@dataclass
class Desk:
    """Every method commits. The contract is `CONTRACT` where none is named, and numbers may be given as text.

    A request is a new one unless its key is given.
    """

    world: World
    person: str = "ann"

    def do(self, function: Callable[Concatenate[sa.Connection, P], T], *values: P.args, **named: P.kwargs) -> T:
        with writing(self.world.engine, self.world.settings.wait_seconds) as connection:
            return function(connection, *values, **named)

    # From the backlog to a draft

    def mark(self, *contract_ids: str, ready: bool = True, **narrowed: Any) -> int:
        """How many shares that changed."""
        return self.do(backlog.mark_backlog, Selection(contract_ids or (CONTRACT,), **narrowed), ready=ready).changed

    def set_billing_type(self, billing_type: BillingType, *contract_ids: str, **narrowed: Any) -> int:
        """How many shares that changed."""
        named = Selection(contract_ids or (CONTRACT,), **narrowed)
        return self.do(backlog.set_billing_type, named, billing_type).changed

    def reevaluate(self, *contract_ids: str, reset: bool = False) -> int:
        """Of how many shares the limits make something else than before."""
        return self.do(evaluation.reevaluate, contract_ids or (CONTRACT,), request=self.request(), reset=reset)

    def create(self, *contract_ids: str, today: date = TODAY, key: str | None = None, **narrowed: Any) -> Handled:
        return self.do(
            creation.create_invoices,
            contract_ids or (CONTRACT,),
            today=today,
            settings=self.world.settings,
            request=self.request(key),
            **narrowed,
        )

    def created(self, contract_id: str = CONTRACT, **narrowed: Any) -> UUID:
        """The only invoice that is created of a contract now."""
        (invoice,) = self.create(contract_id, **narrowed).invoices
        return invoice.invoice_id

    # A draft

    def change(
        self, invoice_id: UUID, detail_id: int, version: int | None = None, key: str | None = None, **changes: Any
    ) -> Invoice:
        exact: dict[str, Any] = {name: Decimal(value) if name in _NUMBERS else value for name, value in changes.items()}
        return self.do(
            details.change_detail,
            str(invoice_id),
            detail_id,
            DetailChanges(**exact),
            request=self.request(key),
            version=version,
        )

    def add(self, invoice_id: UUID, detail: NewDetail, version: int | None = None, key: str | None = None) -> Invoice:
        return self.do(details.add_detail, str(invoice_id), detail, request=self.request(key), version=version)

    def added(self, invoice_id: UUID, line_id: str, quantity: str, unit_price: str, **more: Any) -> Invoice:
        """An expense of today, where nothing else is said, that is added to a draft."""
        more = {"transaction_class": "expense", "transaction_date": TODAY, **more}
        return self.add(
            invoice_id, NewDetail(line_id, quantity=Decimal(quantity), unit_price=Decimal(unit_price), **more)
        )

    def remove(self, invoice_id: UUID, detail_id: int, version: int | None = None, key: str | None = None) -> Invoice:
        return self.do(details.remove_detail, str(invoice_id), detail_id, request=self.request(key), version=version)

    def remove_line(
        self, invoice_id: UUID, contract_line_id: str, version: int | None = None, key: str | None = None
    ) -> Invoice:
        return self.do(
            details.remove_line, str(invoice_id), contract_line_id, request=self.request(key), version=version
        )

    def refresh(
        self, invoice_id: UUID, version: int | None = None, key: str | None = None, until: date | None = None
    ) -> Invoice:
        return self.do(drafts.refresh, str(invoice_id), request=self.request(key), version=version, until=until)

    def review(self, invoice_id: UUID, version: int | None = None, key: str | None = None) -> Invoice:
        return self.do(drafts.put_in_review, str(invoice_id), request=self.request(key), version=version)

    def back_to_draft(self, invoice_id: UUID, version: int | None = None, key: str | None = None) -> Invoice:
        return self.do(drafts.put_back_to_draft, str(invoice_id), request=self.request(key), version=version)

    def delete(self, invoice_id: UUID, version: int | None = None, key: str | None = None) -> None:
        self.do(drafts.delete_draft, str(invoice_id), request=self.request(key), version=version)

    # One way

    def confirm(
        self,
        *invoice_ids: UUID,
        versions: Mapping[UUID, int] | None = None,
        today: date = TODAY,
        key: str | None = None,
        accounting_date: date | None = None,
    ) -> Handled:
        asked = {invoice_id: (versions or {}).get(invoice_id) for invoice_id in invoice_ids}
        return self.do(
            confirmation.confirm_invoices,
            asked,
            today=today,
            settings=self.world.settings,
            request=self.request(key),
            accounting_date=accounting_date,
        )

    def confirm_chosen(self, choice: Choice, key: str | None = None) -> Handled:
        """All that have something in common, as they are when nobody else works on them any more."""
        request = self.request(key)

        def confirm(connection: sa.Connection) -> Handled:
            chosen = choose_alone(connection, choice, request)
            asked = {invoice.invoice_id: invoice.version for invoice in chosen.invoices}
            return confirmation.confirm_invoices(
                connection, asked, today=TODAY, settings=self.world.settings, request=request
            )

        return self.do(confirm)

    def approve(self, approval_id: int, reason: str | None = None, key: str | None = None) -> Approval:
        return self._answer(approval_id, Answer.APPROVED, reason, key)

    def reject(self, approval_id: int, reason: str | None = None, key: str | None = None) -> Approval:
        return self._answer(approval_id, Answer.REJECTED, reason, key)

    def _answer(self, approval_id: int, said: Answer, reason: str | None, key: str | None) -> Approval:
        return self.do(
            approval.answer,
            approval_id,
            said,
            settings=self.world.settings,
            request=self.request(key),
            reason=reason,
        )

    def pay(self, *invoice_ids: UUID, key: str | None = None) -> Handled:
        return self.do(payment.pay_invoices, list(invoice_ids), request=self.request(key))

    def correct(
        self,
        *invoice_ids: UUID,
        detail_ids: Sequence[int] | None = None,
        today: date = TODAY,
        key: str | None = None,
    ) -> Handled:
        return self.do(
            correction.correct_invoices,
            list(invoice_ids),
            today=today,
            request=self.request(key),
            detail_ids=detail_ids,
        )

    def corrected(self, invoice_id: UUID, detail_ids: Sequence[int] | None = None) -> UUID:
        """The corrective draft of an invoice."""
        (draft,) = self.correct(invoice_id, detail_ids=detail_ids).invoices
        return draft.invoice_id

    # What lies on it

    def detail_ids(self, invoice_id: UUID) -> dict[str | None, int]:
        """Details by the transaction or milestone that they bill; None: added by hand."""
        rows = self.world.read(
            "SELECT coalesce(transaction_id, milestone_id) AS name, detail_id"
            " FROM analytics.invoice_line_details WHERE invoice_id = :invoice_id",
            invoice_id=invoice_id,
        )
        found = {row.name: row.detail_id for row in rows}
        assert len(found) == len(rows), "two details bill the same"
        return found

    def detail(self, invoice_id: UUID, name: str | None) -> sa.Row[Any]:
        """A detail as analysts see it."""
        (row,) = self.world.read(
            "SELECT * FROM analytics.invoice_line_details WHERE invoice_id = :invoice_id"
            " AND coalesce(transaction_id, milestone_id) IS NOT DISTINCT FROM :name",
            invoice_id=invoice_id,
            name=name,
        )
        return row

    def version(self, invoice_id: UUID) -> int:
        """The version that somebody sees who looks at an invoice."""
        found: int = self.do(find_invoice, str(invoice_id)).version
        return found

    def invoice(self, invoice_id: UUID) -> sa.Row[Any]:
        """An invoice as analysts see it."""
        (row,) = self.world.read(
            "SELECT * FROM analytics.invoices WHERE invoice_id = :invoice_id", invoice_id=invoice_id
        )
        return row

    def request(self, key: str | None = None) -> Request:
        return Request(self.person, key or f"request {next(_keys)}")
