"""A day that was missed is caught up by a later one, each row under its own run date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from invoicing.settings import Settings
from tests.process.contracts import DAY
from tests.world.names import october
from tests.world.reads import billed, exceptions, run_status
from tests.world.world import World


def test_missed_day_is_caught_up_under_its_own_date(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.run(october(6))
    assert billed(contract) == {DAY: ["T1"]}


def test_missed_day_is_caught_up_under_its_own_cutoff(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("after the cut-off", DAY)
    contract.run(october(20))
    assert billed(contract) == {}


def test_missed_days_are_caught_up_each_under_its_own_date(contract: World) -> None:
    contract.schedule(DAY, october(12))
    contract.transaction("T1", october(1))
    contract.transaction("T2", october(8))
    contract.run(october(19))
    assert billed(contract) == {DAY: ["T1"], october(12): ["T2"]}


def test_day_caught_up_has_run(contract: World) -> None:
    contract.schedule(DAY)
    contract.run(october(6))
    assert run_status(contract, DAY) == "run_successful"


def test_missed_milestone_is_caught_up_under_its_own_date(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, line_id="prototype")
    contract.run(october(20))
    assert billed(contract) == {DAY: ["M1"]}


def test_row_entered_late_joins_the_draft_of_its_date(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.line("travel")
    contract.transaction("T2", october(2), line_id="travel")
    contract.run(DAY)
    (before,) = contract.read("SELECT invoice_id, created_at FROM analytics.invoices")
    contract.schedule(DAY, line_id="travel")
    contract.run(october(6))
    (after,) = contract.read("SELECT invoice_id, created_at FROM analytics.invoices")
    assert billed(contract) == {DAY: ["T1", "T2"]}
    assert tuple(after) == tuple(before)


def test_row_entered_late_leaves_the_other_lines_of_its_draft_alone(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.line("travel")
    contract.transaction("T2", october(2), line_id="travel")
    contract.run(DAY)
    contract.transaction("late", october(1))
    contract.schedule(DAY, line_id="travel")
    contract.run(october(6))
    assert billed(contract) == {DAY: ["T1", "T2"]}


def test_row_entered_late_raises_the_total_of_its_draft(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1), "100")
    contract.line("travel")
    contract.transaction("T2", october(2), "30", line_id="travel")
    contract.run(DAY)
    contract.schedule(DAY, line_id="travel")
    contract.run(october(6))
    (invoice,) = contract.read("SELECT total_amount, line_count FROM analytics.invoices")
    assert tuple(invoice) == (130, 2)


def test_row_as_old_as_catch_up_days_is_caught_up(contract: World) -> None:
    contract.settings = Settings(catch_up_days=10)
    contract.schedule(DAY)
    contract.run(DAY + timedelta(days=10))
    assert run_status(contract, DAY) == "run_successful"


def test_row_older_than_catch_up_days_is_not_run(contract: World) -> None:
    contract.settings = Settings(catch_up_days=10)
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.run(DAY + timedelta(days=11))
    assert (billed(contract), run_status(contract, DAY)) == ({}, "not_run")


def test_row_older_than_catch_up_days_is_reported(contract: World) -> None:
    contract.settings = Settings(catch_up_days=10)
    contract.schedule(DAY)
    contract.run(DAY + timedelta(days=11))
    assert exceptions(contract) == ["overdue_schedule_row"]


def test_row_as_old_as_catch_up_days_is_not_reported(contract: World) -> None:
    contract.settings = Settings(catch_up_days=10)
    contract.schedule(DAY)
    contract.run(DAY + timedelta(days=10))
    assert exceptions(contract) == []


@pytest.mark.parametrize("days_later", [0, 10])
def test_overdue_row_runs_when_somebody_runs_near_it(contract: World, days_later: int) -> None:
    contract.settings = Settings(catch_up_days=10)
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.run(date(2026, 12, 1))
    contract.run(DAY + timedelta(days=days_later))
    assert billed(contract) == {DAY: ["T1"]}


def test_overdue_milestone_is_reported(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, line_id="prototype")
    contract.schedule(date(2026, 12, 1))
    contract.run(date(2026, 12, 1))
    assert exceptions(contract) == ["overdue_schedule_row"]


def test_overdue_report_goes_once_the_row_has_run(contract: World) -> None:
    contract.schedule(DAY)
    contract.run(date(2026, 12, 1))
    contract.run(DAY)
    contract.run(date(2026, 12, 2))
    assert exceptions(contract) == []
