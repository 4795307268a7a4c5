"""The desk of a project manager: what is done to invoices after a run, through the functions that the commands call."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa

from invoicing.lifecycle import backlog, confirmation, correction, creation, details, drafts
from invoicing.lifecycle.backlog import BillingType, Selection
from invoicing.lifecycle.details import DetailChanges, NewDetail
from invoicing.lifecycle.invoices import Handled, Invoice, Request
from invoicing.settings import Settings
from invoicing.warehouse.transactions import writing
from tests.process.warehouse import october

TODAY = october(20)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Desk:
    """Every method commits. A request is a new one unless its key is given."""

    engine: sa.Engine
    settings: Settings = field(default_factory=lambda: Settings(wait_seconds=2))
    _keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def do(self, function: Callable[Concatenate[sa.Connection, P], T], *values: P.args, **named: P.kwargs) -> T:
        with writing(self.engine, self.settings.wait_seconds) as connection:
            return function(connection, *values, **named)

    def create(self, *contract_ids: str, today: date = TODAY, key: str | None = None) -> Handled:
        return self.do(
            creation.create_invoices,
            list(contract_ids),
            today=today,
            settings=self.settings,
            request=self._request(key),
        )

    def change(self, invoice_id: UUID, detail_id: int, version: int | None = None, **changes: Any) -> Invoice:
        wanted = DetailChanges(**changes)
        return self.do(
            details.change_detail, str(invoice_id), detail_id, wanted, request=self._request(), version=version
        )

    def add(self, invoice_id: UUID, detail: NewDetail, version: int | None = None) -> Invoice:
        return self.do(details.add_detail, str(invoice_id), detail, request=self._request(), version=version)

    def remove(self, invoice_id: UUID, detail_id: int, version: int | None = None) -> Invoice:
        return self.do(details.remove_detail, str(invoice_id), detail_id, request=self._request(), version=version)

    def remove_line(self, invoice_id: UUID, contract_line_id: str, version: int | None = None) -> Invoice:
        return self.do(details.remove_line, str(invoice_id), contract_line_id, request=self._request(), version=version)

    def refresh(self, invoice_id: UUID, version: int | None = None) -> Invoice:
        return self.do(drafts.refresh, str(invoice_id), request=self._request(), version=version)

    def review(self, invoice_id: UUID, version: int | None = None) -> Invoice:
        return self.do(drafts.put_in_review, str(invoice_id), request=self._request(), version=version)

    def back_to_draft(self, invoice_id: UUID, version: int | None = None) -> Invoice:
        return self.do(drafts.put_back_to_draft, str(invoice_id), request=self._request(), version=version)

    def delete(self, invoice_id: UUID, version: int | None = None) -> None:
        self.do(drafts.delete_draft, str(invoice_id), request=self._request(), version=version)

    def confirm(
        self,
        *invoice_ids: UUID,
        versions: Mapping[UUID, int] | None = None,
        today: date = TODAY,
        key: str | None = None,
    ) -> Handled:
        asked = {invoice_id: (versions or {}).get(invoice_id) for invoice_id in invoice_ids}
        return self.do(
            confirmation.confirm_invoices, asked, today=today, settings=self.settings, request=self._request(key)
        )

    def pay(self, *invoice_ids: UUID, key: str | None = None) -> Handled:
        return self.do(confirmation.pay_invoices, list(invoice_ids), request=self._request(key))

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
            request=self._request(key),
            detail_ids=detail_ids,
        )

    def mark(self, *contract_ids: str, ready: bool = True, **narrowed: Any) -> int:
        return self.do(backlog.mark_backlog, Selection(contract_ids, **narrowed), ready=ready)

    def set_billing_type(self, billing_type: BillingType, *contract_ids: str, **narrowed: Any) -> int:
        return self.do(backlog.set_billing_type, Selection(contract_ids, **narrowed), billing_type)

    def _request(self, key: str | None = None) -> Request:
        return Request("ann", key or f"request {next(self._keys)}")
