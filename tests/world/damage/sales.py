"""What goes wrong with sales that are billed or corrected: part of `damage`, and as private.

Postings are called as docs/invoice-life.md tells them apart: what takes a sale back, stands in for it, bills it, writes it off,
or leaves it to be billed again.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from tests.world.damage.guards import Target, inflict

Posting = Literal[
    "reversal",
    "rebooked",
    "rebooked_reversal",
    "billed",
    "billed_only",
    "written_off",
    "written_off_reversal",
    "written_off_billed",
    "remainder",
]

# The share of a transaction as the source delivered it; a correction makes others of it.
_SHARE = """
    a.posting IS NULL AND a.kind = 'unbilled_sales' AND a.transaction_id = :transaction_id
    AND (CAST(:customer_id AS text) IS NULL OR a.customer_id = :customer_id)
"""
_POSTED = "a.posting = CAST(:posting AS invoicing.posting)"


# Each sale is consumed once


def lose_detail_of_share(target: Target, transaction_id: str, customer_id: str = "Fabrikam") -> None:
    """The detail that bills a share is gone."""
    inflict(
        target,
        f"""
        DELETE FROM invoicing.invoice_line_detail AS d USING invoicing.actual AS a
        WHERE (d.contract_id, d.actual_id) = (a.contract_id, a.actual_id) AND {_SHARE}
        """,
        transaction_id=transaction_id,
        customer_id=customer_id,
    )


def lose_details_of_remainders(target: Target) -> None:
    """The details are gone that billed anew what corrections had left."""
    inflict(
        target,
        """
        DELETE FROM invoicing.invoice_line_detail AS d USING invoicing.actual AS a
        WHERE
            (d.contract_id, d.actual_id) = (a.contract_id, a.actual_id)
            AND a.posting = 'remainder' AND a.billing_status = 'invoice_posted'
        """,
    )


def set_share_status(target: Target, status: str, transaction_id: str, customer_id: str | None = None) -> None:
    """The shares of a transaction, or one of them, read as if something else had become of them."""
    inflict(
        target,
        f"UPDATE invoicing.actual AS a SET billing_status = CAST(:status AS invoicing.billing_status) WHERE {_SHARE}",
        status=status,
        transaction_id=transaction_id,
        customer_id=customer_id,
    )


def set_share_adjustment(
    target: Target, adjustment: str | None, transaction_id: str, customer_id: str = "Fabrikam"
) -> None:
    """A share reads as if it had been adjusted, or had not."""
    inflict(
        target,
        f"UPDATE invoicing.actual AS a SET adjustment_status = :adjustment WHERE {_SHARE}",
        adjustment=adjustment,
        transaction_id=transaction_id,
        customer_id=customer_id,
    )


def adjust_billed_sales(target: Target, transaction_id: str, customer_id: str = "Fabrikam") -> None:
    """The billed sale of a share reads as if it had been corrected."""
    inflict(
        target,
        f"UPDATE invoicing.actual AS a SET adjustment_status = 'adjusted' WHERE {_POSTED}"
        " AND (a.transaction_id, a.customer_id) = (:transaction_id, :customer_id)",
        posting="billed",
        transaction_id=transaction_id,
        customer_id=customer_id,
    )


def forget_correction_of_milestone(target: Target, milestone_id: str) -> None:
    """The billed sales of a milestone read as if nothing had been corrected."""
    inflict(
        target,
        """
        UPDATE invoicing.actual SET adjustment_status = NULL
        WHERE kind = 'billed_sales' AND milestone_id = :milestone_id
        """,
        milestone_id=milestone_id,
    )


def adjust_what_is_being_corrected(target: Target) -> None:
    """What is on an open correction reads as if another had corrected it."""
    inflict(
        target,
        """
        UPDATE invoicing.actual SET adjustment_status = 'adjusted'
        WHERE (contract_id, actual_id) IN (
            SELECT d.contract_id, d.actual_id
            FROM invoicing.invoice_line_detail AS d INNER JOIN invoicing.invoice AS i USING (contract_id, invoice_id)
            WHERE i.origin = 'corrective' AND i.status = 'draft'
        )
        """,
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
    by_hand: bool = False,
) -> None:
    """Postings of a kind say other figures, each an expression of what they were, such as "quantity + 1".

    Narrowed to those of sales of a kind, of a milestone, or of what was added by hand.
    """
    inflict(
        target,
        f"""
        UPDATE invoicing.actual AS a SET quantity = {quantity}, amount = {amount}, tax_amount = {tax_amount}
        WHERE
            {_POSTED}
            AND (CAST(:kind AS text) IS NULL OR CAST(a.kind AS text) = :kind)
            AND (CAST(:milestone_id AS text) IS NULL OR a.milestone_id = :milestone_id)
            AND (NOT :by_hand OR num_nulls(a.transaction_id, a.milestone_id) = 2)
        """,
        posting=posting,
        kind=kind,
        milestone_id=milestone_id,
        by_hand=by_hand,
    )


def lose_posting(target: Target, posting: Posting, transaction_id: str) -> None:
    inflict(
        target,
        f"DELETE FROM invoicing.actual AS a WHERE {_POSTED} AND a.transaction_id = :transaction_id",
        posting=posting,
        transaction_id=transaction_id,
    )


def take_posting_for(target: Target, posting: Posting, other: Posting) -> None:
    """Postings of one kind read as if they were of another."""
    inflict(
        target,
        f"UPDATE invoicing.actual AS a SET posting = CAST(:other AS invoicing.posting) WHERE {_POSTED}",
        posting=posting,
        other=other,
    )


def bill_as(target: Target, billing_type: str) -> None:
    """Billed sales of the other billing types read as if they were of this one."""
    inflict(
        target,
        f"""
        UPDATE invoicing.actual AS a SET billing_type = CAST(:billing_type AS invoicing.billing_type)
        WHERE {_POSTED} AND CAST(a.billing_type AS text) <> :billing_type
        """,
        posting="billed",
        billing_type=billing_type,
    )


def move_remainders(target: Target, customer_id: str) -> None:
    """What corrections left open belongs to another customer."""
    inflict(
        target,
        """
        UPDATE invoicing.actual SET customer_id = :customer_id
        WHERE posting = 'remainder' AND invoice_id IS NULL AND customer_id <> :customer_id
        """,
        customer_id=customer_id,
    )


def post_milestone(target: Target, milestone_id: str) -> None:
    """A milestone reads as invoiced for good."""
    inflict(
        target,
        "UPDATE invoicing.actual SET billing_status = 'invoice_posted' WHERE milestone_id = :milestone_id",
        milestone_id=milestone_id,
    )


def reverse_twice(target: Target) -> None:
    """What is taken back is taken back once more, of no invoice."""
    columns = """
        contract_id, contract_line_id, customer_id, kind, transaction_class, billing_type, billing_status,
        transaction_date, quantity, unit_price, amount, tax_amount, adjustment_status, reverses_actual_id
    """
    inflict(
        target,
        f"INSERT INTO invoicing.actual ({columns}) SELECT {columns} FROM invoicing.actual WHERE posting = 'reversal'",
    )
