"""Invoice numbers: gapless in their series, given at confirmation, never again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"\{number(?::0?(\d{1,2}))?\}")


@dataclass(frozen=True)
class Series:
    """One row of numbers: `prefix`, the number with at least `digits` digits, `suffix`. `name` tells it from others."""

    name: str
    prefix: str
    digits: int
    suffix: str


def is_number_pattern(pattern: str) -> bool:
    """Whether it has {number}, or {number:06} for at least so many digits, once, and no braces but those and {year}."""
    rest = _NUMBER.sub("", pattern).replace("{year}", "")
    return len(_NUMBER.findall(pattern)) == 1 and not {"{", "}"} & set(rest)


def series_of(pattern: str, day: date) -> Series:
    """The series that a pattern means on a day: with {year}, a new one begins each year."""
    dated = pattern.replace("{year}", f"{day:%Y}")
    place = _NUMBER.search(dated)
    assert place is not None, pattern
    prefix, suffix = dated[: place.start()], dated[place.end() :]
    return Series(name=f"{prefix}#{suffix}", prefix=prefix, digits=int(place[1] or 1), suffix=suffix)
