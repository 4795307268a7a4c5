"""The life of invoices by the issue, the tables of the field (shared/domain, 5.2 and 5.3) and the data contract, row by row in
plain Python. All contracts are active, all lines include every class, and percents sum to 100."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from tests.calculator.calculator import CURRENCY_DECIMALS, QUANTITY_DECIMALS, rounded, split
from tests.calculator.model import BillingType, Contract, Line, LineCustomer, Milestone, Source, Transaction

CATCH_UP = timedelta(days=35)

Kind = Literal["unbilled_sales", "billed_sales", "milestone", "added"]
Status = Literal["unbilled", "ready_to_invoice", "invoice_posted", "canceled"]
Origin = Literal["scheduled", "manual", "corrective"]
InvoiceStatus = Literal["draft", "in_review", "confirmed", "paid"]


class RefusedError(Exception):
    """It cannot be done, and nothing was."""


@dataclass(frozen=True)
class Worth:
    """What a row says in figures."""

    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax_amount: Decimal

    def __neg__(self) -> Worth:
        return Worth(-self.quantity, self.unit_price, -self.amount, -self.tax_amount)


@dataclass(eq=False)
class Actual:
    contract_id: str
    contract_line_id: str
    customer_id: str
    transaction_id: str | None
    milestone_id: str | None
    transaction_class: str
    transaction_date: date
    kind: Kind
    worth: Worth
    billing_type: BillingType
    status: Status
    adjustment: Literal["adjusted", "unadjustable"] | None = None
    reverses: Actual | None = None
    replaces: Actual | None = None
    invoice: Invoice | None = None

    @property
    def is_open(self) -> bool:
        return self.kind in ("unbilled_sales", "milestone") and self.status in ("unbilled", "ready_to_invoice")


@dataclass(eq=False)
class Detail:
    """`worth` is what is right in all; on a correction the invoice says what comes on top of what was billed."""

    invoice: Invoice
    source: Actual
    worth: Worth
    billing_type: BillingType
    description: str | None = None
    original_quantity: Decimal | None = None
    billed: Actual | None = None  # once confirmed: what it bills

    @property
    def is_correction(self) -> bool:
        return self.invoice.origin == "corrective"

    @property
    def amount(self) -> Decimal:
        return self.worth.amount - (self.source.worth.amount if self.is_correction else 0)

    @property
    def tax_amount(self) -> Decimal:
        return self.worth.tax_amount - (self.source.worth.tax_amount if self.is_correction else 0)


@dataclass(eq=False)
class Invoice:
    contract_id: str
    customer_id: str
    run_date: date
    origin: Origin
    status: InvoiceStatus = "draft"
    is_touched: bool = False
    number: str | None = None
    corrects: Invoice | None = None
    details: list[Detail] = field(default_factory=list)
    invoice_id: UUID | None = None  # as the warehouse names it

    @property
    def is_draft(self) -> bool:
        return self.status in ("draft", "in_review")


class Model:
    def __init__(self) -> None:
        self.contracts: dict[str, Contract] = {}
        self.lines: dict[tuple[str, str], Line] = {}
        self.customers: dict[tuple[str, str], list[LineCustomer]] = {}
        self.transactions: dict[tuple[str, str], Transaction] = {}
        self.milestones: dict[tuple[str, str], Milestone] = {}
        self.schedule: dict[tuple[str, str, date], date] = {}  # and its cut-off
        self.ran_on: dict[tuple[str, ...], date] = {}  # of schedule rows and milestones, the run that took them
        self.actuals: list[Actual] = []
        self.invoices: list[Invoice] = []
        self.numbers: dict[int, int] = {}
        self.done: dict[tuple[str, str], list[Invoice]] = {}

    # What can be asked

    def is_fixed(self, actual: Actual) -> bool:
        return self.lines[actual.contract_id, actual.contract_line_id].billing_method == "fixed_price"

    def decimals(self, contract_id: str) -> int:
        return CURRENCY_DECIMALS[self.contracts[contract_id].currency]

    def holder(self, actual: Actual) -> Detail | None:
        """The detail that consumes it."""
        return next((detail for detail in self.details if detail.source is actual), None)

    @property
    def details(self) -> Iterator[Detail]:
        return (detail for invoice in self.invoices for detail in invoice.details)

    def ready(self, contract_id: str, customer_id: str | None = None) -> list[Actual]:
        return [
            actual
            for actual in self.actuals
            if actual.is_open
            and actual.status == "ready_to_invoice"
            and actual.contract_id == contract_id
            and customer_id in (None, actual.customer_id)
            and self.holder(actual) is None
        ]

    # Loads and runs

    def load(self, source: Source) -> None:
        changed = [
            row for row in source.transactions if self.transactions.get((row.contract_id, row.transaction_id)) != row
        ]
        for transaction in changed:
            for share in self._originals(transaction):
                if share.status == "invoice_posted" or self.holder(share):
                    raise RefusedError("it is on an invoice")
        for contract in source.project_contracts:
            self.contracts[contract.contract_id] = contract
        for line in source.contract_lines:
            self.lines[line.contract_id, line.contract_line_id] = line
        self.customers = {}
        for customer in source.contract_line_customers:
            self.customers.setdefault((customer.contract_id, customer.contract_line_id), []).append(customer)
        for row in source.invoice_schedules:
            self.schedule.setdefault((row.contract_id, row.contract_line_id, row.run_date), row.cutoff)
        for transaction in changed:
            self._record_transaction(transaction)
        for milestone in source.milestones:
            self._record_milestone(milestone)

    def _originals(self, transaction: Transaction) -> list[Actual]:
        return [
            actual
            for actual in self.actuals
            if (actual.contract_id, actual.transaction_id) == (transaction.contract_id, transaction.transaction_id)
            and actual.kind == "unbilled_sales"
            and actual.replaces is None
            and actual.reverses is None
        ]

    def _record_transaction(self, transaction: Transaction) -> None:
        self.transactions[transaction.contract_id, transaction.transaction_id] = transaction
        for known in self._originals(transaction):
            known.status, known.billing_type = transaction.billing_status, transaction.billing_type
        if self._originals(transaction):
            return
        decimals = self.decimals(transaction.contract_id)
        amount = transaction.amount
        if amount is None:
            amount = rounded(transaction.quantity * transaction.unit_price, decimals)
        quantities = self._shares(transaction, transaction.quantity, QUANTITY_DECIMALS)
        amounts = self._shares(transaction, amount, decimals)
        taxes = self._shares(transaction, transaction.tax_amount or Decimal(0), decimals)
        for customer_id in amounts:
            self.actuals.append(
                Actual(
                    transaction.contract_id,
                    transaction.contract_line_id,
                    customer_id,
                    transaction.transaction_id,
                    None,
                    transaction.transaction_class,
                    transaction.transaction_date,
                    "unbilled_sales",
                    Worth(quantities[customer_id], transaction.unit_price, amounts[customer_id], taxes[customer_id]),
                    transaction.billing_type,
                    transaction.billing_status,
                )
            )

    def _record_milestone(self, milestone: Milestone) -> None:
        self.milestones[milestone.contract_id, milestone.milestone_id] = milestone
        decimals = self.decimals(milestone.contract_id)
        quantities = self._shares(milestone, Decimal(1), QUANTITY_DECIMALS)
        amounts = self._shares(milestone, milestone.amount, decimals)
        taxes = self._shares(milestone, milestone.tax_amount or Decimal(0), decimals)
        for customer_id in amounts:
            self.actuals.append(
                Actual(
                    milestone.contract_id,
                    milestone.contract_line_id,
                    customer_id,
                    None,
                    milestone.milestone_id,
                    "milestone",
                    milestone.milestone_date,
                    "milestone",
                    Worth(quantities[customer_id], milestone.amount, amounts[customer_id], taxes[customer_id]),
                    "chargeable",
                    "unbilled" if milestone.billing_status == "not_ready" else "ready_to_invoice",
                )
            )

    def _shares(self, row: Transaction | Milestone, value: Decimal, decimals: int) -> dict[str, Decimal]:
        if row.customer_id is not None:
            return {row.customer_id: value}
        return split(value, self.customers[row.contract_id, row.contract_line_id], decimals)

    def run(self, day: date) -> None:
        keys: dict[tuple[str, ...], tuple[str, str, date]] = {(*row[:2], f"{row[2]}"): row for row in self.schedule}
        for milestone in self.milestones.values():
            row = (milestone.contract_id, milestone.contract_line_id, milestone.milestone_date)
            keys[*row[:2], milestone.milestone_id, "milestone"] = row
        due = {
            row
            for key, row in keys.items()
            if day - CATCH_UP <= row[2] <= day and (key not in self.ran_on or row[2] == day == self.ran_on[key])
        }
        # Drafts that nobody touched are derived afresh, as far as their rows are due.
        for invoice in self.invoices:
            if invoice.origin == "scheduled" and not invoice.is_touched:
                invoice.details = [
                    detail
                    for detail in invoice.details
                    if (invoice.contract_id, detail.source.contract_line_id, invoice.run_date) not in due
                ]
        for actual in self.actuals:
            if actual.is_open and actual.status == "ready_to_invoice" and self.holder(actual) is None:
                days = [
                    row[2]
                    for row in sorted(due)
                    if row[:2] == (actual.contract_id, actual.contract_line_id) and self._admits(row, actual)
                ]
                self._place(actual, days)
        self.invoices = [
            invoice
            for invoice in self.invoices
            if invoice.details or invoice.is_touched or invoice.origin != "scheduled"
        ]
        for key, row in keys.items():
            if row in due:
                self.ran_on.setdefault(key, day)

    def _admits(self, row: tuple[str, str, date], actual: Actual) -> bool:
        if actual.kind == "milestone":
            return row[2] == actual.transaction_date
        return row in self.schedule and actual.transaction_date <= self.schedule[row]

    def _place(self, actual: Actual, days: list[date]) -> None:
        for day in days:
            found = [
                invoice
                for invoice in self.invoices
                if invoice.origin == "scheduled"
                and (invoice.contract_id, invoice.customer_id, invoice.run_date)
                == (actual.contract_id, actual.customer_id, day)
            ]
            if not found:
                found = [Invoice(actual.contract_id, actual.customer_id, day, "scheduled")]
                self.invoices.append(found[0])
            if not found[0].is_touched:
                self._take(found[0], actual)
                return

    def _take(self, invoice: Invoice, actual: Actual) -> None:
        invoice.details.append(Detail(invoice, actual, actual.worth, actual.billing_type))

    # By hand

    def create(self, contract_ids: Sequence[str], today: date, key: str) -> set[str]:
        """Returns the contracts that were refused."""
        before = self.done.setdefault(("created", key), [])
        refused = set()
        for contract_id in set(contract_ids) - {invoice.contract_id for invoice in before}:
            ready = self.ready(contract_id)
            if not ready:
                refused.add(contract_id)
            for customer_id in sorted({actual.customer_id for actual in ready}):
                invoice = Invoice(contract_id, customer_id, today, "manual")
                self.invoices.append(invoice)
                before.append(invoice)
                for actual in self.ready(contract_id, customer_id):
                    self._take(invoice, actual)
        return refused

    # Edits

    def change(
        self,
        detail: Detail,
        *,
        quantity: Decimal | None = None,
        unit_price: Decimal | None = None,
        billing_type: BillingType | None = None,
        tax_amount: Decimal | None = None,
        description: str | None = None,
    ) -> None:
        source, decimals = detail.source, self.decimals(detail.invoice.contract_id)
        repriced = quantity is not None or unit_price is not None
        if self.is_fixed(source) and (repriced or (detail.is_correction and tax_amount is not None)):
            raise RefusedError("fixed price")
        if detail.is_correction and billing_type is not None:
            raise RefusedError("billing type is locked")
        if tax_amount is not None and tax_amount != rounded(tax_amount, decimals):
            raise RefusedError("more decimals than the currency has")
        if quantity is not None and quantity * source.worth.quantity < 0:
            raise RefusedError("the sign changes")
        if quantity == 0 and source.kind == "added":
            raise RefusedError("bills nothing")
        new_quantity = detail.worth.quantity if quantity is None else quantity
        new_price = detail.worth.unit_price if unit_price is None else unit_price
        amount, tax = detail.worth.amount, detail.worth.tax_amount
        if repriced:
            amount = rounded(new_quantity * new_price, decimals)
            if (new_quantity, new_price) == (source.worth.quantity, source.worth.unit_price):
                amount = source.worth.amount
            if amount == source.worth.amount:
                tax = source.worth.tax_amount
            elif source.worth.amount != 0:
                tax = _proportion(source.worth.tax_amount, amount, source.worth.amount, decimals)
        detail.worth = Worth(new_quantity, new_price, amount, tax if tax_amount is None else tax_amount)
        detail.billing_type = billing_type or detail.billing_type
        detail.description = detail.description if description is None else description
        detail.invoice.is_touched = True

    def add(
        self,
        invoice: Invoice,
        line_id: str,
        transaction_class: str,
        day: date,
        quantity: Decimal,
        unit_price: Decimal,
        amount: Decimal | None,
        tax_amount: Decimal,
        billing_type: BillingType,
        description: str,
    ) -> None:
        decimals = self.decimals(invoice.contract_id)
        if invoice.origin == "corrective" or quantity == 0:
            raise RefusedError("nothing is added")
        if any(money is not None and money != rounded(money, decimals) for money in (amount, tax_amount)):
            raise RefusedError("more decimals than the currency has")
        if amount is None:
            amount = rounded(quantity * unit_price, decimals)
        worth = Worth(quantity, unit_price, amount, tax_amount)
        source = Actual(
            invoice.contract_id,
            line_id,
            invoice.customer_id,
            None,
            None,
            transaction_class,
            day,
            "added",
            worth,
            billing_type,
            "ready_to_invoice",
        )
        self.actuals.append(source)
        invoice.details.append(Detail(invoice, source, worth, billing_type, description))
        invoice.is_touched = True

    def remove(self, details: Iterable[Detail]) -> None:
        for detail in list(details):
            detail.invoice.is_touched = True
            detail.invoice.details.remove(detail)
            if detail.source.kind == "added":
                self.actuals.remove(detail.source)

    def refresh(self, invoice: Invoice) -> None:
        if invoice.origin == "corrective":
            raise RefusedError("a correction is not refreshed")
        for actual in self.ready(invoice.contract_id, invoice.customer_id):
            row = (actual.contract_id, actual.contract_line_id, invoice.run_date)
            if invoice.origin == "manual" or self._admits(row, actual):
                self._take(invoice, actual)
                invoice.is_touched = True

    def review(self, invoice: Invoice, *, ends: bool = False) -> None:
        invoice.status, invoice.is_touched = "draft" if ends else "in_review", True

    def delete(self, invoice: Invoice) -> None:
        self.remove(invoice.details)
        self.invoices.remove(invoice)

    # Confirmation and payment

    def confirm(self, invoices: Sequence[Invoice], stale: Sequence[Invoice], year: int, key: str) -> list[Invoice]:
        """Returns the invoices that were refused."""
        before = self.done.setdefault(("confirmed", key), [])
        asked = [invoice for invoice in invoices if invoice not in before]
        refused = [
            invoice
            for invoice in asked
            if not invoice.is_draft or invoice in stale or not invoice.details or _changes_nothing(invoice)
        ]
        accepted = [invoice for invoice in asked if invoice not in refused]
        order = lambda one: (one.run_date, one.contract_id, one.customer_id, one.invoice_id)  # noqa: E731
        for invoice in sorted(accepted, key=order):
            self.numbers[year] = self.numbers.get(year, 0) + 1
            invoice.number = f"INV-{year}-{self.numbers[year]:06}"
            invoice.status, invoice.is_touched = "confirmed", True
            for detail in invoice.details:
                (self._correct if detail.is_correction else self._bill)(detail)
        before.extend(accepted)
        return refused

    def _bill(self, detail: Detail) -> None:
        """Table 5.2."""
        source = detail.source
        edited = (detail.worth.quantity, detail.worth.unit_price, detail.worth.amount, detail.billing_type) != (
            source.worth.quantity,
            source.worth.unit_price,
            source.worth.amount,
            source.billing_type,
        )
        source.status, source.invoice = "invoice_posted", detail.invoice
        if self.is_fixed(source):
            detail.billed = self._write(detail, "billed_sales", detail.worth, detail.billing_type)
            return
        if source.kind == "added":
            source.kind, source.worth, source.billing_type = "unbilled_sales", detail.worth, detail.billing_type
            edited = False
        self._reverse(detail, source)
        if not edited:
            detail.billed = self._write(detail, "billed_sales", detail.worth, detail.billing_type, replaces=source)
            return
        source.adjustment = "adjusted"
        if detail.worth.quantity != 0 or source.worth.quantity == 0 or detail.worth.tax_amount != 0:
            self._rebook(detail)
        if abs(detail.worth.quantity) < abs(source.worth.quantity):
            rest = self._rest(detail)
            written_off = self._write(detail, "unbilled_sales", rest, "non_chargeable", replaces=source)
            self._reverse(detail, written_off)
            self._write(detail, "billed_sales", rest, "non_chargeable", replaces=written_off)

    def _correct(self, detail: Detail) -> None:
        """Table 5.3."""
        source = detail.source
        source.adjustment = "adjusted"
        self._reverse(detail, source)
        if source.kind == "billed_sales" and source.transaction_class == "milestone":
            again = self._write(detail, "milestone", source.worth, source.billing_type, replaces=source)
            again.status, again.invoice = "ready_to_invoice", None
        elif not self.is_fixed(source):
            gone = not any((detail.worth.quantity, detail.worth.amount, detail.worth.tax_amount))
            if not gone:
                self._rebook(detail)
            partial_fee = source.transaction_class == "fee" and detail.worth.quantity != 0
            less = abs(detail.worth.quantity) < abs(source.worth.quantity)
            if gone or (less and not partial_fee):
                rest = source.worth if gone else self._rest(detail)
                remainder = self._write(detail, "unbilled_sales", rest, source.billing_type, replaces=source)
                remainder.status, remainder.invoice = "unbilled", None

    def _rebook(self, detail: Detail) -> None:
        rebooked = self._write(detail, "unbilled_sales", detail.worth, detail.billing_type, replaces=detail.source)
        self._reverse(detail, rebooked)
        detail.billed = self._write(detail, "billed_sales", detail.worth, detail.billing_type, replaces=rebooked)

    def _rest(self, detail: Detail) -> Worth:
        source, kept = detail.source.worth, detail.worth.quantity
        decimals = self.decimals(detail.invoice.contract_id)
        if source.amount == rounded(source.quantity * source.unit_price, decimals):
            worth = rounded(kept * source.unit_price, decimals)
        else:
            worth = _proportion(source.amount, kept, source.quantity, decimals)
        tax = _proportion(source.tax_amount, kept, source.quantity, decimals)
        return Worth(source.quantity - kept, source.unit_price, source.amount - worth, source.tax_amount - tax)

    def _reverse(self, detail: Detail, reversed_actual: Actual) -> None:
        self._write(
            detail,
            "billed_sales" if reversed_actual.kind == "billed_sales" else "unbilled_sales",
            -reversed_actual.worth,
            reversed_actual.billing_type,
            reverses=reversed_actual,
        ).adjustment = "unadjustable"

    def _write(
        self,
        detail: Detail,
        kind: Kind,
        worth: Worth,
        billing_type: BillingType,
        *,
        reverses: Actual | None = None,
        replaces: Actual | None = None,
    ) -> Actual:
        source = detail.source
        written = Actual(
            source.contract_id,
            source.contract_line_id,
            source.customer_id,
            source.transaction_id,
            source.milestone_id,
            source.transaction_class,
            source.transaction_date,
            kind,
            worth,
            billing_type,
            "invoice_posted",
            reverses=reverses,
            replaces=replaces,
            invoice=detail.invoice,
        )
        self.actuals.append(written)
        return written

    def pay(self, invoices: Sequence[Invoice], key: str) -> list[Invoice]:
        """Returns the invoices that were refused."""
        before = self.done.setdefault(("paid", key), [])
        asked = [invoice for invoice in invoices if invoice not in before]
        refused = [invoice for invoice in asked if invoice.status != "confirmed"]
        for invoice in asked:
            if invoice not in refused:
                invoice.status = "paid"
                before.append(invoice)
        return refused

    # Corrections

    def correct(
        self, invoices: Sequence[Invoice], today: date, key: str, chosen: Sequence[Detail] | None = None
    ) -> list[Invoice]:
        """Returns the invoices that were refused."""
        before = self.done.setdefault(("created", key), [])
        if before:
            made = [draft.corrects for draft in before if draft in self.invoices]
            return [invoice for invoice in invoices if invoice not in made and not self._correctable(invoice, chosen)]
        refused = []
        for invoice in invoices:
            free = self._correctable(invoice, chosen)
            if not free:
                refused.append(invoice)
                continue
            draft = Invoice(invoice.contract_id, invoice.customer_id, today, "corrective", corrects=invoice)
            self.invoices.append(draft)
            before.append(draft)
            for detail in free:
                source = detail.billed
                assert source is not None
                nothing = Worth(Decimal(0), source.worth.unit_price, Decimal(0), Decimal(0))
                draft.details.append(
                    Detail(draft, source, nothing, source.billing_type, detail.description, source.worth.quantity)
                )
        return refused

    def _correctable(self, invoice: Invoice, chosen: Sequence[Detail] | None) -> list[Detail]:
        """The details that a correction takes up; none when it is refused."""
        try:
            return self._free_to_correct(
                invoice, list(invoice.details if chosen is None else chosen), chosen is not None
            )
        except RefusedError:
            return []

    def _free_to_correct(self, invoice: Invoice, details: list[Detail], chosen: bool) -> list[Detail]:
        if invoice.is_draft:
            raise RefusedError("only what is confirmed is corrected")
        holders = {detail: self.holder(detail.billed) if detail.billed else None for detail in details}
        if any(holder and holder.invoice.is_draft for holder in holders.values()):
            raise RefusedError("there is an open correction")
        if chosen and any(holders.values()):
            raise RefusedError("it was corrected")
        free = [detail for detail, holder in holders.items() if detail.billed and holder is None]
        if not free:
            raise RefusedError("nothing is left to correct")
        return free

    # The backlog

    def mark(
        self,
        contract_id: str,
        *,
        status: Status | None = None,
        billing_type: BillingType | None = None,
        transaction_ids: Sequence[str] | None = None,
        milestone_ids: Sequence[str] | None = None,
        until: date | None = None,
    ) -> None:
        """Gives open shares another status or billing type: all of a contract, or of what is named."""
        if billing_type is not None and milestone_ids:
            raise RefusedError("milestones are chargeable")
        for name in (*(transaction_ids or ()), *(milestone_ids or ())):
            shares = [
                actual
                for actual in self.actuals
                if actual.contract_id == contract_id
                and name in (actual.transaction_id, actual.milestone_id)
                and actual.kind in ("unbilled_sales", "milestone")
                and actual.reverses is None
            ]
            if any((held := self.holder(share)) and held.invoice.is_draft for share in shares):
                raise RefusedError("it is on a draft")
            if not any(share.is_open for share in shares):
                raise RefusedError("it is closed, or not known")
        named = transaction_ids is not None or milestone_ids is not None
        for actual in self.actuals:
            if (
                actual.contract_id == contract_id
                and actual.is_open
                and self.holder(actual) is None
                and (until is None or actual.transaction_date <= until)
                and (
                    not named
                    or (actual.transaction_id is not None and actual.transaction_id in (transaction_ids or ()))
                    or (actual.milestone_id is not None and actual.milestone_id in (milestone_ids or ()))
                )
            ):
                actual.status = status or actual.status
                if billing_type is not None and actual.kind == "unbilled_sales":
                    actual.billing_type = billing_type


def _changes_nothing(invoice: Invoice) -> bool:
    return invoice.origin == "corrective" and all(detail.worth == detail.source.worth for detail in invoice.details)


def _proportion(whole: Decimal, part: Decimal, of: Decimal, decimals: int) -> Decimal:
    """whole x part / of, exactly, and then rounded half away from zero."""
    exact = Fraction(whole) * Fraction(part) / Fraction(of) * 10**decimals
    units = (abs(exact) * 2 + 1) // 2
    return Decimal(int(units if exact >= 0 else -units)).scaleb(-decimals)
