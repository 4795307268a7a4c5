"""Currencies and the decimals of their minor units, by ISO 4217."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from iso4217 import Currency


@cache
def currency_decimals() -> dict[str, int]:
    """Decimals of every currency that has minor units, by its code: USD 2, JPY 0, KWD 3."""
    return {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}


def round_money(amount: Decimal, decimals: int) -> Decimal:
    """`amount` rounded half away from zero, as Postgres rounds NUMERIC."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
