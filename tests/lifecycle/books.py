"""What is said of invoices and actuals, by the model and by the warehouse, in the same words.

An actual is named by what it says, together with what the actuals say that it reverses or replaces: the two that say the same in
all of that may stand for one another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tests.calculator.calculator import Totals
from tests.lifecycle.model import Actual, Detail, Model

Said = tuple[Any, ...]

# Entries by hand that were taken off again have never been anything.
_ACTUALS = "SELECT * FROM invoicing.actual WHERE NOT (kind = 'added' AND billing_status = 'canceled')"


@dataclass
class Books:
    actuals: Counter[Said] = field(default_factory=Counter)
    details: dict[UUID, Counter[Said]] = field(default_factory=dict)
    invoices: dict[UUID, Said] = field(default_factory=dict)


def books_of_model(model: Model) -> Books:
    said = _Sayings()
    books = Books(Counter(said.of_model(actual) for actual in model.actuals))
    for invoice in model.invoices:
        assert invoice.invoice_id is not None
        books.details[invoice.invoice_id] = Counter(said.of_detail(detail) for detail in invoice.details)
        totals = _totals(invoice.details)
        books.invoices[invoice.invoice_id] = (
            invoice.contract_id,
            invoice.customer_id,
            model.contracts[invoice.contract_id].currency,
            invoice.run_date,
            invoice.origin,
            invoice.status,
            invoice.number,
            invoice.corrects.invoice_id if invoice.corrects else None,
            *totals,
            totals.chargeable_amount + totals.tax_amount,
        )
    return books


def books_of_warehouse(engine: sa.Engine) -> Books:
    with engine.connect() as connection:
        said = _Sayings(_by_key(connection.execute(sa.text(_ACTUALS))))
        books = Books(Counter(said.of_row(row) for row in said.rows.values()))
        for row in connection.execute(sa.text("SELECT * FROM invoicing.invoice")):
            books.details[row.invoice_id] = Counter()
            books.invoices[row.invoice_id] = (
                row.contract_id,
                row.customer_id,
                row.currency,
                row.run_date,
                row.origin,
                row.status,
                row.invoice_number,
                row.corrects_invoice_id,
                row.chargeable_amount,
                row.non_chargeable_amount,
                row.complimentary_amount,
                row.tax_amount,
                row.total_amount,
            )
        for row in connection.execute(sa.text("SELECT * FROM invoicing.invoice_line_detail")):
            books.details[row.invoice_id][said.of_detail_row(row)] += 1
    return books


def detail_id(engine: sa.Engine, detail: Detail) -> int:
    """The id in the warehouse of a detail, or of one that says the same of the same."""
    wanted = _Sayings().of_detail(detail)
    with engine.connect() as connection:
        said = _Sayings(_by_key(connection.execute(sa.text(_ACTUALS))))
        rows = connection.execute(
            sa.text("SELECT * FROM invoicing.invoice_line_detail WHERE invoice_id = :invoice_id ORDER BY actual_id"),
            {"invoice_id": detail.invoice.invoice_id},
        )
        found: int = next(row.actual_id for row in rows if said.of_detail_row(row) == wanted)
    return found


def _by_key(rows: Iterable[Any]) -> dict[tuple[str, int], Any]:
    return {(row.contract_id, row.actual_id): row for row in rows}


def _totals(details: Iterable[Detail]) -> Totals:
    sums = dict.fromkeys(("chargeable", "non_chargeable", "complimentary", "tax"), Decimal(0))
    for detail in details:
        sums[detail.billing_type] += detail.amount
        if detail.billing_type == "chargeable":
            sums["tax"] += detail.tax_amount
    return Totals(*sums.values())


class _Sayings:
    def __init__(self, rows: dict[tuple[str, int], Any] | None = None) -> None:
        self.rows = rows or {}
        self._known: dict[Any, Said] = {}

    def of_model(self, actual: Actual) -> Said:
        if actual not in self._known:
            self._known[actual] = (
                actual.contract_id,
                actual.contract_line_id,
                actual.customer_id,
                actual.transaction_id,
                actual.milestone_id,
                actual.transaction_class,
                actual.transaction_date,
                actual.kind,
                actual.worth.quantity,
                actual.worth.unit_price,
                actual.worth.amount,
                actual.worth.tax_amount,
                actual.billing_type,
                actual.status,
                actual.adjustment,
                actual.invoice.invoice_id if actual.invoice else None,
                self.of_model(actual.reverses) if actual.reverses else None,
                self.of_model(actual.replaces) if actual.replaces else None,
            )
        return self._known[actual]

    def of_row(self, row: Any) -> Said:
        key = (row.contract_id, row.actual_id)
        if key not in self._known:
            self._known[key] = (
                row.contract_id,
                row.contract_line_id,
                row.customer_id,
                row.transaction_id,
                row.milestone_id,
                row.transaction_class,
                row.transaction_date,
                row.kind,
                row.quantity,
                row.unit_price,
                row.amount,
                row.tax_amount,
                row.billing_type,
                row.billing_status,
                row.adjustment_status,
                row.invoice_id,
                self._of_key(row.contract_id, row.reverses_actual_id),
                self._of_key(row.contract_id, row.replaces_actual_id),
            )
        return self._known[key]

    def _of_key(self, contract_id: str, actual_id: int | None) -> Said | None:
        return None if actual_id is None else self.of_row(self.rows[contract_id, actual_id])

    def of_detail(self, detail: Detail) -> Said:
        return (
            self.of_model(detail.source),
            detail.worth.quantity,
            detail.worth.unit_price,
            detail.amount,
            detail.tax_amount,
            detail.billing_type,
            detail.original_quantity,
            detail.description,
        )

    def of_detail_row(self, row: Any) -> Said:
        return (
            self._of_key(row.contract_id, row.actual_id),
            row.quantity,
            row.unit_price,
            row.amount,
            row.tax_amount,
            row.billing_type,
            row.original_quantity,
            row.description,
        )
