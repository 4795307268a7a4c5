"""A day that is run again changes nothing that is right, and a preview writes nothing at all."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from invoicing.process.day import preview_day
from invoicing.settings import Settings
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.reads import billed, dump, invoice_of, shown, versions
from tests.world.steps import Steps
from tests.world.world import World

DAY = october(5)
DAYS = (october(5), october(6), october(12), october(19), october(20))

# What runs say of themselves.
LEDGER = ("invoice_runs", "run_amounts", "run_accounting")


def believable(world: World) -> None:
    """Shares, milestones, waiting work of every kind, and contracts that are on hold, broken or overdue."""
    world.contract()
    world.line("work", percents={"Fabrikam": "33.3333", "Northwind": "66.6667"}, excludes=("fee",))
    world.line("travel")
    world.line("prototype", method="fixed_price", percents={"Northwind": "100"})
    world.schedule(october(5), october(19), line_id="work")
    world.schedule(october(12), line_id="travel", cutoff=october(8))
    world.schedule(date(2026, 8, 1), line_id="travel")  # overdue
    world.milestone("M1", october(5), "5000", line_id="prototype")
    world.milestone("M2", october(12), "700", line_id="prototype", ready=False)
    for nth in range(1, 19):
        world.transaction(f"T{nth}", october(nth), f"{nth}.01", tax="0.25", line_id=("work", "travel")[nth % 2])
    world.transaction("not ready", october(2), status="unbilled")
    world.transaction("canceled", october(2), status="canceled")
    world.transaction("fee", october(2), transaction_class="fee")
    world.transaction("free", october(2), billing_type="complimentary")
    world.contract("On hold", state="on_hold")
    world.line(contract_id="On hold")
    world.schedule(october(5), contract_id="On hold")
    world.contract("Broken", currency="KWD")
    world.line(contract_id="Broken")
    world.schedule(october(6), contract_id="Broken")
    world.transaction("T1", october(1), "1.001", contract_id="Broken")
    damage.break_split(world, contract_id="Broken")


@pytest.fixture(scope="module")
def built(new_world: Callable[[], World]) -> World:
    """The world of `believable`, before any run."""
    world = new_world()
    believable(world)
    return world


@pytest.fixture(scope="module")
def ran(built: World, copy_world: Callable[[World], World]) -> World:
    """The same after all `DAYS`; the tests repeat them, which must change nothing."""
    world = copy_world(built)
    for day in DAYS:
        world.run(day)
    return world


@pytest.fixture
def due(world: World) -> World:
    """An active contract with something to invoice on 5 October."""
    world.contract()
    world.line()
    world.schedule(DAY, october(19))
    world.transaction("T1", october(1), "100")
    return world


# Days that were run


def test_days_were_invoiced(ran: World) -> None:
    """Or the tests below would prove nothing."""
    found = billed(ran)
    assert {day: len(ids) for day, ids in found.items()} == {october(5): 7, october(12): 4, october(19): 14}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_day_that_is_run_again_changes_no_row(ran: World, day: date) -> None:
    before = dump(ran, ledger=False)
    ran.run(day)
    assert dump(ran, ledger=False) == before


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_day_that_is_run_again_by_another_run_changes_no_row(ran: World, day: date) -> None:
    before = dump(ran, ledger=False)
    ran.run(day, "another run")
    assert dump(ran, ledger=False) == before


@pytest.mark.parametrize("seed", range(3))
def test_days_that_are_run_again_in_any_order_change_no_row(ran: World, seed: int) -> None:
    order = random.Random(seed).choices(DAYS, k=8)
    before = dump(ran, ledger=False)
    for day in order:
        ran.run(day)
    assert dump(ran, ledger=False) == before, order


def test_day_that_is_run_again_keeps_the_versions_of_its_drafts(due: World) -> None:
    due.run(DAY)
    before = versions(due)
    due.run(DAY)
    assert versions(due) == before


def test_draft_that_changes_when_its_day_is_run_again_has_a_later_version(due: World) -> None:
    due.run(DAY)
    (before,) = versions(due).values()
    due.transaction("T2", october(2))
    due.run(DAY)
    (after,) = versions(due).values()
    assert after > before


def test_day_that_is_run_again_for_one_contract_changes_no_row(ran: World) -> None:
    before = dump(ran, ledger=False)
    ran.run(DAY, "narrowed", contract_ids=["Adatum"])
    assert dump(ran, ledger=False) == before


def test_day_without_due_lines_that_is_run_again_changes_no_row(ran: World) -> None:
    ran.run(october(3))
    before = dump(ran, ledger=False)
    ran.run(october(3))
    assert dump(ran, ledger=False) == before


def test_day_that_is_run_again_beside_a_touched_invoice_changes_no_row(due: World) -> None:
    due.run(DAY)
    Desk(due).review(invoice_of(due, DAY))
    due.transaction("T2", october(2))
    due.run(october(19))
    before = dump(due, ledger=False)
    for day in (DAY, october(19), DAY):
        due.run(day)
    assert dump(due, ledger=False) == before


def test_day_that_billed_a_late_milestone_changes_no_row_when_it_is_run_again(due: World) -> None:
    due.settings = Settings(late_milestones="bill")
    due.line("prototype", method="fixed_price")
    due.milestone("M1", DAY, line_id="prototype", ready=False)
    due.run(DAY)
    due.revise("milestones", "M1", billing_status="ready_to_invoice")
    due.run(october(19))
    before = dump(due, ledger=False)
    for day in (october(19), DAY, october(19)):
        due.run(day)
    assert dump(due, ledger=False) == before


def test_day_that_fixed_a_problem_changes_no_row_when_it_is_run_again(world: World) -> None:
    world.contract()
    world.line()
    world.schedule(DAY)
    world.run(date(2026, 12, 1))
    world.run(DAY)
    before = dump(world, ledger=False)
    world.run(DAY)
    assert dump(world, ledger=False) == before


# Steps


def test_steps_taken_twice_write_what_steps_taken_once_write(
    built: World, lend_world: Callable[[World], World]
) -> None:
    once, twice = lend_world(built), lend_world(built)
    for day in DAYS:
        for step in Steps(once, day, f"day/{day}").in_order:
            step()
        for step in Steps(twice, day, f"day/{day}").in_order:
            step()
            step()
    assert shown(twice, moments=False) == shown(once, moments=False)


@pytest.mark.parametrize("step", ["filter_ready", "write_drafts", "close"])
def test_step_taken_again_leaves_what_it_left(due: World, step: str) -> None:
    run = Steps(due, DAY).up_to(step)
    before = dump(due, ledger=False), shown(due, LEDGER, moments=False)
    getattr(run, step)()
    assert (dump(due, ledger=False), shown(due, LEDGER, moments=False)) == before


def test_run_can_go_back_to_a_step_that_it_took(due: World) -> None:
    due.transaction("T2", october(2), status="unbilled")
    run = Steps(due, DAY).up_to("write_drafts")
    due.revise("transactions", "T2", billing_status="ready_to_invoice")
    run.filter_ready()
    run.write_drafts()
    run.close()
    assert billed(due) == {DAY: ["T1", "T2"]}


def test_run_can_start_over_at_any_step(due: World) -> None:
    run = Steps(due, DAY)
    for last in ("find_due", "filter_ready", "write_drafts", "close"):
        run.up_to(last)
    ended = run.latest()
    assert (billed(due), ended.status, ended.attempt) == ({DAY: ["T1"]}, "succeeded", 4)


# Preview


def foreseeable(invoices: Any) -> Any:
    return invoices.drop(columns="created_at").to_dict("records")


@pytest.fixture(scope="module")
def previewed(built: World, copy_world: Callable[[World], World]) -> World:
    """The world of `believable`, for tests whose previews must leave it as it is."""
    return copy_world(built)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_preview_leaves_no_trace(previewed: World, day: date) -> None:
    before = dump(previewed)
    preview_day(previewed.engine, day, settings=previewed.settings)
    assert dump(previewed) == before


def test_preview_of_a_day_that_was_run_leaves_no_trace(ran: World) -> None:
    before = dump(ran)
    preview_day(ran.engine, DAY, settings=ran.settings)
    assert dump(ran) == before


def test_preview_shows_what_the_run_writes(built: World, lend_world: Callable[[World], World]) -> None:
    world = lend_world(built)
    for day in DAYS:
        previewed = preview_day(world.engine, day, settings=world.settings)
        written = world.run(day)
        assert foreseeable(previewed.invoices) == foreseeable(written.invoices), day
        assert previewed.quarantined == written.quarantined, day
        assert previewed.kept_drafts == written.kept_drafts, day


def test_preview_of_a_line_that_came_late_shows_the_whole_draft(due: World) -> None:
    due.run(DAY)
    due.line("L2")
    due.schedule(DAY, line_id="L2")
    due.transaction("T2", october(1), "30", line_id="L2")
    foreseen = preview_day(due.engine, october(6), settings=due.settings).invoices
    assert foreseeable(foreseen) == foreseeable(due.run(october(6)).invoices)
    assert foreseen["total_amount"].tolist() == [130]


def test_preview_shows_the_confirmed_invoices_of_its_rows(due: World) -> None:
    due.run(DAY)
    Desk(due).confirm(invoice_of(due, DAY))
    foreseen = preview_day(due.engine, DAY, settings=due.settings).invoices
    assert foreseeable(foreseen) == foreseeable(due.run(DAY).invoices)
    assert foreseen["status"].tolist() == ["confirmed"]


def test_preview_counts_what_the_run_counts(previewed: World, lend_world: Callable[[World], World]) -> None:
    foreseen = preview_day(previewed.engine, DAY, settings=previewed.settings)
    written = lend_world(previewed).run(DAY)
    told = ("due_lines", "quarantined_contracts", "skipped_reason")
    assert [getattr(foreseen.run, name) for name in told] == [getattr(written.run, name) for name in told]
    counted = ("ready_transactions", "ready_milestones", "invoices", "invoice_lines", "details", "amounts")
    assert [getattr(foreseen.figures, name) for name in counted] == [getattr(written.figures, name) for name in counted]


def test_preview_shows_what_a_repeat_would_take_off_a_draft(due: World) -> None:
    due.transaction("T2", october(1), "30")
    due.run(DAY)
    due.revise("transactions", "T2", billing_status="canceled")
    invoices = preview_day(due.engine, DAY, settings=due.settings).invoices
    assert invoices["total_amount"].tolist() == [100]
    assert billed(due) == {DAY: ["T1", "T2"]}


def test_preview_can_be_narrowed_to_contracts(due: World) -> None:
    due.contract("Contoso")
    due.line(contract_id="Contoso")
    due.schedule(DAY, contract_id="Contoso")
    due.transaction("T1", october(1), contract_id="Contoso")
    invoices = preview_day(due.engine, DAY, settings=due.settings, contract_ids=["Contoso"]).invoices
    assert invoices["contract_id"].tolist() == ["Contoso"]


@pytest.mark.parametrize("step", ["find_due", "filter_ready", "write_drafts"])
def test_preview_between_the_steps_of_a_run_leaves_it_what_its_steps_left(due: World, step: str) -> None:
    run = Steps(due, DAY).up_to(step)
    before = dump(due)
    preview_day(due.engine, DAY, settings=due.settings)
    assert dump(due) == before
    for following in run.in_order[1:]:
        following()
    assert billed(due) == {DAY: ["T1"]}
