"""What goes wrong with invoices that are confirmed, and with their numbers: part of `damage`, and as private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal
from uuid import UUID

import sqlalchemy as sa

from tests.world.damage.guards import Target, inflict
from tests.world.place import Place

# What somebody may try to do to what is confirmed, for `attempt`.
FORBIDDEN: Final[Mapping[str, str]] = {
    "an amount of the invoice": "UPDATE invoicing.invoice SET chargeable_amount = 1",
    "its number": "UPDATE invoicing.invoice SET invoice_number = 'X'",
    "its status back": "UPDATE invoicing.invoice SET status = 'draft'",
    "its seal": "UPDATE invoicing.invoice SET seal = 'X'",
    "the name of its customer": "UPDATE invoicing.invoice SET customer_name = 'X'",
    "the invoice away": "DELETE FROM invoicing.invoice",
    "an amount of a line": "UPDATE invoicing.invoice_line SET chargeable_amount = 1",
    "the name of a line": "UPDATE invoicing.invoice_line SET contract_line_name = 'X'",
    "the mark of a line": "UPDATE invoicing.invoice_line SET is_confirmed = FALSE",
    "a line away": "DELETE FROM invoicing.invoice_line",
    "the quantity of a detail": "UPDATE invoicing.invoice_line_detail SET quantity = 1",
    "the text of a detail": "UPDATE invoicing.invoice_line_detail SET description = 'X'",
    "the mark of a detail": "UPDATE invoicing.invoice_line_detail SET is_confirmed = FALSE",
    "a detail away": "DELETE FROM invoicing.invoice_line_detail",
    "the amount of what it bills": "UPDATE invoicing.billable SET amount = 1",
    "the state of what it bills": "UPDATE invoicing.billable SET state = 'open'",
    "what it bills away": "DELETE FROM invoicing.billable",
    "the amount of an actual": "UPDATE invoicing.posting SET amount = 1",
    "the invoice of an actual": "UPDATE invoicing.posting SET invoice_id = gen_random_uuid()",
    "an actual away": "DELETE FROM invoicing.posting",
    "what was done": "UPDATE invoicing.invoice_change SET action = 'paid'",
    "what was done away": "DELETE FROM invoicing.invoice_change",
    "who did it": "UPDATE invoicing.change SET changed_by = 'bob'",
    "that it was done": "DELETE FROM invoicing.change",
    "who has a number": "UPDATE invoicing.invoice_number SET invoice_id = gen_random_uuid()",
    "a number away": "DELETE FROM invoicing.invoice_number",
    "an answer": "UPDATE invoicing.approval SET answer = 'rejected'",
    "who asked": "UPDATE invoicing.approval SET change_id = 1",
    "an approval away": "DELETE FROM invoicing.approval",
    "what was approved": "UPDATE invoicing.approval_invoice SET version = 1",
    "what was approved away": "DELETE FROM invoicing.approval_invoice",
    "all approvals": "TRUNCATE invoicing.approval",
    "all that was approved": "TRUNCATE invoicing.approval_invoice",
    "all invoices": "TRUNCATE invoicing.invoice CASCADE",
    "all lines": "TRUNCATE invoicing.invoice_line",
    "all details": "TRUNCATE invoicing.invoice_line_detail CASCADE",
    "all that can be billed": "TRUNCATE invoicing.billable",
    "all actuals": "TRUNCATE invoicing.posting",
    "all that was done": "TRUNCATE invoicing.invoice_change",
    "all changes": "TRUNCATE invoicing.change",
    "all numbers": "TRUNCATE invoicing.invoice_number",
}

# What invoices refer to, and somebody may try to take away or to call otherwise, for `attempt`.
REFERRED: Final[Mapping[str, str]] = {
    "share away": "DELETE FROM invoicing.billable",
    "contract of a share": "UPDATE invoicing.billable SET contract_id = 'Contoso'",
    "transaction away": "DELETE FROM invoicing.transaction",
    "id of a transaction": "UPDATE invoicing.transaction SET transaction_id = transaction_id || 'b'",
    "invoice line away": "DELETE FROM invoicing.invoice_line",
    "contract line of an invoice line": "UPDATE invoicing.invoice_line SET contract_line_id = 'travel'",
    "invoice away": "DELETE FROM invoicing.invoice",
    "id of an invoice": "UPDATE invoicing.invoice SET invoice_id = gen_random_uuid()",
    "contract line away": "DELETE FROM invoicing.contract_line",
    "contract away": "DELETE FROM invoicing.project_contract",
    "customer away": "DELETE FROM invoicing.customer",
}

# What is sealed of a confirmed invoice, for `change_content`.
CONTENT: Final[Mapping[str, str]] = {
    "its run date": "invoice SET run_date = run_date + 1",
    "the name of its customer": "invoice SET customer_name = 'changed'",
    "the text of a detail": "invoice_line_detail SET description = 'changed'",
    "the original quantity": "invoice_line_detail SET original_quantity = 77",
    "the date of an actual": "posting SET transaction_date = transaction_date + 1",
    "when an actual counts": "posting SET accounting_date = accounting_date + 1",
}

_CONFIRMED = "status IN ('confirmed', 'paid')"


# Before the guards


def attempt(place: Place, what: str) -> None:
    """Tries something of `FORBIDDEN` or `REFERRED`, as anybody may."""
    _execute(place, {**FORBIDDEN, **REFERRED}[what])


def attempt_status(place: Place, status: str) -> None:
    """Tries to give every invoice a status."""
    _execute(place, f"UPDATE invoicing.invoice SET status = '{status}'")


def change_as_migration(place: Place) -> None:
    """Writes to confirmed details in the role that migrations have."""
    _execute(place, "SET LOCAL ROLE invoicing_migration; UPDATE invoicing.invoice_line_detail SET is_confirmed = TRUE")


def _execute(place: Place, statement: str) -> None:
    with place.engine.begin() as connection:
        connection.execute(sa.text(statement))


# What is confirmed stays


def change_content(target: Target, what: str, invoice_id: UUID) -> None:
    """Something of `CONTENT` is not what it was when the invoice was confirmed."""
    inflict(target, f"UPDATE invoicing.{CONTENT[what]} WHERE invoice_id = :invoice_id", invoice_id=invoice_id)


def unconfirm(target: Target, invoice_id: UUID) -> None:
    """A confirmed invoice is a draft again, and its number and actuals stay."""
    inflict(
        target,
        """
        UPDATE invoicing.invoice SET status = 'draft', confirmed_at = NULL, seal = NULL
        WHERE invoice_id = :invoice_id
        """,
        invoice_id=invoice_id,
    )


def set_read_only(target: Target, rows: Literal["lines", "details"], read_only: bool) -> None:
    """All lines, or all details, can be changed or cannot, whether they are confirmed or not."""
    table = {"lines": "invoice_line", "details": "invoice_line_detail"}[rows]
    inflict(target, f"UPDATE invoicing.{table} SET is_confirmed = :read_only", read_only=read_only)


def forget_changes(target: Target) -> None:
    """Nobody has written down who did what."""
    inflict(target, "DELETE FROM invoicing.change")


def forget_confirmation(target: Target, what: Literal["moment", "seal"]) -> None:
    """Confirmed invoices do not say when they were confirmed, or as what."""
    column = {"moment": "confirmed_at", "seal": "seal"}[what]
    inflict(target, f"UPDATE invoicing.invoice SET {column} = NULL WHERE {_CONFIRMED}")


# Numbers


def renumber(target: Target, number: int, other: int) -> None:
    """The invoice of a number in its series has another one there."""
    inflict(
        target,
        "UPDATE invoicing.invoice_number SET number_in_series = :other WHERE number_in_series = :number",
        number=number,
        other=other,
    )


def forget_numbers(target: Target) -> None:
    """Nobody has written down who was given which number."""
    inflict(target, "DELETE FROM invoicing.invoice_number")


def lose_number(target: Target, invoice_id: UUID) -> None:
    inflict(
        target,
        "UPDATE invoicing.invoice SET invoice_number = NULL WHERE invoice_id = :invoice_id",
        invoice_id=invoice_id,
    )


def number_drafts(target: Target) -> None:
    """What is not confirmed has a number."""
    inflict(target, f"UPDATE invoicing.invoice SET invoice_number = 'X' WHERE NOT {_CONFIRMED}")
