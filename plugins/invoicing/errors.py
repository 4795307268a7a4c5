"""Every error this package raises, each with a stable code and a message that says what to fix.

Two families decide what a scheduler does: a `TerminalError` fails at once, since trying again cannot help (wrong data,
wrong usage, a run that does not add up); a `TransientError` is worth another try (lost connection, lock, serialization).
README.md lists the codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.escapes import printable


class InvoicingError(Exception):
    """Base of all errors; `str()` is one line, led by the code."""

    code = "INV-100"

    def __init__(self, message: str) -> None:
        self.message = printable(message)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class TerminalError(InvoicingError):
    """Trying again without fixing something gives the same error."""


class TransientError(InvoicingError):
    """Trying again later may well succeed."""


class UsageError(TerminalError):
    """A setting, option or argument cannot be used as it was given."""

    code = "INV-101"


class OptionsError(UsageError):
    """Nothing was asked for, or two things that do not go together; a command says so as of any wrong usage."""


class NotFoundError(UsageError):
    """An id was named that the warehouse does not hold."""

    code = "INV-102"


@dataclass(frozen=True)
class Problem:
    """One bad row of a source folder. `line` counts physical lines of the file from 1, the header included."""

    file: str
    line: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = [self.file]
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column {self.column}")
        return printable(f"{', '.join(place)}: {self.reason}")


class LoadRefusedError(TerminalError):
    """A source folder was not loaded, not even in part; `problems` lists what to fix, at most 100, each on a line of its own."""

    code = "INV-201"

    def __init__(self, folder: str, problems: Sequence[Problem], total: int) -> None:
        self.problems = tuple(problems)
        self.total = total
        more = f" (the first {len(problems)} are listed)" if total > len(problems) else ""
        super().__init__(
            f"nothing of {folder} was loaded: {total} problem{'s' if total != 1 else ''}{more}; fix the folder and load again"
        )
        self.message = "\n".join([self.message, *(f"  {problem}" for problem in problems)])


class RunStateError(TerminalError):
    """What a step finds in the warehouse does not match what the ledger says was left for it."""

    code = "INV-302"


class AccountingError(TerminalError):
    """A run, or the warehouse as a whole, does not add up."""

    code = "INV-303"


class RefusedError(TerminalError):
    """What was asked for is not possible as things stand; nothing was changed. Each situation is a class of its own."""

    code = "INV-500"


class ItemsRefusedError(RefusedError):
    """Some of what a batch was asked for was refused, or all of it; the message names each with the reason."""

    code = "INV-501"


class ChangedMeanwhileError(TerminalError):
    """Somebody else changed the invoice since it was looked at; nothing was changed."""

    code = "INV-502"


class ApprovalNeededError(TerminalError):
    """What was to be confirmed needs an approval that nobody has given; nothing of it was confirmed."""

    code = "INV-503"


class NumberGivenError(RefusedError):
    """The next invoice number was given before, in another series; nothing was confirmed."""

    code = "INV-504"

    def __init__(self, invoice_number: str, series: str) -> None:
        self.invoice_number, self.series = invoice_number, series
        super().__init__(
            f"the number {invoice_number} was given before, in the series {series}; nothing is confirmed: "
            "choose another INVOICING_NUMBER_PATTERN"
        )


class NotMarkableError(RefusedError):
    """A transaction or milestone (`what`, `name`) cannot be marked: it is billed, on a draft or canceled, or is always chargeable."""

    code = "INV-505"

    def __init__(self, what: str, name: str, reason: str) -> None:
        self.what, self.name, self.reason = what, name, reason
        super().__init__(f"{what} {name} {reason}")


class NotReadyError(RefusedError):
    """A transaction or milestone (`what`, `name`) that was named for an invoice is not ready; no invoice was created."""

    code = "INV-506"

    def __init__(self, what: str, name: str) -> None:
        self.what, self.name = what, name
        super().__init__(
            f"{what} {name} is not ready to invoice, or its line does not bill its class; `invoicing ready` makes it ready"
        )


class InvoiceConfirmedError(RefusedError):
    """A confirmed or paid invoice is not changed, only corrected."""

    code = "INV-507"

    def __init__(self, invoice: str, invoice_number: str, status: str) -> None:
        self.invoice_number, self.status = invoice_number, status
        super().__init__(
            f"invoice {invoice_number} is {status} and cannot be changed; correct it: invoicing correct {invoice}"
        )


class CorrectionRuleError(RefusedError):
    """A correction does not allow such a change."""

    code = "INV-508"


class DetailValueError(RefusedError):
    """A `value` cannot stand in a `field` of a detail."""

    code = "INV-509"

    def __init__(self, field: str, value: object, reason: str) -> None:
        self.field, self.value, self.reason = field, value, reason
        super().__init__(f"{field} {value} {reason}")


class FixedPriceRuleError(RefusedError):
    """A detail of a fixed-price line does not allow such a change."""

    code = "INV-510"

    def __init__(self, detail_id: int, reason: str) -> None:
        self.detail_id, self.reason = detail_id, reason
        super().__init__(f"detail {detail_id} is fixed price{reason}")


class ClassNotBilledError(RefusedError):
    """A contract line does not bill the class of what was to be added to it."""

    code = "INV-511"

    def __init__(self, contract_line_id: str, transaction_class: str) -> None:
        self.contract_line_id, self.transaction_class = contract_line_id, transaction_class
        super().__init__(f"line {contract_line_id} does not bill the class {transaction_class}")


class AskerMayNotAnswerError(RefusedError):
    """An approval was answered by who asked for it, or by somebody who may be; nothing was recorded."""

    code = "INV-512"

    def __init__(self, approval_id: int, reason: str) -> None:
        self.approval_id = approval_id
        super().__init__(f"{reason} (INVOICING_APPROVAL_BY_ANOTHER)")


class AlreadyAnsweredError(RefusedError):
    """An approval is answered once; the first answer holds."""

    code = "INV-513"

    def __init__(self, approval_id: int, answer: str, answered_by: str) -> None:
        self.approval_id, self.answer, self.answered_by = approval_id, answer, answered_by
        super().__init__(f"approval {approval_id} was {answer} by {answered_by} already; an approval is answered once")


class LimitExceededError(RefusedError):
    """A not-to-exceed limit has no room; `limit` says which, `used` is what is committed or invoiced of its `limit_amount`.

    Args:
        what: that there is no room for.
        is_included: whether `used` has it already.
    """

    code = "INV-514"

    def __init__(
        self, what: str, limit: str, limit_amount: Decimal, used: Decimal, *, is_included: bool = False
    ) -> None:
        self.limit, self.limit_amount, self.used = limit, limit_amount, used
        taken = f"with it, {used} would be" if is_included else f"{used} is"
        super().__init__(
            f"{what} exceeds the limit of {limit}: {taken} committed or invoiced, of {limit_amount}; "
            "raise not_to_exceed_limit and load it, then: invoicing reevaluate"
        )


class MilestonesNotPossibleError(RefusedError):
    """No milestones can be generated for a contract line as it is."""

    code = "INV-515"

    def __init__(self, contract_line_id: str, reason: str) -> None:
        self.contract_line_id, self.reason = contract_line_id, reason
        super().__init__(f"line {contract_line_id} {reason}")


class NothingLeftError(RefusedError):
    """The milestones of a contract line come to its contracted amount already, or to more; none were generated."""

    code = "INV-516"

    def __init__(self, contract_line_id: str, contracted_amount: Decimal, planned_amount: Decimal) -> None:
        self.contract_line_id = contract_line_id
        self.contracted_amount, self.planned_amount = contracted_amount, planned_amount
        super().__init__(
            f"nothing is left of line {contract_line_id}: its milestones and opening balances come to {planned_amount}, and it was contracted for "
            f"{contracted_amount}; correct its contracted_amount, or its milestones"
        )


class TooManyMilestonesError(RefusedError):
    """An amount has fewer units of its currency than milestones were asked for; none were generated."""

    code = "INV-517"

    def __init__(self, count: int, amount: Decimal, currency: str, most: int) -> None:
        self.count, self.amount, self.currency, self.most = count, amount, currency, most
        super().__init__(f"{amount} {currency} cannot be shared by {count} milestones; ask for {most} at most")


class MilestonesExistError(RefusedError):
    """The contract has milestones of the ids that were to be generated; none were generated."""

    code = "INV-518"

    def __init__(self, contract_line_id: str, milestone_ids: Sequence[str]) -> None:
        self.contract_line_id, self.milestone_ids = contract_line_id, tuple(milestone_ids)
        super().__init__(
            f"line {contract_line_id} cannot have these milestones, since the contract has them already: "
            f"{', '.join(milestone_ids)}; choose other dates"
        )


class SchemaError(TerminalError):
    """The warehouse has no schema, an older one or a newer one than this package."""

    code = "INV-401"


class EmbeddedWarehouseError(TerminalError):
    """The embedded warehouse cannot be set up or started here."""

    code = "INV-402"


class WarehouseRefusedError(TerminalError):
    """The warehouse refused a statement for a reason that trying again does not cure."""

    code = "INV-403"


class LoginRefusedError(TerminalError):
    """The warehouse answers, and lets this user in with nothing: a wrong name, password or database, or no right to connect."""

    code = "INV-404"


class WarehouseUnavailableError(TransientError):
    """The warehouse could not be reached, dropped the connection, or gave up on a lock or for want of room."""

    code = "INV-451"
