"""What goes wrong with invoices that are confirmed, and with their numbers: part of `damage`, and as private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal
from uuid import UUID

import sqlalchemy as sa

from tests.world.damage.guards import Target, inflict
from tests.world.place import Place

_NOBODY = "CAST('00000000-0000-0000-0000-000000000000' AS uuid)"

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
    "the invoice of an actual": f"UPDATE invoicing.posting SET invoice_id = {_NOBODY}",
    "an actual away": "DELETE FROM invoicing.posting",
    "what was done": "UPDATE invoicing.invoice_change SET action = 'paid'",
    "what was done away": "DELETE FROM invoicing.invoice_change",
    "who did it": "UPDATE invoicing.change SET changed_by = 'bob'",
    "that it was done": "DELETE FROM invoicing.change",
    "who has a number": f"UPDATE invoicing.invoice_number SET invoice_id = {_NOBODY}",
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

# What somebody may try to put into an invoice that is confirmed, beside a draft, for `attempt`.
_OF_CONFIRMED = "SELECT invoice_id FROM invoicing.invoice WHERE status IN ('confirmed', 'paid')"
_DETAIL = (
    "contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount"
)
_LINE = "chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count"
_POSTING = """
    kind, contract_line_id, customer_id, currency, invoice_id, transaction_class, transaction_date, accounting_date, quantity,
    unit_price, amount, tax_amount, billing_type, change_id
