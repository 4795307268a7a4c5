"""From an invoice frequency to run dates, as section 1.2 of the data contract defines them."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

import pendulum

Period = Literal["weekly", "biweekly", "monthly"]

_WEEKDAYS = {day.name.lower(): day for day in pendulum.WeekDay}
_OCCURRENCES = {"first": 1, "second": 2, "third": 3, "fourth": 4}


@dataclass(frozen=True)
class Frequency:
    """How often a line is invoiced; run_days as in the file, e.g. `monday` or `15;last`."""

    frequency_id: str
    name: str
    period: Period
    run_days: str


@cache  # a large firm has thousands of lines, but few different frequencies and periods
def run_dates(frequency: Frequency, start: date, end: date) -> tuple[date, ...]:
    """Run dates of the frequency from start to end, both inclusive, in order."""
    first, last = pendulum.Date(start.year, start.month, start.day), pendulum.Date(end.year, end.month, end.day)
    if frequency.period == "monthly":
        months = (last - first.start_of("month")).range("months")
        found = {_day_in_month(month, run_day) for month in months for run_day in frequency.run_days.split(";")}
        return tuple(sorted(day for day in found if first <= day <= last))
    weekday = _WEEKDAYS[frequency.run_days]
    anchor = first if first.day_of_week == weekday else first.next(weekday)
    if anchor > last:
        return ()
    return tuple((last - anchor).range("weeks", 1 if frequency.period == "weekly" else 2))


def _day_in_month(month: pendulum.Date, run_day: str) -> pendulum.Date:
    """The day that an entry such as `last`, `31` or `second friday` means in the month that starts on `month`."""
    last = month.end_of("month")
    match run_day.split():
        case ["last"]:
            return last
        case ["last", weekday]:
            return month.last_of("month", _WEEKDAYS[weekday])
        case [occurrence, weekday]:
            return month.nth_of("month", _OCCURRENCES[occurrence], _WEEKDAYS[weekday])
        case _:
            return month.set(day=min(int(run_day), last.day))
