"""Dates at equal distances, and equal parts of an amount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.contracts.series import MOST_MILESTONES, Every, dates_of, equal_parts
from invoicing.errors import OptionsError, UsageError

JANUARY_31 = date(2027, 1, 31)


def shown(every: Every, start: date, count: int) -> list[str]:
    return [day.isoformat() for day in dates_of(every, start, count=count)]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (Every.WEEK, ["2027-01-31", "2027-02-07", "2027-02-14"]),
        (Every.TWO_WEEKS, ["2027-01-31", "2027-02-14", "2027-02-28"]),
        (Every.MONTH, ["2027-01-31", "2027-02-28", "2027-03-31"]),
        (Every.QUARTER, ["2027-01-31", "2027-04-30", "2027-07-31"]),
        (Every.HALF_YEAR, ["2027-01-31", "2027-07-31", "2028-01-31"]),
        (Every.YEAR, ["2027-01-31", "2028-01-31", "2029-01-31"]),
    ],
)
def test_each_date_counts_from_the_first(every: Every, expected: list[str]) -> None:
    assert shown(every, JANUARY_31, 3) == expected


def test_leap_day_comes_back_in_the_next_leap_year() -> None:
    days = ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]
    assert shown(Every.YEAR, date(2028, 2, 29), 5) == days


def test_last_day_is_a_date_too() -> None:
    assert dates_of(Every.MONTH, JANUARY_31, until=date(2027, 3, 31))[-1] == date(2027, 3, 31)


def test_day_before_the_next_date_adds_none() -> None:
    assert dates_of(Every.MONTH, JANUARY_31, until=date(2027, 3, 30))[-1] == date(2027, 2, 28)


def test_series_may_end_where_the_calendar_does() -> None:
    assert dates_of(Every.YEAR, date(9998, 6, 1), until=date.max) == [date(9998, 6, 1), date(9999, 6, 1)]


@pytest.mark.parametrize("chosen", [{}, {"count": 3, "until": JANUARY_31}])
def test_count_and_last_day_exclude_each_other(chosen: dict[str, Any]) -> None:
    with pytest.raises(OptionsError, match=r"with --count, .* with --until"):
        dates_of(Every.MONTH, JANUARY_31, **chosen)


@pytest.mark.parametrize(
    ("start", "chosen", "message"),
    [
        (JANUARY_31, {"count": 0}, "0 milestones cannot be generated; ask for 1 to 1,000"),
        (JANUARY_31, {"count": -1}, "-1 milestones cannot be generated"),
        (JANUARY_31, {"count": MOST_MILESTONES + 1}, "1001 milestones cannot be generated"),
        (JANUARY_31, {"until": date(2027, 1, 30)}, "the last date 2027-01-30 lies before the first, 2027-01-31"),
        (JANUARY_31, {"until": date.max}, "there are more than 1,000 milestones; choose an earlier day"),
        (date(9999, 11, 30), {"count": 3}, "3 milestones do not fit before 9999-12-31; ask for 2 at most"),
        (date(1899, 12, 31), {"count": 3}, "the first date 1899-12-31 lies before 1900-01-01"),
    ],
)
def test_series_that_cannot_be_is_refused(start: date, chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        dates_of(Every.MONTH, start, **chosen)


@given(st.sampled_from(Every), st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(1, 60))
def test_dates_up_to_the_last_of_a_count_are_the_same(every: Every, start: date, count: int) -> None:
    dates = dates_of(every, start, count=count)
    assert len(dates) == count
    assert dates_of(every, start, until=dates[-1]) == dates
    assert dates == sorted(set(dates))


@given(st.sampled_from(Every), st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_day_of_the_month_differs_only_at_its_end(every: Every, start: date) -> None:
    for day in dates_of(every, start, count=14):
        if every in {Every.WEEK, Every.TWO_WEEKS}:
            assert day.weekday() == start.weekday()
        elif day.day != start.day:
            assert day.day < start.day
            assert (day + timedelta(days=1)).day == 1


def test_last_part_takes_the_rest() -> None:
    assert equal_parts(Decimal(100), 3, 2) == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_parts_of_less_than_nothing_are_cut_toward_zero() -> None:
    assert equal_parts(Decimal(-100), 3, 2) == [Decimal("-33.33"), Decimal("-33.33"), Decimal("-33.34")]


def test_currency_without_decimals_has_whole_parts() -> None:
    assert equal_parts(Decimal(100), 3, 0) == [Decimal(33), Decimal(33), Decimal(34)]


@given(st.integers(0, 10**16), st.integers(1, MOST_MILESTONES), st.integers(0, 4))
def test_any_amount_is_shared_to_the_last_unit(units: int, count: int, decimals: int) -> None:
    total, unit = Decimal(units).scaleb(-decimals), Decimal(1).scaleb(-decimals)
    *others, last = equal_parts(total, count, decimals)
    assert sum(others, last) == total
    assert all(part == others[0] for part in others)
    assert all(0 <= part <= last for part in others)
    assert last - (others[0] if others else last) < unit * count
    assert all(part == part.quantize(unit) for part in (*others, last))
