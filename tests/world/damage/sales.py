"""What goes wrong with sales that are billed or corrected: part of `damage`, and as private.

Postings are called as docs/invoice-life.md tells them apart: what takes a sale back, stands in for it, bills it, writes it off.
What a correction left to be billed again is given back: it is a share like any other, and stands in for what was billed.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from tests.world.damage.guards import Target, inflict
from tests.world.damage.invoices import STATUS

Posting = Literal[
    "entered",
    "reversal",
    "rebooked",
    "rebooked_reversal",
    "billed",
    "billed_only",
    "written_off",
    "written_off_reversal",
    "written_off_billed",
]

# The share of a transaction as the source delivered it; a correction makes others of it.
_SHARE = """
    b.source = 'transaction' AND b.part = 1 AND b.transaction_id = :transaction_id
    AND (CAST(:customer_id AS text) IS NULL OR b.customer_id = :customer_id)
"""
_GIVEN_BACK = "b.replaces_actual_id IS NOT NULL"


# Each sale is consumed once


def lose_detail_of_share(target: Target, transaction_id: str, customer_id: str = "Fabrikam") -> None:
    """The detail that bills a share is gone."""
    inflict(
        target,
        f"""
        DELETE FROM invoicing.invoice_line_detail AS d USING invoicing.billable AS b
        WHERE (d.contract_id, d.billable_id) = (b.contract_id, b.billable_id) AND {_SHARE}
        """,
        transaction_id=transaction_id,
        customer_id=customer_id,
    )


def lose_details_of_given_back(target: Target) -> None:
    """The details are gone that billed anew what corrections had given back."""
    inflict(
        target,
        f"""
        DELETE FROM invoicing.invoice_line_detail AS d USING invoicing.billable AS b
        WHERE (d.contract_id, d.billable_id) = (b.contract_id, b.billable_id) AND {_GIVEN_BACK} AND b.state = 'billed'
        """,
    )


def set_share_status(target: Target, status: str, transaction_id: str, customer_id: str | None = None) -> None:
    """The shares of a transaction, or one of them, read as if something else had become of them."""
    columns = STATUS[status]
    values = ", ".join(f"{name} = :new_{name}" for name in columns)
    inflict(
        target,
        f"UPDATE invoicing.billable AS b SET {values} WHERE {_SHARE}",
        transaction_id=transaction_id,
        customer_id=customer_id,
        **{f"new_{name}": value for name, value in columns.items()},
    )


def give_claims_up(target: Target) -> None:
    """What confirmed corrections took back reads as if nobody had claimed it."""
    inflict(
        target,
        "UPDATE invoicing.billable AS b SET state = 'canceled' WHERE b.source = 'correction' AND b.state = 'billed'",
    )


def close_claims(target: Target) -> None:
    """What is on an open correction reads as if it had been confirmed."""
    inflict(
        target,
        "UPDATE invoicing.billable AS b SET state = 'billed' WHERE b.source = 'correction' AND b.state = 'open'",
    )


def correct_another_invoice(target: Target, invoice_id: UUID) -> None:
    """The open correction says that it corrects this invoice."""
    inflict(
        target,
        """
        UPDATE invoicing.invoice SET corrects_invoice_id = :invoice_id
        WHERE origin = 'corrective' AND status = 'draft' AND corrects_invoice_id <> :invoice_id
        """,
        invoice_id=invoice_id,
    )


# Postings


def change_posting(
    target: Target,
    posting: Posting,
    *,
    quantity: str = "quantity",
    amount: str = "amount",
    tax_amount: str = "tax_amount",
    kind: str | None = None,
    milestone_id: str | None = None,
) -> None:
    """Postings of a kind say other figures, each an expression of what they were, such as "quantity + 1".

    Narrowed to those of sales of a kind, or of a milestone.
    """
    inflict(
        target,
        f"""
        UPDATE invoicing.posting AS p SET quantity = {quantity}, amount = {amount}, tax_amount = {tax_amount}
        WHERE
            p.posting = :posting
            AND (CAST(:kind AS text) IS NULL OR CAST(p.kind AS text) = :kind)
            AND (CAST(:milestone_id AS text) IS NULL OR p.milestone_id = :milestone_id)
        """,
        posting=posting,
        kind=kind,
        milestone_id=milestone_id,
    )


def lose_posting(target: Target, posting: Posting, transaction_id: str) -> None:
    inflict(
        target,
        "DELETE FROM invoicing.posting AS p WHERE p.posting = :posting AND p.transaction_id = :transaction_id",
        posting=posting,
        transaction_id=transaction_id,
    )


def take_posting_for(target: Target, posting: Posting, other: Posting) -> None:
    """Postings of one kind, where there is none of the other beside them, read as if they were of that."""
    inflict(
        target,
        """
        UPDATE invoicing.posting AS p SET posting = :other
        WHERE
            p.posting = :posting
            AND NOT EXISTS (
                SELECT FROM invoicing.posting AS q
                WHERE (q.contract_id, q.billable_id, q.posting) = (p.contract_id, p.billable_id, :other)
            )
        """,
        posting=posting,
        other=other,
    )


def bill_as(target: Target, billing_type: str) -> None:
    """Billed sales of the other billing types read as if they were of this one."""
    inflict(
        target,
        """
        UPDATE invoicing.posting AS p SET billing_type = CAST(:billing_type AS invoicing.billing_type)
        WHERE p.posting = 'billed' AND CAST(p.billing_type AS text) <> :billing_type
        """,
        billing_type=billing_type,
    )


def reverse_twice(target: Target) -> None:
    """What is taken back is taken back once more, of no detail."""
    inflict(target, "DROP INDEX invoicing.uq_posting_reverses", at_least=None)
    columns = """
        contract_id, kind, contract_line_id, customer_id, currency, invoice_id, transaction_id, milestone_id, transaction_class,
        transaction_date, accounting_date, quantity, unit_price, amount, tax_amount, billing_type, reverses_actual_id, change_id
    """
    inflict(
        target,
        f"""
        INSERT INTO invoicing.posting (billable_id, posting, {columns})
        SELECT -billable_id, posting, {columns} FROM invoicing.posting WHERE posting = 'reversal'
        """,
    )


# What corrections gave back


def change_given_back(
    target: Target, *, quantity: str = "quantity", amount: str = "amount", by_hand: bool = False
) -> None:
    """What corrections gave back says other figures, each an expression of what they were; `by_hand`: of what was added so."""
    inflict(
        target,
        f"""
        UPDATE invoicing.billable AS b SET quantity = {quantity}, amount = {amount}
        WHERE {_GIVEN_BACK} AND (NOT :by_hand OR b.source = 'entry')
        """,
        by_hand=by_hand,
    )


def lose_given_back(target: Target, transaction_id: str) -> None:
    """What a correction gave back of a transaction is gone."""
    inflict(
        target,
        f"DELETE FROM invoicing.billable AS b WHERE {_GIVEN_BACK} AND b.transaction_id = :transaction_id",
        transaction_id=transaction_id,
    )


def move_given_back(target: Target, customer_id: str) -> None:
    """What corrections gave back and is open belongs to another customer."""
    inflict(
        target,
        f"""
        UPDATE invoicing.billable AS b SET customer_id = :customer_id
        WHERE {_GIVEN_BACK} AND b.state = 'open' AND b.customer_id <> :customer_id
        """,
        customer_id=customer_id,
    )


def post_milestone(target: Target, milestone_id: str) -> None:
    """A milestone reads as invoiced for good."""
    inflict(
        target,
        "UPDATE invoicing.billable SET state = 'billed' WHERE source = 'milestone' AND milestone_id = :milestone_id",
        milestone_id=milestone_id,
    )
