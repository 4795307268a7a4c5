"""Series of milestones: dates at equal distances, and equal parts of an amount."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from itertools import count as counted
from itertools import islice, takewhile

import pendulum

from invoicing.errors import OptionsError, UsageError
from invoicing.source.kinds import EARLIEST

# Nineteen years of weeks. More is a mistyped date.
MOST_MILESTONES = 1_000


class Every(StrEnum):
    """How far the dates of a series are from each other."""

    WEEK = "week"
    TWO_WEEKS = "two-weeks"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


_WEEKS = {Every.WEEK: 1, Every.TWO_WEEKS: 2}
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


def dates_of(every: Every, start: date, *, count: int | None = None, until: date | None = None) -> list[date]:
    """The dates from `start` on: so many of them, or those up to a day, inclusive.

    Each counts from `start`, so that a day that one month does not have comes back in the next: 31 January, 28 February, 31 March.

    Raises:
        OptionsError: neither `count` nor `until` was given, or both.
        UsageError: there are no such dates, or too many.
    """
    if (count is None) == (until is None):
        raise OptionsError("say either how many milestones, with --count, or up to which day, with --until")
    if start < EARLIEST:
        raise UsageError(f"the first date {start} lies before {EARLIEST}; correct it")
    if count is not None and not 1 <= count <= MOST_MILESTONES:
        raise UsageError(f"{count} milestones cannot be generated; ask for 1 to {MOST_MILESTONES:,}")
    if until is not None and until < start:
        raise UsageError(f"the last date {until} lies before the first, {start}; correct one of them")
    wanted = takewhile(lambda day: day <= (until or date.max), _dates(every, start))
    dates = list(islice(wanted, count or MOST_MILESTONES + 1))
    if len(dates) > MOST_MILESTONES:
        raise UsageError(f"up to {until} there are more than {MOST_MILESTONES:,} milestones; choose an earlier day")
    if count is not None and len(dates) < count:
        raise UsageError(f"{count} milestones do not fit before {date.max}; ask for {len(dates)} at most")
    return dates


def _dates(every: Every, start: date) -> Iterator[date]:
    """All dates, to the end of the calendar."""
    first = pendulum.Date(start.year, start.month, start.day)
    for step in counted():
        try:
            day = first.add(weeks=step * _WEEKS.get(every, 0), months=step * _MONTHS.get(every, 0))
        except (OverflowError, ValueError):
            return
        yield date(day.year, day.month, day.day)


def equal_parts(total: Decimal, count: int, decimals: int) -> list[Decimal]:
    """An amount in equal parts, each cut to the decimals of its currency; the last takes the rest, and is never the smallest."""
    part = (total / count).quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN)
    return [part] * (count - 1) + [total - part * (count - 1)]