"""
ADDED: Final[Mapping[str, str]] = {
    "a line": f"""
        INSERT INTO invoicing.invoice_line (contract_id, invoice_id, contract_line_id, {_LINE})
        SELECT contract_id, invoice_id, 'travel', {_LINE} FROM invoicing.invoice_line WHERE is_confirmed
        ON CONFLICT DO NOTHING
    """,
    "a line that reads confirmed": f"""
        INSERT INTO invoicing.invoice_line (contract_id, invoice_id, contract_line_id, is_confirmed, {_LINE})
        SELECT contract_id, invoice_id, 'travel', TRUE, {_LINE} FROM invoicing.invoice_line WHERE is_confirmed
        ON CONFLICT DO NOTHING
    """,
    "a detail": f"""
        INSERT INTO invoicing.invoice_line_detail ({_DETAIL})
        SELECT {_DETAIL.replace("billable_id", "billable_id + 1000")} FROM invoicing.invoice_line_detail WHERE is_confirmed
    """,
    "a detail that reads confirmed": f"""
        INSERT INTO invoicing.invoice_line_detail (is_confirmed, {_DETAIL})
        SELECT TRUE, {_DETAIL.replace("billable_id", "billable_id + 1000")}
        FROM invoicing.invoice_line_detail WHERE is_confirmed
    """,
    "the detail of a draft": f"""
        UPDATE invoicing.invoice_line_detail SET invoice_id = ({_OF_CONFIRMED}) WHERE NOT is_confirmed
    """,
    "an actual": f"""
        INSERT INTO invoicing.posting (contract_id, billable_id, posting, {_POSTING})
        SELECT contract_id, billable_id, 'another', {_POSTING} FROM invoicing.posting WHERE posting = 'billed'
    """,
}

# What somebody may try to make of a draft that only a confirmation makes of it, for `attempt`.
_OF_DRAFT = "WHERE status IN ('draft', 'in_review')"
FORGED: Final[Mapping[str, str]] = {
    "the status confirmed": f"UPDATE invoicing.invoice SET status = 'confirmed' {_OF_DRAFT}",
    "the status paid": f"UPDATE invoicing.invoice SET status = 'paid' {_OF_DRAFT}",
    "a number": f"UPDATE invoicing.invoice SET invoice_number = 'X' {_OF_DRAFT}",
    "the number of another": f"""
        UPDATE invoicing.invoice
        SET status = 'confirmed', confirmed_at = now(), contract_name = 'X', customer_name = 'X',
            invoice_number = (SELECT invoice_number FROM invoicing.invoice_number)
        {_OF_DRAFT}
    """,
    "a moment": f"UPDATE invoicing.invoice SET confirmed_at = now() {_OF_DRAFT}",
    "the name of its contract": f"UPDATE invoicing.invoice SET contract_name = 'X' {_OF_DRAFT}",
    "the name of its customer": f"UPDATE invoicing.invoice SET customer_name = 'X' {_OF_DRAFT}",
    "a seal": f"UPDATE invoicing.invoice SET seal = 'X' {_OF_DRAFT}",
    "all of that": f"""
        UPDATE invoicing.invoice
        SET status = 'confirmed', invoice_number = 'X', confirmed_at = now(), contract_name = 'X', customer_name = 'X'
        {_OF_DRAFT}
    """,
    "all of that, and a seal": f"""
        UPDATE invoicing.invoice
        SET status = 'confirmed', invoice_number = 'X', confirmed_at = now(), contract_name = 'X', customer_name = 'X',
            seal = 'X'
        {_OF_DRAFT}
    """,
    "a copy that reads confirmed": """
        INSERT INTO invoicing.invoice (
            contract_id, invoice_id, customer_id, currency, run_date, origin, version, status, invoice_number, confirmed_at,
            contract_name, customer_name, seal
        )
        SELECT
            contract_id, gen_random_uuid(), customer_id, currency, run_date, 'manual', version, 'confirmed', 'X', now(),
            'X', 'X', 'X'
        FROM invoicing.invoice
    """,
    "a copy with a number": """
        INSERT INTO invoicing.invoice (
            contract_id, invoice_id, customer_id, currency, run_date, origin, version, invoice_number
        )
        SELECT contract_id, gen_random_uuid(), customer_id, currency, run_date, 'manual', version, 'X' FROM invoicing.invoice
    """,
    "read-only lines": "UPDATE invoicing.invoice_line SET is_confirmed = TRUE WHERE NOT is_confirmed",
    "read-only details": "UPDATE invoicing.invoice_line_detail SET is_confirmed = TRUE WHERE NOT is_confirmed",
    "an actual": f"""
        INSERT INTO invoicing.posting (contract_id, billable_id, posting, {_POSTING})
        SELECT
            d.contract_id, d.billable_id, 'billed', 'billed_sales', d.contract_line_id, i.customer_id, i.currency, i.invoice_id,
            'time', i.run_date, i.run_date, d.quantity, d.unit_price, d.amount, d.tax_amount, d.billing_type, i.version
        FROM invoicing.invoice_line_detail AS d
        INNER JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
        WHERE NOT d.is_confirmed
    """,
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
    "id of an invoice": f"UPDATE invoicing.invoice SET invoice_id = {_NOBODY}",
    "contract line away": "DELETE FROM invoicing.contract_line",
    "contract away": "DELETE FROM invoicing.project_contract",
    "customer away": "DELETE FROM invoicing.customer",
}

# What is sealed of a confirmed invoice, for `change_content`.
CONTENT: Final[Mapping[str, str]] = {
    "its run date": "invoice SET run_date = run_date + 1",
    "the name of its customer": "invoice SET customer_name = 'changed'",
    "when it was confirmed": "invoice SET confirmed_at = confirmed_at + interval '1 day'",
    "when it was written": "invoice SET created_at = created_at - interval '1 day'",
    "the name of a line": "invoice_line SET contract_line_name = 'changed'",
    "how a line bills": "invoice_line SET billing_method = 'changed'",
    "the sum of a line": "invoice_line SET complimentary_amount = complimentary_amount + 1",
    "the count of a line": "invoice_line SET detail_count = detail_count + 1",
    "the text of a detail": "invoice_line_detail SET description = 'changed'",
    "the original quantity": "invoice_line_detail SET original_quantity = 77",
    "the class of what it bills": "billable SET transaction_class = 'material'",
    "the day of what it bills": "billable SET transaction_date = transaction_date + 1",
    "the date of an actual": "posting SET transaction_date = transaction_date + 1",
    "when an actual counts": "posting SET accounting_date = accounting_date + 1",
}

_CONFIRMED = "status IN ('confirmed', 'paid')"


# Before the guards


def attempt(place: Place, what: str) -> None:
    """Tries something of `FORBIDDEN` or `REFERRED`, as anybody may."""
    _execute(place, {**FORBIDDEN, **REFERRED}[what])


def attempt_addition(place: Place, what: str) -> None:
    """Tries something of `ADDED`."""
    _execute(place, ADDED[what])


def attempt_forgery(place: Place, what: str) -> None:
    """Tries something of `FORGED`."""
    _execute(place, FORGED[what])


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
    inflict(target, f"UPDATE invoicing.{CONTENT[what]} WHERE {_of_invoice(what)}", invoice_id=invoice_id)


def _of_invoice(what: str) -> str:
    if CONTENT[what].startswith("billable"):
        return "billable_id IN (SELECT billable_id FROM invoicing.invoice_line_detail WHERE invoice_id = :invoice_id)"
    return "invoice_id = :invoice_id"


def slip_in(target: Target, what: str) -> None:
    """Something of `ADDED` is in confirmed invoices."""
    inflict(target, ADDED[what])


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
