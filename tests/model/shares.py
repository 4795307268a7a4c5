"""What a row is worth, and what part of it each customer owes (data contract, 1.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.model.source import LineCustomer, Milestone, Transaction

CURRENCY_DECIMALS = {"USD": 2, "JPY": 0, "KWD": 3}
QUANTITY_DECIMALS = 4


@dataclass(frozen=True)
class Worth:
    """What a row says in figures."""

    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax_amount: Decimal

    def __neg__(self) -> Worth:
        return Worth(-self.quantity, self.unit_price, -self.amount, -self.tax_amount)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half away from zero, which the decimal module calls half up."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def proportion(whole: Decimal, part: Decimal, of: Decimal, decimals: int) -> Decimal:
    """whole x part / of, exactly, and then rounded half away from zero."""
    exact = Fraction(whole) * Fraction(part) / Fraction(of) * 10**decimals
    units = (abs(exact) * 2 + 1) // 2
    return Decimal(int(units if exact >= 0 else -units)).scaleb(-decimals)


def split(value: Decimal, customers: Iterable[LineCustomer], decimals: int) -> dict[str, Decimal]:
    """The part of each customer above 0 percent; the rounding customer gets what remains."""
    sharing = [customer for customer in customers if customer.split_percent > 0]
    parts = {
        customer.customer_id: rounded(value * customer.split_percent / 100, decimals)
        for customer in sharing
        if not customer.is_rounding_customer
    }
    for customer in sharing:
        if customer.is_rounding_customer:
            parts[customer.customer_id] = value - sum(parts.values())
    return parts


def shares(row: Transaction | Milestone, customers: Iterable[LineCustomer], decimals: int) -> dict[str, Worth]:
    """The parts of a row among the customers of its line; one that names a customer is theirs alone."""
    whole = _worth(row, decimals)
    if row.customer_id is not None:
        return {row.customer_id: whole}
    customers = list(customers)
    quantities = split(whole.quantity, customers, QUANTITY_DECIMALS)
    amounts = split(whole.amount, customers, decimals)
    taxes = split(whole.tax_amount, customers, decimals)
    if isinstance(row, Milestone):  # every customer gets one, of their part
        return {
            customer_id: Worth(Decimal(1), amount, amount, taxes[customer_id])
            for customer_id, amount in amounts.items()
        }
    return {
        customer_id: Worth(quantities[customer_id], whole.unit_price, amounts[customer_id], taxes[customer_id])
        for customer_id in amounts
    }


def _worth(row: Transaction | Milestone, decimals: int) -> Worth:
    tax_amount = row.tax_amount or Decimal(0)
    if isinstance(row, Milestone):
        return Worth(Decimal(1), row.amount, row.amount, tax_amount)
    amount = rounded(row.quantity * row.unit_price, decimals) if row.amount is None else row.amount
    return Worth(row.quantity, row.unit_price, amount, tax_amount)
