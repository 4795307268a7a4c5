"""What of a customer's share is billed, and what a correction gives back of it (data contract, 1.3, 1.4 and 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tests.model.invoices import Actual
from tests.model.shares import Worth, proportion

NOTHING = Decimal(0)


def pieces(share: Actual, actuals: Iterable[Actual]) -> list[Worth]:
    """What is billed of it, less what was taken back, what is written off, and what is open."""
    return [
        actual.worth for actual in actuals if actual.root is share and (actual.kind == "billed_sales" or actual.is_open)
    ]


def give_back(billed: Actual, actuals: list[Actual], decimals: int, *, in_full: bool) -> Actual | None:
    """The part that is open again once a billed sale is taken back: what its source says now, less all other pieces.

    A source of nothing comes back with a full credit, to follow what it says later.
    """
    share, part = billed.root, billed.part or billed.root
    said, others = share.said, pieces(share, actuals)
    whole = said.worth
    quantity = whole.quantity - sum(piece.quantity for piece in others)
    amount = whole.amount - sum(_at_its_price(piece, whole, "amount", decimals) for piece in others)
    tax_amount = whole.tax_amount - sum(_at_its_price(piece, whole, "tax_amount", decimals) for piece in others)
    if not _is_left(Worth(quantity, whole.unit_price, amount, tax_amount), whole, in_full):
        return None
    is_milestone = share.milestone_id is not None
    return Actual(
        share.contract_id,
        share.contract_line_id,
        share.customer_id,
        share.transaction_id,
        share.milestone_id,
        share.transaction_class,
        said.transaction_date,
        "milestone" if is_milestone else "unbilled_sales",
        Worth(quantity, whole.unit_price, amount, tax_amount),
        said.billing_type if part is share else part.billing_type,
        "canceled" if said.is_canceled else "ready_to_invoice" if is_milestone else "unbilled",
        replaces=billed,
        share=share,
    )


def _is_left(rest: Worth, whole: Worth, in_full: bool) -> bool:
    if whole.quantity != 0:
        return rest.quantity * whole.quantity > 0
    if whole.amount != 0:
        return rest.quantity == 0 and rest.amount * whole.amount > 0
    return rest.quantity == 0 and in_full


def _at_its_price(piece: Worth, whole: Worth, figure: str, decimals: int) -> Decimal:
    """A piece at another price than the source's counts by its quantity; one that the rounding made differ, as it is."""
    said: Decimal = getattr(piece, figure)
    if whole.quantity == 0:
        return said
    exact = getattr(whole, figure) * piece.quantity / whole.quantity
    if abs(said - exact) <= Decimal(1).scaleb(-decimals):
        return said
    return proportion(getattr(whole, figure), piece.quantity, whole.quantity, decimals)


def follow(share: Actual, parts: list[Actual], actuals: Iterable[Actual], decimals: int) -> None:
    """Brings the latest part that was given back, and is not billed again, to what its source says now, less all other pieces."""
    said, part = share.said, parts[-1]
    whole = said.worth
    others = pieces(share, [actual for actual in actuals if actual is not part])
    quantity = _rest(whole.quantity, [piece.quantity for piece in others])
    is_used_up = whole.quantity != 0 and quantity == 0
    amount, tax_amount = (
        NOTHING
        if is_used_up
        else _left(whole, figure, [_at_its_price(piece, whole, figure, decimals) for piece in others])
        for figure in ("amount", "tax_amount")
    )
    part.worth = Worth(quantity, whole.unit_price, amount, tax_amount)
    part.transaction_date = said.transaction_date
    if said.is_canceled:
        for each in parts:
            each.status = "canceled"
    elif not any((quantity, amount, tax_amount)):
        part.status = "canceled"
    elif part.status == "canceled":
        part.status = "unbilled"


def _left(whole: Worth, figure: str, taken: list[Decimal]) -> Decimal:
    """What is left of a figure; of a source without a quantity never more than nothing, on either side."""
    said: Decimal = getattr(whole, figure)
    return _rest(said, taken) if whole.quantity == 0 else said - sum(taken)


def _rest(whole: Decimal, taken: list[Decimal]) -> Decimal:
    """What is left of a whole, and nothing where more was taken."""
    left = whole - sum(taken)
    return left if left * whole > 0 else NOTHING
