"""Which contract lines are due on a day, which are set aside, and which are only reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from invoicing.errors import NotFoundError, UsageError
from invoicing.process.due_lines import refuse_future
from invoicing.settings import Settings
from tests.world import damage
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import accounting, billed, count, exceptions, run_status
from tests.world.world import World

DAY = october(5)


@pytest.fixture
def contract(world: World) -> World:
    """An active contract with a line of time and material, and no schedule."""
    world.contract()
    world.line()
    return world


def other_contract(world: World, contract_id: str = "Contoso", transaction_id: str = "theirs") -> None:
    """Another contract that has something to invoice on `DAY`."""
    world.contract(contract_id)
    world.line(contract_id=contract_id)
    world.schedule(DAY, contract_id=contract_id)
    world.transaction(transaction_id, october(1), contract_id=contract_id)


# Dates


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


# Missed days


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


# How rows came in


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


# Contracts that are not active


@pytest.mark.parametrize("state", ["draft", "on_hold", "closed"])
def test_contract_that_is_not_active_is_not_due(world: World, state: str) -> None:
    world.contract(state=state)
    world.line()
    world.schedule(DAY)
    world.transaction("T1", october(1))
    assert world.run(DAY).run.due_lines == 0
    assert run_status(world, DAY) == "not_run"


@pytest.mark.parametrize("state", ["draft", "on_hold", "closed"])
def test_contract_that_is_not_active_is_reported_when_it_would_be_due(world: World, state: str) -> None:
    world.contract(state=state)
    world.line()
    world.schedule(DAY)
    world.run(DAY)
    assert exceptions(world) == ["contract_not_active"]


@pytest.mark.parametrize("state", ["draft", "on_hold", "closed"])
def test_contract_that_is_not_active_is_reported_when_a_milestone_would_be_due(world: World, state: str) -> None:
    world.contract(state=state)
    world.line("prototype", method="fixed_price")
    world.milestone("M1", DAY, line_id="prototype")
    world.run(DAY)
    assert exceptions(world) == ["contract_not_active"]


def test_contract_that_is_not_active_is_not_reported_before_it_would_be_due(world: World) -> None:
    world.contract(state="on_hold")
    world.line()
    world.schedule(october(6))
    world.run(DAY)
    assert exceptions(world) == []


def test_contract_taken_off_hold_is_caught_up(world: World) -> None:
    world.contract(state="on_hold")
    world.line()
    world.schedule(DAY)
    world.transaction("T1", october(1))
    world.run(DAY)
    world.revise("project_contracts", state="active")
    world.run(october(6))
    assert (billed(world), exceptions(world)) == ({DAY: ["T1"]}, [])


# Misconfigured lines


def test_time_and_material_line_without_schedule_is_reported(contract: World) -> None:
    contract.run(DAY)
    assert exceptions(contract) == ["time_and_material_without_schedule"]


def test_fixed_price_line_without_milestones_is_reported(contract: World) -> None:
    contract.schedule(DAY)
    contract.line("prototype", method="fixed_price")
    contract.run(DAY)
    assert exceptions(contract) == ["fixed_price_without_milestones"]


def test_milestones_that_differ_from_the_contracted_amount_are_reported(contract: World) -> None:
    contract.schedule(DAY)
    contract.line("prototype", method="fixed_price", contracted_amount="6000")
    contract.milestone("M1", DAY, "5000", line_id="prototype")
    contract.run(DAY)
    assert exceptions(contract) == ["milestones_differ_from_contracted_amount"]


def test_ready_work_that_no_coming_run_date_takes_is_reported(contract: World) -> None:
    contract.schedule(DAY)
    contract.run(DAY)
    contract.transaction("late", october(1))
    contract.run(october(6))
    assert exceptions(contract) == ["ready_without_run_date"]


@pytest.mark.parametrize(("status", "coming"), [("unbilled", None), ("ready_to_invoice", october(19))])
def test_work_that_waits_for_somebody_or_for_a_run_date_is_not_reported(
    contract: World, status: str, coming: date | None
) -> None:
    contract.schedule(DAY, *[coming] if coming else [])
    contract.run(DAY)
    contract.transaction("late", october(1), status=status)
    contract.run(october(6))
    assert exceptions(contract) == []


def test_problem_keeps_the_run_date_that_found_it_first(contract: World) -> None:
    contract.run(DAY)
    (first,) = contract.read("SELECT detected_at, run_date FROM analytics.billing_exceptions")
    contract.run(october(6))
    (second,) = contract.read("SELECT detected_at, run_date FROM analytics.billing_exceptions")
    assert tuple(second) == tuple(first)


def test_problem_that_was_fixed_leaves_with_the_next_run(contract: World) -> None:
    contract.run(DAY)
    contract.schedule(october(19))
    contract.run(october(6))
    assert exceptions(contract) == []


# Quarantine

BREAK = {
    "line_without_customers": damage.remove_line_customers,
    "split_not_complete": damage.break_split,
    "no_rounding_customer": damage.remove_rounding_customer,
}
BROKEN = pytest.mark.parametrize("broken", BREAK.values(), ids=BREAK)


@BROKEN
def test_contract_with_a_broken_line_is_set_aside(contract: World, broken: Callable[[World], None]) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    broken(contract)
    day = contract.run(DAY)
    assert (billed(contract), day.run.quarantined_contracts) == ({}, 1)


@BROKEN
def test_rows_of_a_contract_set_aside_have_failed(contract: World, broken: Callable[[World], None]) -> None:
    contract.schedule(DAY)
    broken(contract)
    contract.run(DAY)
    assert run_status(contract, DAY) == "run_failed"


@BROKEN
def test_contract_set_aside_does_not_stop_the_others(contract: World, broken: Callable[[World], None]) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    broken(contract)
    other_contract(contract)
    contract.run(DAY)
    assert billed(contract, "Contoso") == {DAY: ["theirs"]}
    assert run_status(contract, DAY, contract_id="Contoso") == "run_successful"


@BROKEN
def test_fixed_contract_is_taken_by_the_next_run_under_its_own_date(
    contract: World, broken: Callable[[World], None]
) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    broken(contract)
    contract.run(DAY)
    contract.split({"Fabrikam": "100"})
    contract.run(october(6))
    assert (billed(contract), exceptions(contract)) == ({DAY: ["T1"]}, [])


def test_whole_contract_is_set_aside_for_one_broken_line(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.line("broken", percents={})
    contract.schedule(DAY, line_id="broken")
    contract.run(DAY)
    assert (billed(contract), run_status(contract, DAY)) == ({}, "run_failed")


def test_milestones_of_a_contract_set_aside_have_failed(contract: World) -> None:
    contract.line("prototype", method="fixed_price")
    contract.milestone("M1", DAY, line_id="prototype")
    contract.line("broken", percents={})
    contract.schedule(DAY, line_id="broken")
    contract.run(DAY)
    assert (billed(contract), run_status(contract, DAY, "prototype")) == ({}, "run_failed")


def test_broken_line_that_is_not_due_sets_nothing_aside(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.line("broken", percents={})
    contract.schedule(october(19), line_id="broken")
    contract.run(DAY)
    assert billed(contract) == {DAY: ["T1"]}


def test_run_names_the_contract_set_aside_and_what_to_fix(contract: World) -> None:
    contract.schedule(DAY)
    damage.remove_line_customers(contract)
    (found,) = contract.run(DAY).quarantined
    assert (found.contract_id, found.code) == (CONTRACT, "line_without_customers")
    assert "contract_line_customers" in found.message


def test_transactions_of_a_contract_set_aside_are_accounted_as_quarantined(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1), "100")
    damage.break_split(contract)
    assert accounting(contract, contract.run(DAY).run) == {"quarantined": (1, 100)}


def test_draft_of_a_contract_set_aside_later_stays(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    contract.run(DAY)
    damage.break_split(contract)
    contract.run(DAY)
    assert billed(contract) == {DAY: ["T1"]}


def test_what_lies_on_a_draft_that_was_set_aside_waits_there_though_another_date_would_take_it(contract: World) -> None:
    contract.schedule(DAY, october(19))
    contract.transaction("T1", october(1))
    contract.run(DAY)
    contract.line("broken")
    contract.schedule(DAY, line_id="broken")
    contract.revise("transactions", "T1", transaction_date=october(10))
    damage.break_split(contract, "broken")
    day = contract.run(october(19))
    assert (billed(contract), accounting(contract, day.run)) == ({DAY: ["T1"]}, {"on_a_draft": (1, 100)})


def test_quarantine_is_of_a_run_date_and_leaves_the_others_alone(contract: World) -> None:
    contract.schedule(DAY, october(19))
    contract.transaction("T1", october(1))
    contract.transaction("T2", october(10))
    contract.line("broken")
    contract.schedule(DAY, line_id="broken")
    damage.break_split(contract, "broken")
    contract.run(october(19))
    assert billed(contract) == {october(19): ["T2"]}
    assert [run_status(contract, day) for day in (DAY, october(19))] == ["run_failed", "run_successful"]


# Narrowing to contracts


def test_named_contract_alone_is_run(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    other_contract(contract)
    contract.run(DAY, contract_ids=[CONTRACT])
    assert (billed(contract), billed(contract, "Contoso")) == ({DAY: ["T1"]}, {})


def test_rows_of_other_contracts_do_not_count_as_run(contract: World) -> None:
    other_contract(contract)
    contract.run(DAY, contract_ids=[CONTRACT])
    assert run_status(contract, DAY, contract_id="Contoso") == "not_run"


def test_several_contracts_can_be_named(contract: World) -> None:
    other_contract(contract, "Contoso", "T1")
    other_contract(contract, "Tailspin", "T2")
    other_contract(contract, "Wingtip", "T3")
    contract.run(DAY, contract_ids=["Contoso", "Wingtip"])
    assert [row.contract_id for row in contract.read("SELECT contract_id FROM analytics.invoices ORDER BY 1")] == [
        "Contoso",
        "Wingtip",
    ]


def test_other_contracts_follow_with_the_next_run(contract: World) -> None:
    other_contract(contract)
    contract.run(DAY, contract_ids=[CONTRACT])
    contract.run(DAY, "everybody")
    assert billed(contract, "Contoso") == {DAY: ["theirs"]}


def test_problems_of_other_contracts_stay_reported(contract: World) -> None:
    other_contract(contract)
    contract.line("unscheduled", contract_id="Contoso")
    contract.run(october(1))
    contract.run(DAY, contract_ids=[CONTRACT])
    assert exceptions(contract, "Contoso") == ["time_and_material_without_schedule"]


def test_problems_of_other_contracts_are_not_looked_for(contract: World) -> None:
    contract.line("unscheduled")
    other_contract(contract)
    contract.run(DAY, contract_ids=["Contoso"])
    assert exceptions(contract) == []


def test_unknown_contracts_are_refused_by_name(contract: World) -> None:
    with pytest.raises(NotFoundError, match="no contract Litware, Wingtip in the warehouse"):
        contract.run(DAY, contract_ids=["Wingtip", CONTRACT, "Litware"])


def test_run_with_an_unknown_contract_leaves_nothing(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    with pytest.raises(NotFoundError):
        contract.run(DAY, contract_ids=[CONTRACT, "Litware"])
    assert (count(contract, "invoice_runs"), count(contract, "invoices")) == (0, 0)
