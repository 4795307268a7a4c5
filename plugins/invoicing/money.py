"""Currencies, the decimals of their minor units by ISO 4217, and how many digits a number may have."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from iso4217 import Currency

# Of a number that comes in, from a source or from a person.
INTEGER_DIGITS = 12
DECIMAL_DIGITS = 10


@cache
def currency_decimals() -> dict[str, int]:
    """Decimals of every currency that has minor units, by its code: USD 2, JPY 0, KWD 3."""
    return {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}


def surplus_digits(number: Decimal) -> str | None:
    """What a finite number has too much of, in words that follow it; None when it fits."""
    if number and (digits := number.adjusted() + 1) > INTEGER_DIGITS:
        return f"has {digits} digits before the decimal point, at most {INTEGER_DIGITS} fit"
    if number != round(number, DECIMAL_DIGITS):
        return f"has more than {DECIMAL_DIGITS} decimals; round it"
    return None
