"""The closed lists of the field, as the warehouse holds them. A test compares each with its type or its check there."""

from __future__ import annotations

from enum import StrEnum


class ContractState(StrEnum):
    """State of a project contract; only an active one is invoiced."""

    DRAFT = "draft"
    ON_HOLD = "on_hold"
    ACTIVE = "active"
    CLOSED = "closed"


class BillingMethod(StrEnum):
    """How a contract line is billed: by its transactions, or by its milestones."""

    TIME_AND_MATERIAL = "time_and_material"
    FIXED_PRICE = "fixed_price"


class TransactionClass(StrEnum):
    """What is billed. A milestone is a class of its own."""

    TIME = "time"
    EXPENSE = "expense"
    MATERIAL = "material"
    FEE = "fee"
    MILESTONE = "milestone"


class BillingType(StrEnum):
    """Only what is chargeable adds to the total of an invoice."""

    CHARGEABLE = "chargeable"
    NON_CHARGEABLE = "non_chargeable"
    COMPLIMENTARY = "complimentary"


class BillingStatus(StrEnum):
    """What a source says of a transaction."""

    UNBILLED = "unbilled"
    READY_TO_INVOICE = "ready_to_invoice"
    INVOICE_POSTED = "invoice_posted"
    CANCELED = "canceled"


class BillableSource(StrEnum):
    """What a billable stems from."""

    TRANSACTION = "transaction"
    MILESTONE = "milestone"
    RETAINER = "retainer"
    ENTRY = "entry"
    CORRECTION = "correction"


class BillableState(StrEnum):
    """Whether a billable can still go on an invoice."""

    OPEN = "open"
    BILLED = "billed"
    BILLED_ELSEWHERE = "billed_elsewhere"
    CANCELED = "canceled"


class LimitLevel(StrEnum):
    """Levels of not-to-exceed limits, in the order in which they are tested."""

    CONTRACT_LINE_CUSTOMER = "contract_line_customer"
    CONTRACT_LINE = "contract_line"
    CONTRACT_CUSTOMER = "contract_customer"
    CONTRACT = "contract"


class LimitStatus(StrEnum):
    """What the limits made of a share when it was evaluated."""

    COMMITTED = "committed"
    FAILED = "failed"


class ActualKind(StrEnum):
    """Kind of a sales actual."""

    UNBILLED_SALES = "unbilled_sales"
    BILLED_SALES = "billed_sales"


class ScheduleSource(StrEnum):
    """What makes a line due on a date."""

    DELIVERED = "delivered"
    GENERATED = "generated"
    MANUAL = "manual"
    MILESTONE = "milestone"
    RETAINER = "retainer"


class RowStatus(StrEnum):
    """Run status of a schedule row."""

    NOT_RUN = "not_run"
    RUN_SUCCESSFUL = "run_successful"
    RUN_FAILED = "run_failed"


class Reason(StrEnum):
    """Why an open billable of a due line is, or is not, invoiced."""

    INVOICED = "invoiced"
    AFTER_CUTOFF = "after_cutoff"
    NOT_READY = "not_ready"
    CLASS_NOT_INCLUDED = "class_not_included"
    ON_A_DRAFT = "on_a_draft"
    NOT_TO_EXCEED = "not_to_exceed"
    QUARANTINED = "quarantined"
    LATE = "late"


class InvoiceOrigin(StrEnum):
    """Who wrote an invoice: a run, a person, or a person who corrects another one."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    CORRECTIVE = "corrective"


class InvoiceStatus(StrEnum):
    """Where an invoice is in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    PAID = "paid"


# What can still be changed, and what never is again.
OPEN_INVOICES = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.IN_REVIEW})
SEALED_INVOICES = frozenset({InvoiceStatus.CONFIRMED, InvoiceStatus.PAID})


class Answer(StrEnum):
    """What a person says to a confirmation that needs an approval."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Trigger(StrEnum):
    """What started a run."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    BACKFILL = "backfill"
    CLI = "cli"


class RunStatus(StrEnum):
    """Status of an attempt of a run."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Severity(StrEnum):
    """An error keeps a contract from being invoiced; a warning says that something waits or looks wrong."""

    ERROR = "error"
    WARNING = "warning"
