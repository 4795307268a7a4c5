"""What a confirmation posts for a detail: the tables of the field (5.2 for invoices, 5.3 for corrections)."""

from __future__ import annotations

from tests.model.invoices import Actual, Detail, Kind
from tests.model.shares import Worth, proportion
from tests.model.source import BillingType


def post(detail: Detail, *, is_fixed: bool, decimals: int) -> list[Actual]:
    """The actuals that it writes; the detail and its source follow."""
    postings = _Postings(detail, is_fixed, decimals)
    if detail.is_correction:
        postings.correct()
    else:
        postings.bill()
    return postings.written


class _Postings:
    def __init__(self, detail: Detail, is_fixed: bool, decimals: int) -> None:
        self.written: list[Actual] = []
        self._detail, self._is_fixed, self._decimals = detail, is_fixed, decimals

    def bill(self) -> None:
        """Table 5.2."""
        detail, source = self._detail, self._detail.source
        edited = (detail.worth.quantity, detail.worth.unit_price, detail.worth.amount, detail.billing_type) != (
            source.worth.quantity,
            source.worth.unit_price,
            source.worth.amount,
            source.billing_type,
        )
        source.status, source.invoice = "invoice_posted", detail.invoice
        if self._is_fixed:
            detail.billed = self._write("billed_sales", detail.worth, detail.billing_type)
            return
        if source.kind == "added":
            source.kind, source.worth, source.billing_type = "unbilled_sales", detail.worth, detail.billing_type
            edited = False
        self._reverse(source)
        if not edited:
            detail.billed = self._write("billed_sales", detail.worth, detail.billing_type, replaces=source)
            return
        source.adjustment = "adjusted"
        if detail.worth.quantity != 0 or source.worth.quantity == 0 or detail.worth.tax_amount != 0:
            self._rebook()
        if abs(detail.worth.quantity) < abs(source.worth.quantity):
            rest = self._rest()
            written_off = self._write("unbilled_sales", rest, "non_chargeable", replaces=source)
            self._reverse(written_off)
            self._write("billed_sales", rest, "non_chargeable", replaces=written_off)

    def correct(self) -> None:
        """Table 5.3."""
        detail, source = self._detail, self._detail.source
        source.adjustment = "adjusted"
        self._reverse(source)
        is_milestone = source.transaction_class == "milestone"
        if not is_milestone and not self._is_fixed and any(detail.figures):
            self._rebook()

    def _rebook(self) -> None:
        detail = self._detail
        rebooked = self._write("unbilled_sales", detail.worth, detail.billing_type, replaces=detail.source)
        self._reverse(rebooked)
        detail.billed = self._write("billed_sales", detail.worth, detail.billing_type, replaces=rebooked)

    def _rest(self) -> Worth:
        source, kept = self._detail.source.worth, self._detail.worth.quantity
        amount = proportion(source.amount, kept, source.quantity, self._decimals)
        tax = proportion(source.tax_amount, kept, source.quantity, self._decimals)
        return Worth(source.quantity - kept, source.unit_price, source.amount - amount, source.tax_amount - tax)

    def _reverse(self, reversed_actual: Actual) -> None:
        kind: Kind = "billed_sales" if reversed_actual.kind == "billed_sales" else "unbilled_sales"
        reversal = self._write(kind, -reversed_actual.worth, reversed_actual.billing_type, reverses=reversed_actual)
        reversal.adjustment = "unadjustable"

    def _write(
        self,
        kind: Kind,
        worth: Worth,
        billing_type: BillingType,
        *,
        reverses: Actual | None = None,
        replaces: Actual | None = None,
    ) -> Actual:
        source = self._detail.source
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
            invoice=self._detail.invoice,
            share=source.root,
            part=source.part or source,
        )
        self.written.append(written)
        return written
