"""Lines that are not invoiced though somebody may expect it: they are reported."""

from __future__ import annotations

from datetime import date

import pytest

from tests.process.contracts import DAY
from tests.world.names import october
from tests.world.reads import billed, exceptions, run_status
from tests.world.world import World


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
    assert "contract_not_active" in exceptions(world)


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
