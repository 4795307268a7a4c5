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
    "its hash": "UPDATE invoicing.invoice SET content_hash = 'X'",
    "the invoice away": "DELETE FROM invoicing.invoice",
    "an amount of a line": "UPDATE invoicing.invoice_line SET chargeable_amount = 1",
    "the mark of a line": "UPDATE invoicing.invoice_line SET confirmed = FALSE",
    "a line away": "DELETE FROM invoicing.invoice_line",
    "the quantity of a detail": "UPDATE invoicing.invoice_line_detail SET quantity = 1",
    "the text of a detail": "UPDATE invoicing.invoice_line_detail SET description = 'X'",
    "the mark of a detail": "UPDATE invoicing.invoice_line_detail SET confirmed = FALSE",
    "a detail away": "DELETE FROM invoicing.invoice_line_detail",
    "the amount of an actual": "UPDATE invoicing.actual SET amount = 1",
    "the status of an actual": "UPDATE invoicing.actual SET billing_status = 'ready_to_invoice'",
    "the invoice of an actual": "UPDATE invoicing.actual SET invoice_id = NULL",
    "an adjustment that is none": "UPDATE invoicing.actual SET adjustment_status = 'unadjustable' WHERE posting = 'billed'",
    "an actual away": "DELETE FROM invoicing.actual",
    "what was done": "UPDATE invoicing.invoice_change SET changed_by = 'bob'",
    "what was done away": "DELETE FROM invoicing.invoice_change",
    "all invoices": "TRUNCATE invoicing.invoice CASCADE",
    "all lines": "TRUNCATE invoicing.invoice_line",
    "all details": "TRUNCATE invoicing.invoice_line_detail",
    "all actuals": "TRUNCATE invoicing.actual",
    "all that was done": "TRUNCATE invoicing.invoice_change",
}

# What is sealed of a confirmed invoice, for `change_content`.
CONTENT: Final[Mapping[str, str]] = {
    "its run date": "invoice SET run_date = run_date + 1",
    "the text of a detail": "invoice_line_detail SET description = 'changed'",
    "the original quantity": "invoice_line_detail SET original_quantity = 77",
    "the date of an actual": "actual SET transaction_date = transaction_date + 1",
    "what an actual replaces": "actual SET replaces_actual_id = 1 + replaces_actual_id",
}

_CONFIRMED = "status IN ('confirmed', 'paid')"


# Before the guards


def attempt(place: Place, what: str) -> None:
    """Tries something of `FORBIDDEN`, as anybody may."""
    _execute(place, FORBIDDEN[what])


def attempt_status(place: Place, status: str) -> None:
    """Tries to give every invoice a status."""
    _execute(place, f"UPDATE invoicing.invoice SET status = '{status}'")


def change_as_migration(place: Place) -> None:
    """Writes to confirmed details in the role that migrations have."""
    _execute(place, "SET LOCAL ROLE invoicing_migration; UPDATE invoicing.invoice_line_detail SET confirmed = TRUE")


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
        UPDATE invoicing.invoice SET status = 'draft', confirmed_at = NULL, content_hash = NULL
        WHERE invoice_id = :invoice_id
        """,
        invoice_id=invoice_id,
    )


def set_read_only(target: Target, rows: Literal["lines", "details"], read_only: bool) -> None:
    """All lines, or all details, can be changed or cannot, whether they are confirmed or not."""
    table = {"lines": "invoice_line", "details": "invoice_line_detail"}[rows]
    inflict(target, f"UPDATE invoicing.{table} SET confirmed = :read_only", read_only=read_only)


def forget_confirmation(target: Target, what: Literal["moment", "seal"]) -> None:
    """Confirmed invoices do not say when they were confirmed, or as what."""
    column = {"moment": "confirmed_at", "seal": "content_hash"}[what]
    inflict(target, f"UPDATE invoicing.invoice SET {column} = NULL WHERE {_CONFIRMED}")


# Numbers


def renumber(target: Target, number: int, other: int) -> None:
    """The invoice of a number in its series has another one there."""
    inflict(
        target,
        "UPDATE invoicing.invoice SET number_in_series = :other WHERE number_in_series = :number",
        number=number,
        other=other,
    )


def miscount_series(target: Target, step: int) -> None:
    """The series remembers another number than the last one given."""
    inflict(target, "UPDATE invoicing.invoice_number_series SET last_number = last_number + :step", step=step)


def forget_series(target: Target) -> None:
    inflict(target, "DELETE FROM invoicing.invoice_number_series")


def lose_number(target: Target, invoice_id: UUID) -> None:
    inflict(
        target,
        "UPDATE invoicing.invoice SET invoice_number = NULL WHERE invoice_id = :invoice_id",
        invoice_id=invoice_id,
    )


def number_drafts(target: Target) -> None:
    """What is not confirmed has a number."""
    inflict(target, f"UPDATE invoicing.invoice SET invoice_number = 'X' WHERE NOT {_CONFIRMED}")
