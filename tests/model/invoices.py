"""Actuals, invoices and their details as the model keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from tests.model.shares import Worth
from tests.model.source import BillingType, TransactionClass

Kind = Literal["unbilled_sales", "billed_sales", "milestone", "added"]
Status = Literal["unbilled", "ready_to_invoice", "invoice_posted", "canceled"]
Origin = Literal["scheduled", "manual", "corrective"]
InvoiceStatus = Literal["draft", "in_review", "confirmed", "paid"]


class RefusedError(Exception):
    """It cannot be done, and nothing was."""


class InvoiceKey(NamedTuple):
    """Names a scheduled invoice."""

    contract_id: str
    customer_id: str
    currency: str
    run_date: date


@dataclass(frozen=True)
class Said:
    """What a source says of a customer's share."""

    worth: Worth
    transaction_date: date
    billing_type: BillingType
    is_canceled: bool = False
    place: tuple[str, TransactionClass | Literal["milestone"]] | None = None  # line and class, of what a draft took


@dataclass(eq=False)
class Actual:
    """What one customer owes for a transaction, a milestone or an entry by hand, or what a confirmation posted."""

    contract_id: str
    contract_line_id: str
    customer_id: str
    transaction_id: str | None
    milestone_id: str | None
    transaction_class: TransactionClass | Literal["milestone"]
    transaction_date: date
    kind: Kind
    worth: Worth
    billing_type: BillingType
    status: Status
    adjustment: Literal["adjusted", "unadjustable"] | None = None
    reverses: Actual | None = None
    replaces: Actual | None = None
    invoice: Invoice | None = None
    share: Actual | None = None  # whose piece it is: what corrections gave back, and what was posted
    part: Actual | None = None  # of what was posted: the share, or the part of it, that was billed
    now: Said | None = None  # of a share that was billed: what its source said since
    limit_status: Literal["committed", "failed"] | None = None
    limit_level: str | None = None

    @property
    def root(self) -> Actual:
        return self.share or self

    @property
    def said(self) -> Said:
        """What its source says by now."""
        return self.now or Said(self.worth, self.transaction_date, self.billing_type)

    @property
    def is_billed(self) -> bool:
        return self.status == "invoice_posted"

    @property
    def is_open(self) -> bool:
        return self.kind in ("unbilled_sales", "milestone") and self.status in ("unbilled", "ready_to_invoice")

    @property
    def line(self) -> tuple[str, str]:
        return self.contract_id, self.contract_line_id

    @property
    def owed_by(self) -> tuple[str, str]:
        return self.contract_id, self.customer_id


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
    taken: Said | None = None  # of a source that changed since: what the draft took
    line_id: str = ""  # the line that it was put on; its source may have moved to another since

    def __post_init__(self) -> None:
        self.line_id = self.line_id or self.source.contract_line_id

    @property
    def line(self) -> tuple[str, str]:
        return self.source.contract_id, self.line_id

    @property
    def is_correction(self) -> bool:
        return self.invoice.origin == "corrective"

    @property
    def figures(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.worth.quantity, self.worth.amount, self.worth.tax_amount

    @property
    def gives_back(self) -> bool:
        """Of a correction: whether it gives back what its source has left. A fee that is billed in part gives nothing back."""
        if self.source.transaction_class == "milestone":
            return True
        is_partial_fee = self.source.transaction_class == "fee" and self.worth.quantity != 0
        return not is_partial_fee

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
    currency: str
    run_date: date
    origin: Origin
    status: InvoiceStatus = "draft"
    is_touched: bool = False
    number: str | None = None
    corrects: Invoice | None = None
    details: list[Detail] = field(default_factory=list)
    invoice_id: UUID | None = None  # as the warehouse names it

    @property
    def key(self) -> InvoiceKey:
        return InvoiceKey(self.contract_id, self.customer_id, self.currency, self.run_date)

    @property
    def owed_by(self) -> tuple[str, str]:
        return self.contract_id, self.customer_id

    @property
    def is_draft(self) -> bool:
        return self.status in ("draft", "in_review")

    @property
    def is_run_owned(self) -> bool:
        """Whether a run may derive it afresh."""
        return self.origin == "scheduled" and not self.is_touched

    def take(self, actual: Actual) -> None:
        self.details.append(Detail(self, actual, actual.worth, actual.billing_type))
