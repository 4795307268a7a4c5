"""What a column may hold. Values arrive as text, whatever the file's format, and are checked a whole column at a time.

A kind finds its `suspects` with a few vectorised operations, and only for those that are listed does `explain` look at
a single value to say what is wrong with it and what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from invoicing.money import DECIMAL_DIGITS, INTEGER_DIGITS

ID_CHARACTERS = 100
TEXT_CHARACTERS = 1_000

EARLIEST = date(1900, 1, 1)  # before it lies a mistyped year, or another system's way to write "no date"

Texts = Any  # pa.StringArray
Mask = Any  # pa.BooleanArray; a null counts as false


class Kind(Protocol):
    """One kind of values, and the type that they have in the warehouse."""

    @property
    def sql_type(self) -> str: ...

    def suspects(self, values: Texts) -> Mask:
        """True for every value that may not stand in such a column; nulls are no suspects."""

    def explain(self, value: str) -> str:
        """What is wrong with a suspect and what to fix, to follow the quoted value."""


@dataclass(frozen=True)
class Text:
    """Text of one line, or of several where people write freely."""

    characters: int = TEXT_CHARACTERS
    several_lines: bool = False
    sql_type: str = "text"

    def suspects(self, values: Texts) -> Mask:
        found = pc.or_(pc.greater(pc.utf8_length(values), self.characters), pc.match_substring(values, "\0"))
        return found if self.several_lines else pc.or_(found, pc.match_substring(values, "\n"))

    def explain(self, value: str) -> str:
        if "\0" in value:
            return "holds a NUL character, which no database text can; remove it"
        if "\n" in value and not self.several_lines:
            return "holds a line break; write it on one line, and look for a quote that is opened and not closed"
        return f"has {len(value)} characters, at most {self.characters:,} fit; shorten it"


ID = Text(ID_CHARACTERS, sql_type='text COLLATE "C"')


@dataclass(frozen=True)
class Day:
    """A calendar day, YYYY-MM-DD."""

    sql_type: str = "date"

    def suspects(self, values: Texts) -> Mask:
        try:
            days = values.cast(pa.date32())
        except pa.ArrowInvalid:  # tells that there are some, not which
            return pa.array([value is not None and _day(value) is None for value in values.to_pylist()], pa.bool_())
        return pc.less(days, pa.scalar(EARLIEST))

    def explain(self, value: str) -> str:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            return "is not a date; write YYYY-MM-DD, such as 2020-10-05"
        try:
            date.fromisoformat(value)
        except ValueError:
            return "is no day of the calendar; correct it"
        return f"lies before {EARLIEST}; correct it, or leave the field empty where there is no date"


def _day(value: str) -> date | None:
    """The day, or None for what is not one; stricter than `date.fromisoformat`, which reads week dates too."""
    try:
        day = date.fromisoformat(value) if len(value) == 10 and value[4] == value[7] == "-" else None
    except ValueError:
        return None
    return day if day is not None and day >= EARLIEST else None


@dataclass(frozen=True)
class Number:
    """An exact number of at most 12 digits before and 10 after the decimal point, zeros at either end aside."""

    low: int | None = None
    high: int | None = None
    sql_type: str = "numeric"

    def suspects(self, values: Texts) -> Mask:
        found = pc.invert(pc.match_substring_regex(values, _FITTING_NUMBER))
        if self.low is None and self.high is None:
            return found
        # Bounds are small whole numbers: floating point tells the values beside them apart.
        numbers = pc.if_else(found, None, values).cast(pa.float64())
        if self.low is not None:
            found = pc.or_kleene(found, pc.less(numbers, self.low))
        if self.high is not None:
            found = pc.or_kleene(found, pc.greater(numbers, self.high))
        return found

    def explain(self, value: str) -> str:
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = None
        if number is not None and not number.is_finite():
            return "is not a finite number; write the number, or leave the field empty"
        if number is None or not re.fullmatch(_PLAIN_NUMBER, value):
            return "is not a number; write digits and a decimal point alone, such as 1234.50"
        whole, _, fraction = value.lstrip("+-").partition(".")
        if (digits := len(whole.lstrip("0"))) > INTEGER_DIGITS:
            return f"has {digits} digits before the decimal point, at most {INTEGER_DIGITS} fit"
        if (digits := len(fraction.rstrip("0"))) > DECIMAL_DIGITS:
            return f"has {digits} decimals, at most {DECIMAL_DIGITS} fit; round it"
        if self.low is not None and self.high is not None:
            return f"is out of range; write a number from {self.low} to {self.high}"
        return f"is less than {self.low}; correct it"


# ASCII digits only, and a sign at most: no exponent, which spreadsheets write where they have lost digits.
_PLAIN_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)"
_FITTING_NUMBER = (
    rf"^[+-]?(0*[0-9]{{1,{INTEGER_DIGITS}}}(\.[0-9]{{0,{DECIMAL_DIGITS}}}0*)?|\.[0-9]{{1,{DECIMAL_DIGITS}}}0*)$"
)


@dataclass(frozen=True)
class Days:
    """A count of days, 0 to 9999."""

    sql_type: str = "integer"

    def suspects(self, values: Texts) -> Mask:
        return pc.invert(pc.match_substring_regex(values, "^[0-9]{1,4}$"))

    def explain(self, value: str) -> str:
        return "is not a count of days; write a whole number from 0 to 9999"


@dataclass(frozen=True)
class OneOf:
    """One of a closed list of words."""

    values: tuple[str, ...]
    sql_type: str = "text"

    def suspects(self, values: Texts) -> Mask:
        return pc.invert(pc.is_in(values, value_set=pa.array([*self.values, None], pa.string())))

    def explain(self, value: str) -> str:
        return f"is not one of {', '.join(self.values)}"


FLAG = OneOf(("true", "false"), sql_type="boolean")
