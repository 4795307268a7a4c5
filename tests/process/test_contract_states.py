"""The state of a contract: only an active one is billed; what waits meanwhile is reported, and caught up once it is active."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.process.contracts import DAY
from tests.world.desk import Desk
from tests.world.names import CONTRACT, october
from tests.world.reads import billed, exceptions, run_status
from tests.world.world import World

NOT_ACTIVE = ("draft", "on_hold", "closed")


@pytest.fixture
def due(contract: World) -> World:
    """Work, a milestone and run dates on the 5th and the 12th, each with what its cut-off admits."""
    contract.line("prototype", method="fixed_price")
    contract.schedule(DAY, october(12))
    contract.transaction("T1", october(1), "100")
    contract.transaction("T2", october(8), "20")
    contract.transaction("T3", october(12), "3")  # after both cut-offs
    contract.milestone("M1", october(12), "5000", line_id="prototype")
    return contract


def turn(world: World, state: str) -> None:
    world.revise("project_contracts", state=state)


def message(world: World, code: str) -> str:
    ((found,),) = world.read("SELECT message FROM analytics.billing_exceptions WHERE code = :code", code=code)
    return str(found)


# Billed or not


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_contract_that_is_not_active_is_billed_by_no_run(due: World, state: str) -> None:
    turn(due, state)
    for day in (DAY, october(12), october(20)):
        due.run(day)
    due.run(october(20), "named", contract_ids=[CONTRACT])
    assert billed(due) == {}


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_contract_that_is_not_active_is_not_billed_by_hand(due: World, state: str) -> None:
    turn(due, state)
    everything = Desk(due).create()
    named = Desk(due).create(transaction_ids=["T1"], milestone_ids=["M1"])
    assert [refused.reason for done in (everything, named) for refused in done.refused] == [
        f"the contract is {state}; only active contracts are invoiced"
    ] * 2
    assert billed(due) == {}


# Caught up


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_contract_that_becomes_active_is_caught_up_under_its_own_dates_and_cut_offs(due: World, state: str) -> None:
    turn(due, state)
    due.run(DAY)
    due.run(october(12))
    turn(due, "active")
    due.run(october(19))
    assert billed(due) == {DAY: ["T1"], october(12): ["M1", "T2"]}


def test_contract_that_becomes_active_is_caught_up_as_far_back_as_catch_up_days(due: World) -> None:
    turn(due, "on_hold")
    due.run(DAY)
    turn(due, "active")
    due.run(DAY + timedelta(days=due.settings.catch_up_days))
    assert run_status(due, DAY) == "run_successful"


def test_row_that_waited_for_longer_than_catch_up_days_is_reported_once_its_contract_is_active(due: World) -> None:
    turn(due, "on_hold")
    due.run(DAY)
    turn(due, "active")
    due.run(DAY + timedelta(days=due.settings.catch_up_days + 1))
    assert run_status(due, DAY) == "not_run"
    assert "overdue_schedule_row" in exceptions(due)


# Closed, with open sales


def test_closed_contract_with_open_sales_is_reported_with_their_number_and_sum(due: World) -> None:
    due.transaction("not ready", october(2), "0.5", status="unbilled")
    turn(due, "closed")
    due.run(DAY)
    assert message(due, "closed_with_open_sales") == (
        "Contract Adatum is closed, and 4 transactions and 1 milestones of 5123.50 USD are not billed; make it active and bill "
        "them, confirm the drafts that they are on, or cancel them in the source."
    )


def test_transaction_of_several_customers_counts_once(contract: World) -> None:
    contract.line("shared", percents={"Fabrikam": "33.3333", "Northwind": "66.6667"})
    contract.transaction("T1", october(1), "100", line_id="shared")
    turn(contract, "closed")
    contract.run(DAY)
    assert " 1 transactions and 0 milestones of 100.00 USD " in message(contract, "closed_with_open_sales")


def test_sum_is_what_the_contract_has_open(due: World) -> None:
    due.transaction("free", october(2), "7", billing_type="complimentary")
    due.run(DAY)  # some of it is on a draft
    turn(due, "closed")
    due.run(DAY)
    ((amount,),) = due.read("SELECT open_amount FROM analytics.contracts")
    assert f" of {amount} USD " in message(due, "closed_with_open_sales")


def test_sales_on_a_draft_are_open_until_it_is_confirmed(contract: World) -> None:
    contract.transaction("T1", october(1))
    desk = Desk(contract)
    draft = desk.created()
    turn(contract, "closed")
    contract.run(DAY)
    assert exceptions(contract) == ["closed_with_open_sales"]
    desk.confirm(draft)
    contract.run(DAY)
    assert exceptions(contract) == []


@pytest.mark.parametrize(
    "said", [{"status": "canceled"}, {"status": "invoice_posted"}, {"billing_type": "complimentary"}]
)
def test_closed_contract_that_has_nothing_to_bill_is_not_reported(contract: World, said: dict[str, str]) -> None:
    contract.transaction("T1", october(1), **said)
    turn(contract, "closed")
    contract.run(DAY)
    assert "closed_with_open_sales" not in exceptions(contract)


@pytest.mark.parametrize("state", ["draft", "on_hold", "active"])
def test_contract_that_is_not_closed_may_have_open_sales(due: World, state: str) -> None:
    turn(due, state)
    due.run(DAY)
    assert "closed_with_open_sales" not in exceptions(due)


def test_report_of_open_sales_goes_when_the_contract_is_active_again(due: World) -> None:
    turn(due, "closed")
    due.run(DAY)
    turn(due, "active")
    due.run(DAY)
    assert "closed_with_open_sales" not in exceptions(due)


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_ready_work_of_a_contract_that_is_not_active_is_not_said_to_be_billed_by_hand(due: World, state: str) -> None:
    turn(due, state)
    due.run(DAY)
    assert message(due, "ready_without_run_date").endswith(f"wait on a contract that is {state}; make it active.")
