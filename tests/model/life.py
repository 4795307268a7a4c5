"""The life of invoices by the issue and the data contract, row by row in plain Python, on top of the days that draft them.

All contracts are active, all lines include every class, and percents sum to 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.model.calculator import Calculator
from tests.model.credit import give_back
from tests.model.invoices import Actual, Detail, Invoice, RefusedError, Said, Status
from tests.model.limits import claim, evaluate, evaluate_contracts, exceeding, is_exceeded, limits
from tests.model.postings import post
from tests.model.records import DueRow
from tests.model.shares import Worth, proportion, rounded
from tests.model.source import BillingType, TransactionClass


class Model(Calculator):
    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[int, int] = {}
        self._done: dict[tuple[str, str], list[Invoice]] = {}

    def ready(self, contract_id: str, customer_id: str | None = None, until: date = date.max) -> list[Actual]:
        return [
            actual
            for actual in self.actuals
            if actual.is_open
            and actual.status == "ready_to_invoice"
            and actual.contract_id == contract_id
            and customer_id in (None, actual.customer_id)
            and actual.transaction_date <= until
            and actual.limit_status != "failed"
            and self.holder(actual) is None
        ]

    # By hand

    def create(self, contract_ids: Sequence[str], today: date, key: str) -> set[str]:
        """Returns the contracts that were refused."""
        before = self._done.setdefault(("created", key), [])
        refused = set()
        for contract_id in set(contract_ids) - {invoice.contract_id for invoice in before}:
            ready = self.ready(contract_id, until=today)
            if not ready:
                refused.add(contract_id)
            for customer_id in sorted({actual.customer_id for actual in ready}):
                invoice = self._open(contract_id, customer_id, today, "manual")
                before.append(invoice)
                for actual in self.ready(contract_id, customer_id, today):
                    invoice.take(actual)
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
        whole = source.root.said.worth if detail.is_correction else source.worth
        new_quantity = detail.worth.quantity if quantity is None else quantity
        new_price = detail.worth.unit_price if unit_price is None else unit_price
        amount, tax = detail.worth.amount, detail.worth.tax_amount
        if repriced:
            is_part = new_price == whole.unit_price and whole.quantity != 0
            if (new_quantity, new_price) == (source.worth.quantity, source.worth.unit_price):
                amount = source.worth.amount
            elif is_part:
                amount = proportion(whole.amount, new_quantity, whole.quantity, decimals)
            else:
                amount = rounded(new_quantity * new_price, decimals)
            if amount == source.worth.amount:
                tax = source.worth.tax_amount
            elif is_part:
                tax = proportion(whole.tax_amount, new_quantity, whole.quantity, decimals)
            elif source.worth.amount != 0:
                tax = proportion(source.worth.tax_amount, amount, source.worth.amount, decimals)
        worth = Worth(new_quantity, new_price, amount, tax if tax_amount is None else tax_amount)
        self._bill(detail, worth, billing_type or detail.billing_type)
        detail.description = detail.description if description is None else description
        detail.invoice.is_touched = True

    def _bill(self, detail: Detail, worth: Worth, billing_type: BillingType) -> None:
        """What a detail takes more of its limits needs room."""
        before, claimed = (detail.worth, detail.billing_type), claim(self, detail.source)
        detail.worth, detail.billing_type = worth, billing_type
        if claim(self, detail.source) > claimed and is_exceeded(self, detail):
            detail.worth, detail.billing_type = before
            raise RefusedError("a limit has no room")

    def add(
        self,
        invoice: Invoice,
        line_id: str,
        transaction_class: TransactionClass,
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
        detail = Detail(invoice, source, worth, billing_type, description)
        self.actuals.append(source)
        invoice.details.append(detail)
        if claim(self, source) > 0 and is_exceeded(self, detail):
            self.actuals.remove(source)
            invoice.details.remove(detail)
            raise RefusedError("a limit has no room")
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
            if invoice.origin == "manual" or self.admits(DueRow(*actual.line, invoice.run_date), actual):
                invoice.take(actual)
                invoice.is_touched = True

    def review(self, invoice: Invoice, *, ends: bool = False) -> None:
        invoice.status, invoice.is_touched = "draft" if ends else "in_review", True

    def delete(self, invoice: Invoice) -> None:
        self.remove(invoice.details)
        self.invoices.remove(invoice)

    # Confirmation and payment

    def confirm(self, invoices: Sequence[Invoice], stale: Sequence[Invoice], year: int, key: str) -> list[Invoice]:
        """Returns the invoices that were refused."""
        before = self._done.setdefault(("confirmed", key), [])
        asked = [invoice for invoice in invoices if invoice not in before]
        refused = [
            invoice
            for invoice in asked
            if not invoice.is_draft or invoice in stale or not invoice.details or _changes_nothing(invoice)
        ]
        refused += exceeding(self, [invoice for invoice in asked if invoice not in refused])
        accepted = [invoice for invoice in asked if invoice not in refused]
        order = lambda one: (one.run_date, one.contract_id, one.customer_id, one.invoice_id)  # noqa: E731
        for invoice in sorted(accepted, key=order):
            self._numbers[year] = self._numbers.get(year, 0) + 1
            invoice.number = f"INV-{year}-{self._numbers[year]:06}"
            invoice.status, invoice.is_touched = "confirmed", True
            for detail in invoice.details:
                _close_as_taken(detail)
                decimals = self.decimals(invoice.contract_id)
                self.actuals += post(detail, is_fixed=self.is_fixed(detail.source), decimals=decimals)
        self._give_back([detail for invoice in accepted if invoice.corrects for detail in invoice.details])
        before.extend(accepted)
        return refused

    def _give_back(self, corrected: Sequence[Detail]) -> None:
        """Of a share that several of them credit, once."""
        shares: set[Actual] = set()
        for detail in corrected:
            billed = detail.source
            is_entry_of_a_fixed_line = self.is_fixed(billed) and billed.transaction_class != "milestone"
            if detail.gives_back and not is_entry_of_a_fixed_line and billed.root not in shares:
                shares.add(billed.root)
                part = give_back(
                    billed, self.actuals, self.decimals(billed.contract_id), in_full=not any(detail.figures)
                )
                self.actuals += [part] if part else []

    def pay(self, invoices: Sequence[Invoice], key: str) -> list[Invoice]:
        """Returns the invoices that were refused."""
        before = self._done.setdefault(("paid", key), [])
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
        before = self._done.setdefault(("created", key), [])
        if before:
            made = [draft.corrects for draft in before if draft in self.invoices]
            return [invoice for invoice in invoices if invoice not in made and not self._correctable(invoice, chosen)]
        refused = []
        for invoice in invoices:
            free = self._correctable(invoice, chosen)
            if not free:
                refused.append(invoice)
                continue
            draft = self._open(invoice.contract_id, invoice.customer_id, today, "corrective")
            draft.corrects = invoice
            before.append(draft)
            for detail in free:
                source = detail.billed
                assert source is not None
                nothing = Worth(Decimal(0), _price_to_correct_from(source), Decimal(0), Decimal(0))
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
        marked = []
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
                is_failed = status == "ready_to_invoice" and actual.limit_status == "failed"
                is_billed_otherwise = actual.kind == "unbilled_sales" and billing_type not in (
                    None,
                    actual.billing_type,
                )
                if is_failed or status not in (None, actual.status) or is_billed_otherwise:
                    marked.append((actual, replace(actual)))
                actual.status = status or actual.status
                if billing_type is not None and actual.kind == "unbilled_sales":
                    actual.billing_type = billing_type
        self._evaluate_marked(marked, is_named=transaction_ids is not None, becomes_ready=status == "ready_to_invoice")

    def _evaluate_marked(self, marked: Sequence[tuple[Actual, Actual]], *, is_named: bool, becomes_ready: bool) -> None:
        """With each share as it was before. What exceeds a limit is not made ready; where it was named, nothing is."""
        limited = {limit.contract_id for limit in limits(self)}
        evaluate(
            self,
            [],
            [
                actual
                for actual, _ in marked
                if actual.contract_id in limited
                and actual.kind == "unbilled_sales"
                and (actual.limit_status != "committed" or actual.billing_type != "chargeable")
            ],
        )
        failed = [(actual, before) for actual, before in marked if actual.limit_status == "failed"]
        if not becomes_ready or not failed:
            return
        for actual, before in marked if is_named else failed:
            actual.status = before.status
            if is_named:
                actual.limit_status, actual.limit_level = before.limit_status, before.limit_level
        if is_named:
            raise RefusedError("a limit has no room")

    def reevaluate(self, contract_id: str, *, reset: bool) -> None:
        evaluate_contracts(self, [contract_id], reset=reset)


def _close_as_taken(detail: Detail) -> None:
    """What its source said since stands beside it, as of one that was billed before."""
    source, taken = detail.source, detail.taken
    if taken is None:
        return
    if source.share is None:
        is_canceled = source.status == "canceled"
        source.now = Said(source.worth, source.transaction_date, source.billing_type, is_canceled)
    source.worth, source.transaction_date, source.billing_type = taken.worth, taken.transaction_date, taken.billing_type
    if taken.place:
        source.contract_line_id, source.transaction_class = taken.place


def _price_to_correct_from(billed: Actual) -> Decimal:
    """The price that was set by hand or, where none was, the one that the source says now."""
    part = billed.part or billed.root
    was_set_by_hand = billed.worth.unit_price != part.worth.unit_price
    return billed.worth.unit_price if was_set_by_hand else billed.root.said.worth.unit_price


def _changes_nothing(invoice: Invoice) -> bool:
    return invoice.origin == "corrective" and all(detail.worth == detail.source.worth for detail in invoice.details)
