"""Races: what people do at the same moment, each on a connection of their own, and what happens to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from invoicing.errors import InvoicingError
from invoicing.lifecycle.invoices import Handled, Invoice
from tests.world.desk import Desk
from tests.world.names import TODAY, october
from tests.world.reads import versions
from tests.world.verdict import differences
from tests.world.world import World

T = TypeVar("T")


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


@dataclass
class Race:
    """Contracts, one for each round, of two transactions that are ready: T1 of 8 hours at 200, T2 of 30.

    What people do are actions to be taken later: each is a request of its own, unless a key is given.
    """

    world: World

    def rounds(self, items: Iterable[T]) -> Iterator[T]:
        """One item for each round; when the round is over everything has to add up."""
        for item in items:
            yield item
            assert differences(self.world) == []

    def ready(self, number: int) -> list[str]:
        """Contracts of which everything is ready."""
        contract_ids = [f"C{nth:03}" for nth in range(number)]
        for contract_id in contract_ids:
            self.world.contract(contract_id)
            self.world.line(contract_id=contract_id)
            self.world.transaction("T1", october(1), "1600", quantity="8", contract_id=contract_id)
            self.world.transaction("T2", october(1), "30", contract_id=contract_id)
        return contract_ids

    def drafts(self, number: int) -> list[tuple[str, UUID]]:
        """Contracts, each with a draft of both transactions."""
        created = self.create(*self.ready(number))()
        return [(invoice.contract_id, invoice.invoice_id) for invoice in created.invoices]

    def confirmed(self, number: int) -> list[tuple[str, UUID]]:
        """Contracts, each with a confirmed invoice of both transactions."""
        drafts = self.drafts(number)
        assert self.confirm(*[draft for _, draft in drafts])().refused == ()
        return drafts

    def create(self, *contract_ids: str, key: str | None = None) -> Callable[[], Handled]:
        return self._later(Desk.create, *contract_ids, key=key)

    def seen(self, invoice_id: UUID) -> int:
        """The version that an invoice has now."""
        return versions(self.world)[invoice_id]

    def edit(self, invoice_id: UUID, name: str, quantity: int, version: int | None = None) -> Callable[[], Invoice]:
        """Another quantity of a transaction."""
        return self._later(Desk.change, invoice_id, self.detail(invoice_id, name), version, quantity=quantity)

    def delete(self, invoice_id: UUID) -> Callable[[], None]:
        return self._later(Desk.delete, invoice_id)

    def confirm(
        self, *invoice_ids: UUID, version: int | None = None, key: str | None = None, today: date = TODAY
    ) -> Callable[[], Handled]:
        versions = {} if version is None else dict.fromkeys(invoice_ids, version)
        return self._later(Desk.confirm, *invoice_ids, versions=versions, today=today, key=key)

    def pay(self, *invoice_ids: UUID) -> Callable[[], Handled]:
        return self._later(Desk.pay, *invoice_ids)

    def correct(
        self, invoice_id: UUID, detail_ids: list[int] | None = None, key: str | None = None
    ) -> Callable[[], Handled]:
        return self._later(Desk.correct, invoice_id, detail_ids=detail_ids, key=key)

    def detail(self, invoice_id: UUID, name: str) -> int:
        return Desk(self.world).detail_ids(invoice_id)[name]

    def quantities(self, invoice_id: UUID) -> dict[str, Decimal]:
        rows = self.world.read(
            "SELECT transaction_id, quantity FROM analytics.invoice_line_details WHERE invoice_id = :id", id=invoice_id
        )
        return {row.transaction_id: row.quantity for row in rows}

    def invoices(self, contract_id: str) -> list[tuple[str, str]]:
        """Origin and status of the invoices of a contract."""
        rows = self.world.read(
            "SELECT origin, status FROM analytics.invoices WHERE contract_id = :id ORDER BY 1, 2", id=contract_id
        )
        return [(row.origin, row.status) for row in rows]

    def numbers(self, year: int = 2026) -> list[int]:
        """The numbers that invoices have in the series of a year; that it remembers the last of them, each round asks."""
        rows = self.world.read(
            "SELECT invoice_number FROM analytics.invoices WHERE invoice_number LIKE :series ORDER BY 1",
            series=f"INV-{year}-%",
        )
        return [int(row.invoice_number.rpartition("-")[2]) for row in rows]

    def _later(self, action: Callable[..., T], *values: Any, **named: Any) -> Callable[[], T]:
        """What is to be taken is there before anybody begins."""
        self.world.load()
        return partial(action, Desk(self.world), *values, **named)
