"""What the forms take, and what they refuse before a run exists."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from invoicing.errors import UsageError

A_LEAP_YEAR = [date(2028, 1, 1) + timedelta(days=number) for number in range(366)]


def takes(text: str | None) -> bool:
    """Whether the field of a day takes what somebody enters."""
    from airflow.sdk.exceptions import ParamValidationError  # noqa: PLC0415

    from invoicing.airflow.ui.forms import day_field  # noqa: PLC0415

    try:
        day_field("Day", "A day.").resolve(text)
    except ParamValidationError:
        return False
    return True


def test_a_day_field_takes_every_day_there_is() -> None:
    assert [day for day in A_LEAP_YEAR if not takes(str(day))] == []


def test_a_day_field_may_stay_empty() -> None:
    assert takes(None)


@pytest.mark.parametrize(
    "text", ["2026-11-31", "2026-02-30", "2026-00-01", "2026-13-01", "2026-01-00", "2026-1-1", "tomorrow", "", " "]
)
def test_a_day_field_refuses_what_is_no_day(text: str) -> None:
    assert not takes(text)


def test_the_first_task_refuses_a_29_february_that_is_not() -> None:
    from invoicing.airflow.run_context import day_of  # noqa: PLC0415

    assert takes("2026-02-29")
    with pytest.raises(UsageError, match="run_date must be a date such as 2026-10-05, not '2026-02-29'"):
        day_of({"params": {"run_date": "2026-02-29"}, "dag_run": SimpleNamespace()}, "run_date")
