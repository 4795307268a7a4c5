"""Races: what people do at the same moment, each on a connection of their own, and what becomes of it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import InvoicingError
from invoicing.lifecycle import confirmation, correction, creation, details, drafts
from invoicing.lifecycle.details import DetailChanges
from invoicing.lifecycle.invoices import Handled, Invoice, Request
from invoicing.process.verify import verify
from invoicing.warehouse.transactions import reading, writing
from tests.process.warehouse import Warehouse, october

T = TypeVar("T")

TODAY = october(20)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What each of the actions returns, or the error that it ends with; they begin in the same moment."""
    start = threading.Barrier(len(actions))

    def act(action: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return action()
        except InvoicingError as error:
            return error

    with ThreadPoolExecutor(len(actions)) as threads:
        return [found.result() for found in [threads.submit(act, action) for action in actions]]


def in_groups(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[first : first + size] for first in range(0, len(items), size)]


# All at once: there is one for each round.
_CONTRACTS = (
    "INSERT INTO invoicing.customer (customer_id, name) VALUES ('Fabrikam', 'Fabrikam')",
    """INSERT INTO invoicing.project_contract (contract_id, name, currency, state)
    SELECT unnest(CAST(:contract_ids AS text[])), 'Contract', 'USD', 'active'""",
    """INSERT INTO invoicing.contract_line (
        contract_id, contract_line_id, name, billing_method, includes_time, includes_expense, includes_material, includes_fee
    ) SELECT contract_id, 'work', 'Work', 'time_and_material', TRUE, TRUE, TRUE, TRUE FROM invoicing.project_contract""",
    """INSERT INTO invoicing.contract_line_customer (
        contract_id, contract_line_id, customer_id, split_percent, is_rounding_customer
    ) SELECT contract_id, 'work', 'Fabrikam', 100, TRUE FROM invoicing.project_contract""",
    """INSERT INTO invoicing.transaction (
        contract_id, transaction_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, amount,
        tax_amount, billing_type, billing_status
    ) SELECT
        contract_id, transaction_id, 'work', 'time', '2026-10-01', quantity, unit_price, quantity * unit_price, 0,
        'chargeable', 'ready_to_invoice'
    FROM invoicing.project_contract, (VALUES ('T1', 8, 200), ('T2', 1, 30)) AS t (transaction_id, quantity, unit_price)""",
    """INSERT INTO invoicing.actual (
        contract_id, contract_line_id, customer_id, transaction_id, kind, transaction_class, billing_type, billing_status,
        transaction_date, quantity, unit_price, amount, tax_amount
    ) SELECT
        contract_id, contract_line_id, 'Fabrikam', transaction_id, 'unbilled_sales', transaction_class, billing_type,
        billing_status, transaction_date, quantity, unit_price, amount, tax_amount
    FROM invoicing.transaction""",
)


@dataclass
class Race:
    """Contracts, one for each round, of two transactions that are ready: T1 of 8 hours at 200, T2 of 30.

    What people do are actions to be taken later: each is a request of its own, unless a key is given.
    """

    warehouse: Warehouse
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def rounds(self, items: Iterable[T]) -> Iterator[T]:
        """One item for each round; when the round is over everything has to add up."""
        for item in items:
            yield item
            assert self.differences() == []

    def ready(self, number: int) -> list[str]:
        """Contracts of which everything is ready."""
        contract_ids = [f"C{nth:03}" for nth in range(number)]
        with self.warehouse.engine.begin() as connection:
            for statement in _CONTRACTS:
                connection.execute(sa.text(statement), {"contract_ids": contract_ids})
        return contract_ids

    def drafts(self, number: int) -> list[tuple[str, UUID]]:
        """Contracts, each with a draft of both transactions, at version 1."""
        created = self.create(*self.ready(number))()
        return [(invoice.contract_id, invoice.invoice_id) for invoice in created.invoices]

    def confirmed(self, number: int) -> list[tuple[str, UUID]]:
        """Contracts, each with a confirmed invoice of both transactions."""
        drafts = self.drafts(number)
        assert self.confirm(*[draft for _, draft in drafts])().refused == ()
        return drafts

    def create(self, *contract_ids: str, key: str | None = None) -> Callable[[], Handled]:
        return self._action(
            creation.create_invoices,
            list(contract_ids),
            today=TODAY,
            settings=self.warehouse.settings,
            request=self._request(key),
        )

    def edit(self, invoice_id: UUID, name: str, quantity: int, version: int | None = None) -> Callable[[], Invoice]:
        """Another quantity of a transaction."""
        return self._action(
            details.change_detail,
            str(invoice_id),
            self.detail(invoice_id, name),
            DetailChanges(quantity=Decimal(quantity)),
            request=self._request(None),
            version=version,
        )

    def delete(self, invoice_id: UUID) -> Callable[[], None]:
        return self._action(drafts.delete_draft, str(invoice_id), request=self._request(None))

    def confirm(
        self, *invoice_ids: UUID, version: int | None = None, key: str | None = None, today: date = TODAY
    ) -> Callable[[], Handled]:
        return self._action(
            confirmation.confirm_invoices,
            dict.fromkeys(invoice_ids, version),
            today=today,
            settings=self.warehouse.settings,
            request=self._request(key),
        )

    def pay(self, *invoice_ids: UUID) -> Callable[[], Handled]:
        return self._action(confirmation.pay_invoices, list(invoice_ids), request=self._request(None))

    def correct(
        self, invoice_id: UUID, detail_ids: list[int] | None = None, key: str | None = None
    ) -> Callable[[], Handled]:
        return self._action(
            correction.correct_invoices, [invoice_id], today=TODAY, request=self._request(key), detail_ids=detail_ids
        )

    def detail(self, invoice_id: UUID, name: str) -> int:
        (row,) = self.warehouse.read(
            "SELECT detail_id FROM analytics.invoice_line_details WHERE (invoice_id, transaction_id) = (:id, :name)",
            id=invoice_id,
            name=name,
        )
        return int(row.detail_id)

    def quantities(self, invoice_id: UUID) -> dict[str, Decimal]:
        rows = self.warehouse.read(
            "SELECT transaction_id, quantity FROM analytics.invoice_line_details WHERE invoice_id = :id", id=invoice_id
        )
        return {row.transaction_id: row.quantity for row in rows}

    def invoices(self, contract_id: str) -> list[tuple[str, str]]:
        """Origin and status of the invoices of a contract."""
        rows = self.warehouse.read(
            "SELECT origin, status FROM analytics.invoices WHERE contract_id = :id ORDER BY 1, 2", id=contract_id
        )
        return [(row.origin, row.status) for row in rows]

    def numbers(self, series: str = "INV-2026-#") -> tuple[list[int], int]:
        """The numbers that invoices have in a series, and the last that was given."""
        rows = self.warehouse.read(
            "SELECT number_in_series FROM invoicing.invoice WHERE number_series = :series ORDER BY 1", series=series
        )
        given = self.warehouse.read(
            "SELECT last_number FROM invoicing.invoice_number_series WHERE series = :series", series=series
        )
        return [row.number_in_series for row in rows], given[0].last_number if given else 0

    def differences(self) -> list[str]:
        """What `verify` finds."""
        with reading(self.warehouse.engine) as connection:
            return [str(difference) for difference in verify(connection)]

    def _request(self, key: str | None) -> Request:
        return Request("ann", key or f"request {next(self._numbers)}")

    def _action(self, function: Callable[..., Any], *values: Any, **named: Any) -> Callable[[], Any]:
        def act() -> Any:
            with writing(self.warehouse.engine, self.warehouse.settings.wait_seconds) as connection:
                return function(connection, *values, **named)

        return act
