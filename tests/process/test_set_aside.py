"""Contracts whose set-up would break the grouping are set aside, with what to fix; the others go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.process.contracts import DAY, other_contract
from tests.world import damage
from tests.world.names import CONTRACT, october
from tests.world.reads import accounting, billed, exceptions, run_status
from tests.world.world import World

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
