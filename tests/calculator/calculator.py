"""Invoices by the data contract (sections 1.1 and 2), row by row in plain Python.

It knows no limits and no retainers. Loading a row again takes over its new values, but a split stays as it was first
recorded (nothing counts as recorded while the line has no customers), and a schedule row or milestone keeps its first
dates and its run status.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, get_args

from tests.calculator.model import (
    BillingType,
    Contract,
    Line,
    LineCustomer,
    Milestone,
    RunStatus,
    Source,
    Transaction,
)

CURRENCY_DECIMALS = {"USD": 2, "JPY": 0, "KWD": 3}
QUANTITY_DECIMALS = 4

LateMilestones = Literal["report", "bill"]
InvoiceStatus = Literal["draft", "in_review", "confirmed"]
Reason = Literal["invoiced", "after_cutoff", "not_ready", "class_not_included", "on_a_draft", "quarantined"]


class Actual(NamedTuple):
    """What one customer owes for a transaction or milestone. On an invoice it is the invoice line detail."""

    contract_id: str
    contract_line_id: str
    customer_id: str
    transaction_id: str | None
    milestone_id: str | None
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax_amount: Decimal
    billing_type: BillingType

    @property
    def key(self) -> tuple[str, ...]:
        return (*self[:3], self.transaction_id or "", self.milestone_id or "")


class Totals(NamedTuple):
    chargeable_amount: Decimal
    non_chargeable_amount: Decimal
    complimentary_amount: Decimal
    tax_amount: Decimal


class InvoiceKey(NamedTuple):
    contract_id: str
    customer_id: str
    currency: str
    run_date: date


class InvoiceLine(NamedTuple):
    contract_line_id: str
    totals: Totals
    detail_count: int


@dataclass(frozen=True)
class Invoice:
    key: InvoiceKey
    status: InvoiceStatus
    totals: Totals
    total_amount: Decimal
    lines: tuple[InvoiceLine, ...]
    details: tuple[Actual, ...]


class LineKey(NamedTuple):
    contract_id: str
    contract_line_id: str


class DueRow(NamedTuple):
    """A contract line on a run date, whether a schedule row, milestones or both call for it."""

    contract_id: str
    contract_line_id: str
    run_date: date

    @property
    def line(self) -> LineKey:
        return LineKey(self.contract_id, self.contract_line_id)


class Origin(NamedTuple):
    """The transaction or the milestone that an actual comes from."""

    contract_id: str
    transaction_id: str | None
    milestone_id: str | None


class ScheduleKey(NamedTuple):
    """A row of invoice_schedules, or (with its id) a milestone of a fixed-price line."""

    row: DueRow
    milestone_id: str | None = None


class Accounted(NamedTuple):
    transactions: int
    amount: Decimal


@dataclass(frozen=True)
class RunResult:
    accounting: dict[Reason, Accounted]
    due_rows: frozenset[DueRow]
    quarantined_contracts: frozenset[str]

    @property
    def due_lines(self) -> int:
        return len(self.due_rows)


@dataclass
class _StoredInvoice:
    status: InvoiceStatus = "draft"
    details: set[Actual] = field(default_factory=set)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half away from zero, which the decimal module calls half up."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def split(value: Decimal, customers: Iterable[LineCustomer], decimals: int) -> dict[str, Decimal]:
    """The part of each customer above 0 percent; the rounding customer gets what remains."""
    sharing = [customer for customer in customers if customer.split_percent > 0]
    parts = {
        customer.customer_id: rounded(value * customer.split_percent / 100, decimals)
        for customer in sharing
        if not customer.is_rounding_customer
    }
    for customer in sharing:
        if customer.is_rounding_customer:
            parts[customer.customer_id] = value - sum(parts.values())
    return parts


def totals(details: Iterable[Actual]) -> Totals:
    amounts = dict.fromkeys(get_args(BillingType), Decimal(0))
    tax = Decimal(0)
    for detail in details:
        amounts[detail.billing_type] += detail.amount
        if detail.billing_type == "chargeable":
            tax += detail.tax_amount
    return Totals(amounts["chargeable"], amounts["non_chargeable"], amounts["complimentary"], tax)


class Calculator:
    """A warehouse in miniature: load, run, and read the invoices and the schedule."""

    def __init__(self) -> None:
        self._contracts: dict[str, Contract] = {}
        self._lines: dict[LineKey, Line] = {}
        self._customers: dict[LineKey, dict[str, LineCustomer]] = {}
        self._transactions: dict[Origin, Transaction] = {}
        self._milestones: dict[Origin, Milestone] = {}
        self._actuals: dict[Origin, list[Actual]] = {}
        self._cutoffs: dict[DueRow, date] = {}
        self._statuses: dict[ScheduleKey, RunStatus] = {}
        self._run_here: dict[ScheduleKey, date] = {}
        self._invoices: dict[InvoiceKey, _StoredInvoice] = {}

    # What can be read

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        return tuple(_published(key, stored) for key, stored in sorted(self._invoices.items()))

    @property
    def schedule(self) -> dict[ScheduleKey, RunStatus]:
        return dict(self._statuses)

    @property
    def actuals(self) -> frozenset[Actual]:
        """Everything ever recorded as unbilled sales."""
        return frozenset(actual for actuals in self._actuals.values() for actual in actuals)

    # What people do

    def review(self, key: InvoiceKey) -> None:
        """Stands for whatever touches a draft and leaves its details as they are."""
        self._invoices[key].status = "in_review"

    def confirm(self, key: InvoiceKey) -> None:
        self._invoices[key].status = "confirmed"

    def load(self, source: Source) -> None:
        for contract in source.project_contracts:
            self._contracts[contract.contract_id] = contract
        for line in source.contract_lines:
            self._lines[LineKey(line.contract_id, line.contract_line_id)] = line
        for customer in source.contract_line_customers:
            line_key = LineKey(customer.contract_id, customer.contract_line_id)
            self._customers.setdefault(line_key, {})[customer.customer_id] = customer
        for row in source.invoice_schedules:
            due_row = DueRow(row.contract_id, row.contract_line_id, row.run_date)
            self._cutoffs.setdefault(due_row, row.cutoff)
            self._statuses.setdefault(ScheduleKey(due_row), row.run_status or "not_run")
        for transaction in source.transactions:
            self._transactions[Origin(transaction.contract_id, transaction.transaction_id, None)] = transaction
        for milestone in source.milestones:
            self._milestones[Origin(milestone.contract_id, None, milestone.milestone_id)] = milestone
            due_row = DueRow(milestone.contract_id, milestone.contract_line_id, milestone.milestone_date)
            if self._lines[due_row.line].billing_method == "fixed_price":
                self._statuses.setdefault(ScheduleKey(due_row, milestone.milestone_id), "not_run")
        for origin, transaction in self._transactions.items():
            if not self._actuals.get(origin):
                self._actuals[origin] = self._split_transaction(transaction)
        for origin, milestone in self._milestones.items():
            if not self._actuals.get(origin):
                self._actuals[origin] = self._split_milestone(milestone)

    def run(self, run_date: date, catch_up_days: int = 35, late_milestones: LateMilestones = "report") -> RunResult:
        """One day: free the drafts of what is due, choose a run date for everything, write it, account for it."""
        due = self._due_rows(run_date, catch_up_days)
        held = self._held(due, late_milestones)
        placed = self._place_milestones(due, held, late_milestones)
        due |= {DueRow(actual.contract_id, actual.contract_line_id, day) for actual, day in placed.items()}
        due |= self._vacated_rows(placed)
        quarantined = {row.contract_id for row in due if not self._can_split(row.line)}

        reasons: dict[Actual, Reason] = {}
        for actual in self._open_sales(due):
            day = self._oldest_untouched(actual, self._admitting_days(actual, due))
            reasons[actual] = self._reason(actual, day, due, held, quarantined)
            if reasons[actual] == "invoiced" and day is not None:
                placed[actual] = day

        self._write(placed, held, {row.contract_id for row in due} - quarantined)
        self._mark(run_date, due, quarantined)
        return RunResult(_accounting(reasons), frozenset(due), frozenset(quarantined))

    # Splitting (1.1)

    def _split_transaction(self, transaction: Transaction) -> list[Actual]:
        decimals = CURRENCY_DECIMALS[self._contracts[transaction.contract_id].currency]
        amount = transaction.amount
        if amount is None:
            amount = rounded(transaction.quantity * transaction.unit_price, decimals)
        line = LineKey(transaction.contract_id, transaction.contract_line_id)
        named = transaction.customer_id
        quantities = self._shares(line, named, transaction.quantity, QUANTITY_DECIMALS)
        amounts = self._shares(line, named, amount, decimals)
        taxes = self._shares(line, named, transaction.tax_amount or Decimal(0), decimals)
        return [
            Actual(
                contract_id=transaction.contract_id,
                contract_line_id=transaction.contract_line_id,
                customer_id=customer_id,
                transaction_id=transaction.transaction_id,
                milestone_id=None,
                quantity=quantities[customer_id],
                unit_price=transaction.unit_price,
                amount=amounts[customer_id],
                tax_amount=taxes[customer_id],
                billing_type=transaction.billing_type,
            )
            for customer_id in amounts
        ]

    def _split_milestone(self, milestone: Milestone) -> list[Actual]:
        decimals = CURRENCY_DECIMALS[self._contracts[milestone.contract_id].currency]
        line = LineKey(milestone.contract_id, milestone.contract_line_id)
        quantities = self._shares(line, milestone.customer_id, Decimal(1), QUANTITY_DECIMALS)
        amounts = self._shares(line, milestone.customer_id, milestone.amount, decimals)
        taxes = self._shares(line, milestone.customer_id, milestone.tax_amount or Decimal(0), decimals)
        return [
            Actual(
                contract_id=milestone.contract_id,
                contract_line_id=milestone.contract_line_id,
                customer_id=customer_id,
                transaction_id=None,
                milestone_id=milestone.milestone_id,
                quantity=quantities[customer_id],
                unit_price=milestone.amount,
                amount=amounts[customer_id],
                tax_amount=taxes[customer_id],
                billing_type="chargeable",
            )
            for customer_id in amounts
        ]

    def _shares(self, line: LineKey, named: str | None, value: Decimal, decimals: int) -> dict[str, Decimal]:
        if named is not None:
            return {named: value}
        return split(value, self._customers.get(line, {}).values(), decimals)

    def _can_split(self, line: LineKey) -> bool:
        customers = self._customers.get(line, {}).values()
        rounding = [customer for customer in customers if customer.is_rounding_customer]
        return sum(customer.split_percent for customer in customers) == 100 and len(rounding) == 1

    # Finding (2.1, 2.2)

    def _due_rows(self, run_date: date, catch_up_days: int) -> set[DueRow]:
        due = set()
        for key, status in self._statuses.items():
            active = self._contracts[key.row.contract_id].state == "active"
            in_reach = run_date - timedelta(days=catch_up_days) <= key.row.run_date <= run_date
            again = key.row.run_date == run_date == self._run_here.get(key)
            if active and in_reach and (status != "run_successful" or again):
                due.add(key.row)
        return due

    def _held(self, due: set[DueRow], late_milestones: LateMilestones) -> set[Actual]:
        """What is on invoices and stays there, whatever this run decides; the rest is derived afresh."""
        billing_days = {(row.contract_id, row.run_date) for row in due}
        held = set()
        for key, invoice in self._invoices.items():
            for detail in invoice.details:
                row_is_due = DueRow(key.contract_id, detail.contract_line_id, key.run_date) in due
                late = late_milestones == "bill" and detail.milestone_id is not None
                fresh = row_is_due or (late and (key.contract_id, key.run_date) in billing_days)
                if invoice.status != "draft" or not fresh:
                    held.add(detail)
        return held

    def _place_milestones(
        self, due: set[DueRow], held: set[Actual], late_milestones: LateMilestones
    ) -> dict[Actual, date]:
        placed = {}
        for origin, milestone in self._milestones.items():
            line = LineKey(milestone.contract_id, milestone.contract_line_id)
            if milestone.billing_status != "ready_to_invoice" or self._lines[line].billing_method != "fixed_price":
                continue
            days = {row.run_date for row in due if row.line == line and row.run_date == milestone.milestone_date}
            if late_milestones == "bill":
                days |= {
                    row.run_date
                    for row in due
                    if row.contract_id == milestone.contract_id and row.run_date >= milestone.milestone_date
                }
            for actual in self._actuals[origin]:
                day = self._oldest_untouched(actual, days)
                if day is not None and actual not in held:
                    placed[actual] = day
        return placed

    def _vacated_rows(self, milestones: Iterable[Actual]) -> set[DueRow]:
        """Where the milestones stand so far: what they leave is derived afresh as well."""
        return {
            DueRow(key.contract_id, detail.contract_line_id, key.run_date)
            for key, invoice in self._invoices.items()
            for detail in invoice.details.intersection(milestones)
        }

    def _open_sales(self, due: set[DueRow]) -> list[Actual]:
        """The unbilled sales of the due lines that are neither canceled nor posted."""
        lines = {row.line for row in due}
        confirmed = [invoice for invoice in self._invoices.values() if invoice.status == "confirmed"]
        posted = {detail for invoice in confirmed for detail in invoice.details}
        return [
            actual
            for origin, transaction in self._transactions.items()
            if transaction.billing_status != "canceled"
            and LineKey(transaction.contract_id, transaction.contract_line_id) in lines
            for actual in self._actuals[origin]
            if actual not in posted
        ]

    def _admitting_days(self, actual: Actual, due: set[DueRow]) -> set[date]:
        """The run dates whose cut-off admits a transaction."""
        line = LineKey(actual.contract_id, actual.contract_line_id)
        worked_on = self._transactions[_origin(actual)].transaction_date
        cutoffs = {row.run_date: self._cutoffs.get(row) for row in due if row.line == line}
        return {day for day, cutoff in cutoffs.items() if cutoff and worked_on <= cutoff}

    def _oldest_untouched(self, actual: Actual, days: set[date]) -> date | None:
        return min((day for day in days if not self._is_touched(self._invoice_key(actual, day))), default=None)

    def _reason(
        self, actual: Actual, day: date | None, due: set[DueRow], held: set[Actual], quarantined: set[str]
    ) -> Reason:
        transaction = self._transactions[_origin(actual)]
        line = self._lines[LineKey(actual.contract_id, actual.contract_line_id)]
        if actual in held:
            return "on_a_draft"
        if actual.contract_id in quarantined:
            return "quarantined"
        if not line.invoices(transaction.transaction_class):
            return "class_not_included"
        if transaction.billing_status != "ready_to_invoice":
            return "not_ready"
        if day is not None:
            return "invoiced"
        return "on_a_draft" if self._admitting_days(actual, due) else "after_cutoff"

    # Writing (2.3, 2.4)

    def _write(self, placed: dict[Actual, date], held: set[Actual], contracts: set[str]) -> None:
        for key, invoice in self._invoices.items():
            if key.contract_id in contracts:
                invoice.details &= held
        for actual, day in placed.items():
            key = self._invoice_key(actual, day)
            if key.contract_id in contracts:
                self._invoices.setdefault(key, _StoredInvoice()).details.add(actual)
        self._invoices = {key: invoice for key, invoice in self._invoices.items() if invoice.details}

    def _mark(self, run_date: date, due: set[DueRow], quarantined: set[str]) -> None:
        for key, status in self._statuses.items():
            run_elsewhere = status == "run_successful" and key not in self._run_here
            if key.row not in due or run_elsewhere:
                continue
            if key.row.contract_id in quarantined:
                self._statuses[key] = "run_failed"
            else:
                self._statuses[key] = "run_successful"
                self._run_here.setdefault(key, run_date)

    def _invoice_key(self, actual: Actual, day: date) -> InvoiceKey:
        currency = self._contracts[actual.contract_id].currency
        return InvoiceKey(actual.contract_id, actual.customer_id, currency, day)

    def _is_touched(self, key: InvoiceKey) -> bool:
        return key in self._invoices and self._invoices[key].status != "draft"


def _origin(actual: Actual) -> Origin:
    return Origin(actual.contract_id, actual.transaction_id, actual.milestone_id)


def _accounting(reasons: dict[Actual, Reason]) -> dict[Reason, Accounted]:
    accounting: dict[Reason, Accounted] = {}
    for actual, reason in reasons.items():
        count, amount = accounting.get(reason, Accounted(0, Decimal(0)))
        accounting[reason] = Accounted(count + 1, amount + actual.amount)
    return accounting


def _published(key: InvoiceKey, stored: _StoredInvoice) -> Invoice:
    details = sorted(stored.details, key=lambda detail: detail.key)
    lines = []
    for line_id in sorted({detail.contract_line_id for detail in details}):
        of_line = [detail for detail in details if detail.contract_line_id == line_id]
        lines.append(InvoiceLine(line_id, totals(of_line), len(of_line)))
    sums = totals(details)
    total_amount = sums.chargeable_amount + sums.tax_amount
    return Invoice(key, stored.status, sums, total_amount, tuple(lines), tuple(details))
