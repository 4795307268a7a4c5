"""The run dates of every frequency, over twenty years, against dateutil's rules where these mean the same."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta

import pytest
from dateutil import rrule  # type: ignore[import-untyped]

from tests.contracts.planner import Planner
from tests.world.world import World

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OCCURRENCES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
# A Thursday at the end of a month, in a year before a leap year.
START = date(2026, 12, 31)
END = date(2046, 12, 31)

WEEKLY = {
    f"{period} {day}": (period, day, {"freq": rrule.WEEKLY, "interval": interval, "byweekday": number})
    for period, interval in (("weekly", 1), ("biweekly", 2))
    for number, day in enumerate(WEEKDAYS)
}
WEEKDAYS_OF_MONTHS = {
    f"{occurrence} {day}": (
        "monthly",
        f"{occurrence} {day}",
        {"freq": rrule.MONTHLY, "byweekday": rrule.weekday(number, position)},
    )
    for occurrence, position in OCCURRENCES.items()
    for number, day in enumerate(WEEKDAYS)
}
DAYS_OF_MONTHS = {
    str(day): ("monthly", str(day), {"freq": rrule.MONTHLY, "bymonthday": day}) for day in range(1, 29)
} | {"last": ("monthly", "last", {"freq": rrule.MONTHLY, "bymonthday": -1})}
SAME_MEANING = WEEKLY | WEEKDAYS_OF_MONTHS | DAYS_OF_MONTHS
CLAMPED = (29, 30, 31)


@pytest.fixture(scope="module")
def planner(new_world) -> Planner:  # type: ignore[no-untyped-def]
    world: World = new_world()
    world.contract()
    planner = Planner(world)
    for name, (period, run_days, _) in SAME_MEANING.items():
        planner.line(period, run_days, line_id=name, start=START, end=END)
    for day in CLAMPED:
        planner.line("monthly", str(day), line_id=str(day), start=START, end=END)
    planner.line("monthly", "7;last friday;last", line_id="several", start=START, end=date(2027, 2, 28))
    planner.generate(today=START, days=366 * 30)
    return planner


@pytest.mark.parametrize("name", SAME_MEANING)
def test_run_dates_are_those_of_the_calendar_for_twenty_years(planner: Planner, name: str) -> None:
    period, run_days, rule = SAME_MEANING[name]
    # Every other week counts from the first run day, there from the week of the start.
    wait = (WEEKDAYS.index(run_days) - START.weekday()) % 7 if period == "biweekly" else 0
    begin = datetime.combine(START + timedelta(days=wait), time())
    expected = rrule.rrule(dtstart=begin, until=datetime.combine(END, time()), **rule)
    assert planner.dates(name) == [moment.date() for moment in expected]


@pytest.mark.parametrize("day", CLAMPED)
def test_day_that_a_month_does_not_have_is_its_last(planner: Planner, day: int) -> None:
    months = [(year, month) for year in range(2026, 2047) for month in range(1, 13)]
    clamped = [date(year, month, min(day, monthrange(year, month)[1])) for year, month in months]
    assert planner.dates(str(day)) == [run_date for run_date in clamped if START <= run_date <= END]


def test_month_with_several_run_days_has_each_of_them_once(planner: Planner) -> None:
    assert planner.dates("several") == [
        date(2026, 12, 31),
        date(2027, 1, 7),
        date(2027, 1, 29),
        date(2027, 1, 31),
        date(2027, 2, 7),
        date(2027, 2, 26),
        date(2027, 2, 28),
    ]


def test_cut_off_is_the_day_before(planner: Planner) -> None:
    rows = planner.rows("biweekly monday")
    assert {row.run_date - row.transaction_cutoff_date for row in rows} == {timedelta(days=1)}
