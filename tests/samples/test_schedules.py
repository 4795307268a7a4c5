"""The generator's run dates, against a search that asks of every single day whether it is one."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from samples.agency.catalogue import FREQUENCIES
from samples.agency.schedules import Frequency, run_dates

STARTS = [date(2025, 11, 20), date(2025, 12, 1), date(2025, 12, 31), date(2024, 2, 29)]


def searched(frequency: Frequency, start: date, end: date) -> Iterator[date]:
    """Run dates found day by day."""
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    if frequency.period == "monthly":
        yield from (day for day in days if any(falls_on(day, entry) for entry in frequency.run_days.split(";")))
    else:
        matching = [day for day in days if weekday_of(day) == frequency.run_days]
        yield from matching[:: 2 if frequency.period == "biweekly" else 1]


def falls_on(day: date, entry: str) -> bool:
    """Whether a day is the one that an entry of run_days means in its month."""
    length = monthrange(day.year, day.month)[1]
    if entry == "last":
        return day.day == length
    if entry.isdigit():
        return day.day == min(int(entry), length)
    occurrence, weekday = entry.split()
    if occurrence == "last":
        return weekday_of(day) == weekday and day.day > length - 7
    return weekday_of(day) == weekday and (day.day - 1) // 7 == ["first", "second", "third", "fourth"].index(occurrence)


def weekday_of(day: date) -> str:
    return f"{day:%A}".lower()


@pytest.mark.parametrize("start", STARTS, ids=str)
@pytest.mark.parametrize("frequency", FREQUENCIES, ids=lambda frequency: frequency.frequency_id)
def test_run_dates_are_those_found_day_by_day(frequency: Frequency, start: date) -> None:
    end = start + timedelta(days=400)
    assert list(run_dates(frequency, start, end)) == list(searched(frequency, start, end))


def test_start_and_end_are_inclusive() -> None:
    monday = Frequency("id", "name", "weekly", "monday")
    assert run_dates(monday, date(2020, 10, 5), date(2020, 10, 12)) == (date(2020, 10, 5), date(2020, 10, 12))


def test_period_without_a_run_day_has_no_run_dates() -> None:
    monday = Frequency("id", "name", "biweekly", "monday")
    assert run_dates(monday, date(2020, 10, 6), date(2020, 10, 11)) == ()


def test_day_31_is_the_last_day_of_february() -> None:
    month_end = Frequency("id", "name", "monthly", "31")
    assert run_dates(month_end, date(2024, 2, 1), date(2024, 2, 29)) == (date(2024, 2, 29),)


def test_two_entries_on_one_day_are_one_run_date() -> None:
    month_end = Frequency("id", "name", "monthly", "30;last")
    assert run_dates(month_end, date(2020, 11, 1), date(2020, 11, 30)) == (date(2020, 11, 30),)
