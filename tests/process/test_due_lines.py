"""Which contract lines are due on a day."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.errors import UsageError
from invoicing.process.due_lines import refuse_future
from tests.process.contracts import DAY
from tests.world import damage
from tests.world.names import LINE, october
from tests.world.reads import billed, exceptions, run_status
from tests.world.world import World


def test_line_is_due_on_its_run_date(contract: World) -> None:
    contract.schedule(DAY)
    assert contract.run(DAY).run.due_lines == 1


def test_line_is_not_due_before_its_run_date(contract: World) -> None:
    contract.schedule(DAY)
    day = contract.run(october(4))
    assert (day.run.due_lines, run_status(contract, DAY)) == (0, "not_run")


def test_day_without_due_lines_says_so(contract: World) -> None:
    contract.schedule(october(4), october(6))
    contract.run(october(4))
    assert contract.run(DAY).run.skipped_reason == "nothing is due on 2026-10-05"


def test_day_before_every_schedule_says_when_they_begin(contract: World) -> None:
    contract.schedule(october(6))
    reason = contract.run(DAY).run.skipped_reason
    assert reason == "nothing is due on 2026-10-05: the invoice schedules begin on 2026-10-06"


def test_day_without_any_schedule_says_so(contract: World) -> None:
    reason = contract.run(DAY).run.skipped_reason
    assert reason == "nothing is due on 2026-10-05: no contract of the run has an invoice schedule"


def test_day_that_a_later_day_caught_up_is_due_again_on_its_own_day(contract: World) -> None:
    contract.schedule(DAY)
    contract.run(october(7))
    assert contract.run(DAY).run.due_lines == 1


def test_milestone_date_that_a_later_day_caught_up_is_due_again_on_its_own_day(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, line_id="prototype")
    contract.run(october(7))
    assert contract.run(DAY).run.due_lines == 1


@pytest.mark.parametrize("run_date", [DAY, october(7)])
def test_draft_of_a_day_that_a_later_day_caught_up_is_derived_afresh_by_both(contract: World, run_date: date) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.run(october(7), "caught up")
    contract.transaction("T2", october(2))
    contract.run(run_date)
    assert billed(contract) == {DAY: ["T1", "T2"]}


def test_draft_of_a_day_that_ran_stays_as_it_is_on_every_other_day(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.run(october(7))
    contract.transaction("T2", october(2))
    for day in (october(4), october(6), october(8)):
        contract.run(day)
    assert billed(contract) == {DAY: ["T1"]}


def test_row_that_a_later_day_could_not_run_is_due_on_its_own_day(contract: World) -> None:
    contract.line("broken")
    contract.schedule(DAY, line_id="broken")
    damage.break_split(contract, "broken")
    contract.run(october(7))
    assert contract.run(DAY).run.due_lines == 1


def test_future_date_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-10-06 is in the future, today is 2026-10-05"):
        refuse_future(october(6), today=DAY)


def test_today_is_not_refused() -> None:
    refuse_future(DAY, today=DAY)


def test_day_without_due_lines_succeeds(contract: World) -> None:
    assert contract.run(DAY).run.status == "succeeded"


def test_fixed_price_line_is_due_on_its_milestone_dates(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, line_id="prototype")
    contract.milestone("M2", october(12), line_id="prototype")
    contract.run(DAY)
    contract.run(october(12))
    assert billed(contract) == {DAY: ["M1"], october(12): ["M2"]}


def test_two_milestones_of_a_day_make_their_line_due_once(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, line_id="prototype")
    contract.milestone("M2", DAY, line_id="prototype")
    assert contract.run(DAY).run.due_lines == 1


def test_two_milestones_of_a_day_are_one_invoice_line_with_two_details(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, "5000", line_id="prototype")
    contract.milestone("M2", DAY, "700", line_id="prototype")
    contract.run(DAY)
    lines = contract.read("SELECT chargeable_amount, detail_count FROM analytics.invoice_lines")
    assert [tuple(line) for line in lines] == [(5700, 2)]


def test_milestone_and_schedule_row_of_a_day_make_their_line_due_once(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.schedule(DAY, line_id="prototype")
    contract.milestone("M1", DAY, line_id="prototype")
    assert contract.run(DAY).run.due_lines == 1
    assert billed(contract) == {DAY: ["M1"]}


def test_milestone_of_a_time_and_material_line_is_not_due(contract: World) -> None:
    contract.milestone("M1", DAY, line_id=LINE)
    assert contract.run(DAY).run.due_lines == 0


def test_milestone_of_a_time_and_material_line_is_reported(contract: World) -> None:
    contract.schedule(DAY)
    contract.milestone("M1", DAY, line_id=LINE)
    contract.run(DAY)
    assert exceptions(contract) == ["milestone_on_time_and_material_line"]


def test_row_run_by_another_system_is_not_run(contract: World) -> None:
    contract.schedule(DAY, status="run_successful")
    contract.transaction("T1", october(1))
    assert contract.run(DAY).run.due_lines == 0
    assert billed(contract) == {}


def test_row_run_by_another_system_is_not_caught_up(contract: World) -> None:
    contract.schedule(DAY, status="run_successful")
    contract.transaction("T1", october(1))
    assert contract.run(october(6)).run.due_lines == 0


def test_row_run_by_another_system_stays_so_when_its_line_is_due_by_milestone(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.schedule(DAY, line_id="prototype", status="run_successful")
    contract.milestone("M1", DAY, line_id="prototype")
    contract.run(DAY)
    (row,) = contract.read("SELECT ran_at FROM analytics.invoice_schedule WHERE milestone_id IS NULL")
    assert row.ran_at is None


def test_row_run_by_another_system_stays_so_when_its_contract_is_set_aside(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.schedule(DAY, line_id="prototype", status="run_successful")
    contract.milestone("M1", DAY, line_id="prototype")
    damage.break_split(contract, "prototype")
    contract.run(DAY)
    (row,) = contract.read("SELECT run_status, ran_at FROM analytics.invoice_schedule WHERE milestone_id IS NULL")
    assert tuple(row) == ("run_successful", None)


def test_milestone_run_by_another_system_is_not_run(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, line_id="prototype")
    damage.set_run_status(contract, "run_successful", DAY, "prototype")
    assert contract.run(DAY).run.due_lines == 0


@pytest.mark.parametrize("run_date", [DAY, october(6)])
def test_row_that_failed_is_run_again(contract: World, run_date: date) -> None:
    contract.schedule(DAY, status="run_failed")
    contract.transaction("T1", october(1))
    contract.run(run_date)
    assert billed(contract) == {DAY: ["T1"]}
    assert run_status(contract, DAY) == "run_successful"
