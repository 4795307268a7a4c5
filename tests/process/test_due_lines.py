"""Which contract lines are due on a day, which are set aside, and which are only reported."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from invoicing.errors import NotFoundError, UsageError
from invoicing.process.due_lines import refuse_future
from invoicing.settings import Settings
from tests.process.outcome import accounting, billed, count, exceptions, run_status
from tests.process.warehouse import CONTRACT, LINE, Warehouse, october

DAY = october(5)


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with a line of time and material, and no schedule."""
    emptied.contract()
    emptied.line()
    return emptied


def other_contract(warehouse: Warehouse, contract_id: str = "Contoso", transaction_id: str = "theirs") -> None:
    """Another contract that has something to invoice on `DAY`."""
    warehouse.contract(contract_id)
    warehouse.line(contract_id=contract_id)
    warehouse.schedule(DAY, contract_id=contract_id)
    warehouse.transaction(transaction_id, october(1), contract_id=contract_id)


# Dates


def test_line_is_due_on_its_run_date(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    assert warehouse.run(DAY).run.due_lines == 1


def test_line_is_not_due_before_its_run_date(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    day = warehouse.run(october(4))
    assert (day.run.due_lines, run_status(warehouse, DAY)) == (0, "not_run")


def test_day_without_due_lines_says_so(warehouse: Warehouse) -> None:
    warehouse.schedule(october(4), october(6))
    warehouse.run(october(4))
    assert warehouse.run(DAY).run.skipped_reason == "nothing is due on 2026-10-05"


def test_day_before_every_schedule_says_when_they_begin(warehouse: Warehouse) -> None:
    warehouse.schedule(october(6))
    reason = warehouse.run(DAY).run.skipped_reason
    assert reason == "nothing is due on 2026-10-05: the invoice schedules begin on 2026-10-06"


def test_day_without_any_schedule_says_so(warehouse: Warehouse) -> None:
    reason = warehouse.run(DAY).run.skipped_reason
    assert reason == "nothing is due on 2026-10-05: no contract of the run has an invoice schedule"


def test_day_that_a_later_day_caught_up_names_the_run_that_did(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    later = warehouse.run(october(7), "later").run
    reason = warehouse.run(DAY).run.skipped_reason
    assert reason == f"nothing is due on 2026-10-05: run {later.run_id} of 2026-10-07 (later) has run its rows already"


def test_milestone_date_that_a_later_day_caught_up_is_not_due_again(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.run(october(7))
    assert warehouse.run(DAY).run.due_lines == 0


def test_draft_of_a_day_that_a_later_day_caught_up_stays_as_it_is(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(october(7))
    warehouse.transaction("T2", october(2))
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


def test_row_that_a_later_day_could_not_run_is_due_on_its_own_day(warehouse: Warehouse) -> None:
    warehouse.line("broken", percents={"Fabrikam": "99"})
    warehouse.schedule(DAY, line_id="broken")
    warehouse.run(october(7))
    assert warehouse.run(DAY).run.due_lines == 1


def test_future_date_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-10-06 is in the future, today is 2026-10-05"):
        refuse_future(october(6), today=DAY)


def test_today_is_not_refused() -> None:
    refuse_future(DAY, today=DAY)


def test_day_without_due_lines_succeeds(warehouse: Warehouse) -> None:
    assert warehouse.run(DAY).run.status == "succeeded"


def test_fixed_price_line_is_due_on_its_milestone_dates(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.milestone("M2", october(12), line_id="prototype")
    warehouse.run(DAY)
    warehouse.run(october(12))
    assert billed(warehouse) == {DAY: ["M1"], october(12): ["M2"]}


def test_two_milestones_of_a_day_make_their_line_due_once(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.milestone("M2", DAY, line_id="prototype")
    assert warehouse.run(DAY).run.due_lines == 1


def test_two_milestones_of_a_day_are_one_invoice_line_with_two_details(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, "5000", line_id="prototype")
    warehouse.milestone("M2", DAY, "700", line_id="prototype")
    warehouse.run(DAY)
    lines = warehouse.read("SELECT chargeable_amount, detail_count FROM analytics.invoice_lines")
    assert [tuple(line) for line in lines] == [(5700, 2)]


def test_milestone_and_schedule_row_of_a_day_make_their_line_due_once(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.schedule(DAY, line_id="prototype")
    warehouse.milestone("M1", DAY, line_id="prototype")
    assert warehouse.run(DAY).run.due_lines == 1
    assert billed(warehouse) == {DAY: ["M1"]}


def test_milestone_of_a_time_and_material_line_is_not_due(warehouse: Warehouse) -> None:
    warehouse.milestone("M1", DAY, line_id=LINE)
    assert warehouse.run(DAY).run.due_lines == 0


def test_milestone_of_a_time_and_material_line_is_reported(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.milestone("M1", DAY, line_id=LINE)
    warehouse.run(DAY)
    assert exceptions(warehouse) == ["milestone_on_time_and_material_line"]


# Missed days


def test_missed_day_is_caught_up_under_its_own_date(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(october(6))
    assert billed(warehouse) == {DAY: ["T1"]}


def test_missed_day_is_caught_up_under_its_own_cutoff(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("after the cut-off", DAY)
    warehouse.run(october(20))
    assert billed(warehouse) == {}


def test_missed_days_are_caught_up_each_under_its_own_date(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY, october(12))
    warehouse.transaction("T1", october(1))
    warehouse.transaction("T2", october(8))
    warehouse.run(october(19))
    assert billed(warehouse) == {DAY: ["T1"], october(12): ["T2"]}


def test_day_caught_up_has_run(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.run(october(6))
    assert run_status(warehouse, DAY) == "run_successful"


def test_missed_milestone_is_caught_up_under_its_own_date(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.run(october(20))
    assert billed(warehouse) == {DAY: ["M1"]}


def test_row_entered_late_joins_the_draft_of_its_date(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.line("travel")
    warehouse.transaction("T2", october(2), line_id="travel")
    warehouse.run(DAY)
    (before,) = warehouse.read("SELECT invoice_id, created_at FROM invoicing.invoice")
    warehouse.schedule(DAY, line_id="travel")
    warehouse.run(october(6))
    (after,) = warehouse.read("SELECT invoice_id, created_at FROM invoicing.invoice")
    assert billed(warehouse) == {DAY: ["T1", "T2"]}
    assert tuple(after) == tuple(before)


def test_row_entered_late_leaves_the_other_lines_of_its_draft_alone(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.line("travel")
    warehouse.transaction("T2", october(2), line_id="travel")
    warehouse.run(DAY)
    warehouse.transaction("late", october(1))
    warehouse.schedule(DAY, line_id="travel")
    warehouse.run(october(6))
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_row_entered_late_raises_the_total_of_its_draft(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1), "100")
    warehouse.line("travel")
    warehouse.transaction("T2", october(2), "30", line_id="travel")
    warehouse.run(DAY)
    warehouse.schedule(DAY, line_id="travel")
    warehouse.run(october(6))
    (invoice,) = warehouse.read("SELECT total_amount, line_count FROM analytics.invoices")
    assert tuple(invoice) == (130, 2)


def test_row_as_old_as_catch_up_days_is_caught_up(warehouse: Warehouse) -> None:
    warehouse.settings = Settings(catch_up_days=10)
    warehouse.schedule(DAY)
    warehouse.run(DAY + timedelta(days=10))
    assert run_status(warehouse, DAY) == "run_successful"


def test_row_older_than_catch_up_days_is_not_run(warehouse: Warehouse) -> None:
    warehouse.settings = Settings(catch_up_days=10)
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY + timedelta(days=11))
    assert (billed(warehouse), run_status(warehouse, DAY)) == ({}, "not_run")


def test_row_older_than_catch_up_days_is_reported(warehouse: Warehouse) -> None:
    warehouse.settings = Settings(catch_up_days=10)
    warehouse.schedule(DAY)
    warehouse.run(DAY + timedelta(days=11))
    assert exceptions(warehouse) == ["overdue_schedule_row"]


def test_row_as_old_as_catch_up_days_is_not_reported(warehouse: Warehouse) -> None:
    warehouse.settings = Settings(catch_up_days=10)
    warehouse.schedule(DAY)
    warehouse.run(DAY + timedelta(days=10))
    assert exceptions(warehouse) == []


@pytest.mark.parametrize("days_later", [0, 10])
def test_overdue_row_runs_when_somebody_runs_near_it(warehouse: Warehouse, days_later: int) -> None:
    warehouse.settings = Settings(catch_up_days=10)
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(date(2026, 12, 1))
    warehouse.run(DAY + timedelta(days=days_later))
    assert billed(warehouse) == {DAY: ["T1"]}


def test_overdue_milestone_is_reported(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.schedule(date(2026, 12, 1))
    warehouse.run(date(2026, 12, 1))
    assert exceptions(warehouse) == ["overdue_schedule_row"]


def test_overdue_report_goes_once_the_row_has_run(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.run(date(2026, 12, 1))
    warehouse.run(DAY)
    warehouse.run(date(2026, 12, 2))
    assert exceptions(warehouse) == []


# How rows came in


def test_row_run_by_another_system_is_not_run(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY, status="run_successful")
    warehouse.transaction("T1", october(1))
    assert warehouse.run(DAY).run.due_lines == 0
    assert billed(warehouse) == {}


def test_row_run_by_another_system_is_not_caught_up(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY, status="run_successful")
    warehouse.transaction("T1", october(1))
    assert warehouse.run(october(6)).run.due_lines == 0


def test_row_run_by_another_system_stays_so_when_its_line_is_due_by_milestone(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.schedule(DAY, line_id="prototype", status="run_successful")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.run(DAY)
    (row,) = warehouse.read("SELECT ran_at FROM invoicing.invoice_schedule")
    assert row.ran_at is None


def test_row_run_by_another_system_stays_so_when_its_contract_is_set_aside(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price", percents={"Fabrikam": "99"})
    warehouse.schedule(DAY, line_id="prototype", status="run_successful")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.run(DAY)
    (row,) = warehouse.read("SELECT run_status, ran_at FROM invoicing.invoice_schedule")
    assert tuple(row) == ("run_successful", None)


def test_milestone_run_by_another_system_is_not_run(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.execute("UPDATE invoicing.milestone SET run_status = 'run_successful'")
    assert warehouse.run(DAY).run.due_lines == 0


@pytest.mark.parametrize("run_date", [DAY, october(6)])
def test_row_that_failed_is_run_again(warehouse: Warehouse, run_date: date) -> None:
    warehouse.schedule(DAY, status="run_failed")
    warehouse.transaction("T1", october(1))
    warehouse.run(run_date)
    assert billed(warehouse) == {DAY: ["T1"]}
    assert run_status(warehouse, DAY) == "run_successful"


# Contracts that are not active


@pytest.mark.parametrize("state", ["draft", "on_hold", "closed"])
def test_contract_that_is_not_active_is_not_due(emptied: Warehouse, state: str) -> None:
    emptied.contract(state=state)
    emptied.line()
    emptied.schedule(DAY)
    emptied.transaction("T1", october(1))
    assert emptied.run(DAY).run.due_lines == 0
    assert run_status(emptied, DAY) == "not_run"


@pytest.mark.parametrize("state", ["draft", "on_hold", "closed"])
def test_contract_that_is_not_active_is_reported_when_it_would_be_due(emptied: Warehouse, state: str) -> None:
    emptied.contract(state=state)
    emptied.line()
    emptied.schedule(DAY)
    emptied.run(DAY)
    assert exceptions(emptied) == ["contract_not_active"]


@pytest.mark.parametrize("state", ["draft", "on_hold", "closed"])
def test_contract_that_is_not_active_is_reported_when_a_milestone_would_be_due(emptied: Warehouse, state: str) -> None:
    emptied.contract(state=state)
    emptied.line("prototype", method="fixed_price")
    emptied.milestone("M1", DAY, line_id="prototype")
    emptied.run(DAY)
    assert exceptions(emptied) == ["contract_not_active"]


def test_contract_that_is_not_active_is_not_reported_before_it_would_be_due(emptied: Warehouse) -> None:
    emptied.contract(state="on_hold")
    emptied.line()
    emptied.schedule(october(6))
    emptied.run(DAY)
    assert exceptions(emptied) == []


def test_contract_taken_off_hold_is_caught_up(emptied: Warehouse) -> None:
    emptied.contract(state="on_hold")
    emptied.line()
    emptied.schedule(DAY)
    emptied.transaction("T1", october(1))
    emptied.run(DAY)
    emptied.execute("UPDATE invoicing.project_contract SET state = 'active'")
    emptied.run(october(6))
    assert (billed(emptied), exceptions(emptied)) == ({DAY: ["T1"]}, [])


# Misconfigured lines


def test_time_and_material_line_without_schedule_is_reported(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    assert exceptions(warehouse) == ["time_and_material_without_schedule"]


def test_fixed_price_line_without_milestones_is_reported(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.line("prototype", method="fixed_price")
    warehouse.run(DAY)
    assert exceptions(warehouse) == ["fixed_price_without_milestones"]


def test_milestones_that_differ_from_the_contracted_amount_are_reported(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, "5000", line_id="prototype")
    warehouse.execute(
        "UPDATE invoicing.contract_line SET contracted_amount = 6000 WHERE contract_line_id = 'prototype'"
    )
    warehouse.run(DAY)
    assert exceptions(warehouse) == ["milestones_differ_from_contracted_amount"]


def test_problem_keeps_the_run_date_that_found_it_first(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    (first,) = warehouse.read("SELECT detected_at, run_date FROM analytics.billing_exceptions")
    warehouse.run(october(6))
    (second,) = warehouse.read("SELECT detected_at, run_date FROM analytics.billing_exceptions")
    assert tuple(second) == tuple(first)


def test_problem_that_was_mended_leaves_with_the_next_run(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    warehouse.schedule(october(19))
    warehouse.run(october(6))
    assert exceptions(warehouse) == []


# Quarantine

BREAK = {
    "line_without_customers": "DELETE FROM invoicing.contract_line_customer WHERE contract_id = 'Adatum'",
    "split_not_complete": "UPDATE invoicing.contract_line_customer SET split_percent = 99 WHERE contract_id = 'Adatum'",
    "no_rounding_customer": (
        "UPDATE invoicing.contract_line_customer SET is_rounding_customer = false WHERE contract_id = 'Adatum'"
    ),
}
BROKEN = pytest.mark.parametrize("statement", BREAK.values(), ids=BREAK)
MEND = (
    "DELETE FROM invoicing.contract_line_customer WHERE contract_id = 'Adatum' AND contract_line_id = 'work'",
    "INSERT INTO invoicing.contract_line_customer VALUES ('Adatum', 'work', 'Fabrikam', 100, true)",
)


@BROKEN
def test_contract_with_a_broken_line_is_set_aside(warehouse: Warehouse, statement: str) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.execute(statement)
    day = warehouse.run(DAY)
    assert (billed(warehouse), day.run.quarantined_contracts) == ({}, 1)


@BROKEN
def test_rows_of_a_contract_set_aside_have_failed(warehouse: Warehouse, statement: str) -> None:
    warehouse.schedule(DAY)
    warehouse.execute(statement)
    warehouse.run(DAY)
    assert run_status(warehouse, DAY) == "run_failed"


@BROKEN
def test_contract_set_aside_does_not_stop_the_others(warehouse: Warehouse, statement: str) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.execute(statement)
    other_contract(warehouse)
    warehouse.run(DAY)
    assert billed(warehouse, "Contoso") == {DAY: ["theirs"]}
    assert run_status(warehouse, DAY, contract_id="Contoso") == "run_successful"


@BROKEN
def test_mended_contract_is_taken_by_the_next_run_under_its_own_date(warehouse: Warehouse, statement: str) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.execute(statement)
    warehouse.run(DAY)
    for mend in MEND:
        warehouse.execute(mend)
    warehouse.run(october(6))
    assert (billed(warehouse), exceptions(warehouse)) == ({DAY: ["T1"]}, [])


def test_whole_contract_is_set_aside_for_one_broken_line(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.line("broken", percents={})
    warehouse.schedule(DAY, line_id="broken")
    warehouse.run(DAY)
    assert (billed(warehouse), run_status(warehouse, DAY)) == ({}, "run_failed")


def test_milestones_of_a_contract_set_aside_have_failed(warehouse: Warehouse) -> None:
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype")
    warehouse.line("broken", percents={})
    warehouse.schedule(DAY, line_id="broken")
    warehouse.run(DAY)
    assert (billed(warehouse), run_status(warehouse, DAY, "prototype")) == ({}, "run_failed")


def test_broken_line_that_is_not_due_sets_nothing_aside(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.line("broken", percents={})
    warehouse.schedule(october(19), line_id="broken")
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


def test_run_names_the_contract_set_aside_and_what_to_mend(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.execute(BREAK["line_without_customers"])
    (found,) = warehouse.run(DAY).quarantined
    assert (found.contract_id, found.code) == (CONTRACT, "line_without_customers")
    assert "contract_line_customers" in found.message


def test_transactions_of_a_contract_set_aside_are_accounted_as_quarantined(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1), "100")
    warehouse.execute(BREAK["split_not_complete"])
    assert accounting(warehouse, warehouse.run(DAY).run) == {"quarantined": (1, 100)}


def test_draft_of_a_contract_set_aside_later_stays(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    warehouse.execute(BREAK["split_not_complete"])
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


# Narrowing to contracts


def test_named_contract_alone_is_run(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    other_contract(warehouse)
    warehouse.run(DAY, contract_ids=[CONTRACT])
    assert (billed(warehouse), billed(warehouse, "Contoso")) == ({DAY: ["T1"]}, {})


def test_rows_of_other_contracts_do_not_count_as_run(warehouse: Warehouse) -> None:
    other_contract(warehouse)
    warehouse.run(DAY, contract_ids=[CONTRACT])
    assert run_status(warehouse, DAY, contract_id="Contoso") == "not_run"


def test_several_contracts_can_be_named(warehouse: Warehouse) -> None:
    other_contract(warehouse, "Contoso", "T1")
    other_contract(warehouse, "Tailspin", "T2")
    other_contract(warehouse, "Wingtip", "T3")
    warehouse.run(DAY, contract_ids=["Contoso", "Wingtip"])
    assert [row.contract_id for row in warehouse.read("SELECT contract_id FROM analytics.invoices ORDER BY 1")] == [
        "Contoso",
        "Wingtip",
    ]


def test_other_contracts_follow_with_the_next_run(warehouse: Warehouse) -> None:
    other_contract(warehouse)
    warehouse.run(DAY, contract_ids=[CONTRACT])
    warehouse.run(DAY, "everybody")
    assert billed(warehouse, "Contoso") == {DAY: ["theirs"]}


def test_problems_of_other_contracts_stay_reported(warehouse: Warehouse) -> None:
    other_contract(warehouse)
    warehouse.line("unscheduled", contract_id="Contoso")
    warehouse.run(october(1))
    warehouse.run(DAY, contract_ids=[CONTRACT])
    assert exceptions(warehouse, "Contoso") == ["time_and_material_without_schedule"]


def test_problems_of_other_contracts_are_not_looked_for(warehouse: Warehouse) -> None:
    warehouse.line("unscheduled")
    other_contract(warehouse)
    warehouse.run(DAY, contract_ids=["Contoso"])
    assert exceptions(warehouse) == []


def test_unknown_contracts_are_refused_by_name(warehouse: Warehouse) -> None:
    with pytest.raises(NotFoundError, match="no contract Litware, Wingtip in the warehouse"):
        warehouse.run(DAY, contract_ids=["Wingtip", CONTRACT, "Litware"])


def test_run_with_an_unknown_contract_leaves_nothing(warehouse: Warehouse) -> None:
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    with pytest.raises(NotFoundError):
        warehouse.run(DAY, contract_ids=[CONTRACT, "Litware"])
    assert (count(warehouse, "invoice_run"), count(warehouse, "invoice")) == (0, 0)
