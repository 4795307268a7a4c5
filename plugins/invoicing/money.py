"""Currencies and their decimals, from the CLDR data that Babel carries."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale
from babel.numbers import get_currency_precision


@cache
def currency_decimals() -> dict[str, int]:
    """Decimals of every currency that CLDR knows, by ISO 4217 code: USD 2, JPY 0, KWD 3."""
    return {code: get_currency_precision(code) for code in Locale("en").currencies if len(code) == 3 and code.isalpha()}


def round_money(amount: Decimal, decimals: int) -> Decimal:
    """`amount` rounded half away from zero, as Postgres rounds NUMERIC."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
