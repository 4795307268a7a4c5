"""What analysts are shown of invoices and actuals: plain values, in which the model and the warehouse are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, get_args
from uuid import UUID

from tests.model.invoices import Actual, Detail, Invoice, InvoiceKey
from tests.model.limits import ShownLimit, limits, status, used
from tests.model.records import Records
from tests.model.source import BillingType


class Totals(NamedTuple):
    chargeable_amount: Decimal
    non_chargeable_amount: Decimal
    complimentary_amount: Decimal
    tax_amount: Decimal


class ShownDetail(NamedTuple):
    contract_line_id: str
    transaction_id: str | None
    milestone_id: str | None
    transaction_class: str
    transaction_date: date
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax_amount: Decimal
    billing_type: BillingType
    original_quantity: Decimal | None
    description: str | None


class ShownLine(NamedTuple):
    contract_line_id: str
    totals: Totals
    detail_count: int


@dataclass(frozen=True)
class ShownInvoice:
    key: InvoiceKey
    origin: str
    status: str
    number: str | None
    corrects: UUID | None
    totals: Totals
    total_amount: Decimal
    lines: tuple[ShownLine, ...]
    details: tuple[ShownDetail, ...]


class ShownMilestone(NamedTuple):
    """A customer's share of a milestone, as it was opened last."""

    contract_id: str
    contract_line_id: str
    milestone_id: str
    customer_id: str
    amount: Decimal
    tax_amount: Decimal
    billing_status: str
    invoice_id: UUID | None


class ShownActual(NamedTuple):
    """An actual has no name of its own: those that say the same, and reverse or replace the same, may stand for one another."""

    contract_id: str
    contract_line_id: str
    customer_id: str
    transaction_id: str | None
    milestone_id: str | None
    kind: str
    transaction_class: str
    transaction_date: date
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax_amount: Decimal
    billing_type: BillingType
    billing_status: str
    adjustment_status: str | None
    invoice_id: UUID | None
    reverses: ShownActual | None
    replaces: ShownActual | None


class ShownShare(NamedTuple):
    """Work that no invoice holds, and what its limits make of it."""

    contract_id: str
    contract_line_id: str
    customer_id: str
    transaction_id: str | None
    quantity: Decimal
    amount: Decimal
    limit_status: str
    limit_level: str | None


@dataclass(frozen=True)
class Books:
    """Everything that is shown, invoices by their ids."""

    invoices: dict[UUID, ShownInvoice]
    actuals: Counter[ShownActual]
    milestones: Counter[ShownMilestone]
    limits: frozenset[ShownLimit]
    backlog: Counter[ShownShare]


def totals(details: Iterable[Detail]) -> Totals:
    amounts = dict.fromkeys(get_args(BillingType), Decimal(0))
    tax = Decimal(0)
    for detail in details:
        amounts[detail.billing_type] += detail.amount
        if detail.billing_type == "chargeable":
            tax += detail.tax_amount
    return Totals(amounts["chargeable"], amounts["non_chargeable"], amounts["complimentary"], tax)


def shown(invoice: Invoice) -> ShownInvoice:
    lines = []
    for line_id in sorted({detail.line_id for detail in invoice.details}):
        of_line = [detail for detail in invoice.details if detail.line_id == line_id]
        lines.append(ShownLine(line_id, totals(of_line), len(of_line)))
    sums = totals(invoice.details)
    return ShownInvoice(
        invoice.key,
        invoice.origin,
        invoice.status,
        invoice.number,
        invoice.corrects.invoice_id if invoice.corrects else None,
        sums,
        sums.chargeable_amount + sums.tax_amount,
        tuple(lines),
        in_order(map(shown_detail, invoice.details)),
    )


def shown_detail(detail: Detail) -> ShownDetail:
    source, worth = detail.source, detail.worth
    text = source.milestone_id and "Milestone" if detail.description is None else detail.description
    return ShownDetail(
        detail.line_id,
        source.transaction_id,
        source.milestone_id,
        source.transaction_class,
        source.transaction_date,
        worth.quantity,
        worth.unit_price,
        detail.amount,
        detail.tax_amount,
        detail.billing_type,
        detail.original_quantity,
        text,
    )


def in_order(details: Iterable[ShownDetail]) -> tuple[ShownDetail, ...]:
    """Null before any value."""
    return tuple(sorted(details, key=lambda detail: [(value is not None, value) for value in detail]))


def books(records: Records) -> Books:
    """What is shown of a model whose invoices have got their ids."""
    holders = {detail.source: detail.invoice for detail in records.details}
    known: dict[Actual, ShownActual] = {}
    milestones: dict[tuple[object, ...], ShownMilestone] = {}
    for actual in records.actuals:
        # Open milestones, and what is by hand on a draft, are no sales.
        if actual.kind == "milestone":
            share = _milestone(actual, holders.get(actual))
            milestones[share[:4]] = share
        elif actual.kind != "added":
            _shown_actual(actual, holders, known)
    return Books(
        {invoice.invoice_id: shown(invoice) for invoice in records.invoices if invoice.invoice_id},
        Counter(known.values()),
        Counter(milestones.values()),
        frozenset(ShownLimit(limit, *used(records, limit)) for limit in limits(records)),
        Counter(
            _share(records, actual)
            for actual in records.actuals
            if actual.kind == "unbilled_sales" and actual.is_open and actual not in holders
        ),
    )


def _share(records: Records, actual: Actual) -> ShownShare:
    return ShownShare(
        *actual.line,
        actual.customer_id,
        actual.transaction_id,
        actual.worth.quantity,
        actual.worth.amount,
        status(records, actual),
        actual.limit_level,
    )


def _shown_actual(actual: Actual, holders: dict[Actual, Invoice], known: dict[Actual, ShownActual]) -> ShownActual:
    if actual not in known:
        invoice = actual.invoice or holders.get(actual)
        known[actual] = ShownActual(
            actual.contract_id,
            actual.contract_line_id,
            actual.customer_id,
            actual.transaction_id,
            actual.milestone_id,
            actual.kind,
            actual.transaction_class,
            actual.transaction_date,
            actual.worth.quantity,
            actual.worth.unit_price,
            actual.worth.amount,
            actual.worth.tax_amount,
            actual.billing_type,
            "invoice_created" if actual in holders and actual.is_open else actual.status,
            actual.adjustment,
            invoice.invoice_id if invoice else None,
            _shown_actual(actual.reverses, holders, known) if actual.reverses else None,
            _shown_actual(actual.replaces, holders, known) if actual.replaces else None,
        )
    return known[actual]


def _milestone(actual: Actual, invoice: Invoice | None) -> ShownMilestone:
    status = actual.status.replace("unbilled", "not_ready")
    if invoice and not invoice.is_draft:
        status = "invoice_posted"
    elif invoice and actual.is_open:
        status = "invoice_created"
    return ShownMilestone(
        actual.contract_id,
        actual.contract_line_id,
        actual.milestone_id or "",
        actual.customer_id,
        actual.worth.amount,
        actual.worth.tax_amount,
        status,
        invoice.invoice_id if invoice else None,
    )
