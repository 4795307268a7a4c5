"""Clearing, the operator's way to run something again: a cleared day ends as if it had never gone wrong."""

from __future__ import annotations

from datetime import date

import psutil
import pytest

from tests.e2e.conftest import Undisturbed
from tests.e2e.hold import holding
from tests.e2e.rest import Rest, wait_until
from tests.e2e.undisturbed import outcome
from tests.world.damage import refusing
from tests.world.desk import Desk
from tests.world.reads import DRAFTS, billed, invoice_of, run_of, shown
from tests.world.world import World

ADATUM = "adatum-implementation"
FIRST, SECOND, THIRD = "2020-10-05", "2020-10-19", "2020-11-02"


def run_days(rest: Rest, *days: str) -> list[str]:
    """Runs of the days, which succeeded."""
    runs = [rest.trigger(f"{day}T00:00:00Z") for day in days]
    assert [rest.wait_for(run) for run in runs] == ["success"] * len(days)
    return runs


def test_day_that_failed_and_is_cleared_ends_as_an_undisturbed_one(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    with refusing(warehouse, "write_draft_invoices"):
        run = rest.trigger(f"{FIRST}T00:00:00Z")
        assert rest.wait_for(run) == "failed"
    rest.clear_run(run)
    assert rest.wait_for(run) == "success"
    assert outcome(warehouse) == undisturbed(FIRST)


def test_day_that_failed_and_whose_failed_tasks_are_cleared_ends_as_an_undisturbed_one(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    with refusing(warehouse, "write_draft_invoices"):
        run = rest.trigger(f"{FIRST}T00:00:00Z")
        assert rest.wait_for(run) == "failed"
    rest.clear_run(run, only_failed=True)
    assert rest.wait_for(run) == "success"
    assert outcome(warehouse) == undisturbed(FIRST)


def test_day_that_succeeded_and_is_cleared_changes_nothing(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    (run,) = run_days(rest, FIRST)
    rest.clear_run(run)
    assert rest.wait_for(run) == "success"
    assert outcome(warehouse) == undisturbed(FIRST)
    assert run_of(warehouse, f"create_invoices/{run}").attempt == 2


def test_three_days_cleared_at_once_run_one_after_the_other_the_oldest_first(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    runs = run_days(rest, FIRST, SECOND, THIRD)
    rest.clear_runs(*reversed(runs))
    assert [rest.wait_for(run) for run in runs] == ["success"] * 3
    found = sorted((run_of(warehouse, f"create_invoices/{run}") for run in runs), key=lambda run: run.started_at)
    assert [(run.attempt, str(run.run_date)) for run in found] == [(2, FIRST), (2, SECOND), (2, THIRD)]
    assert outcome(warehouse) == undisturbed(FIRST, SECOND, THIRD)


def test_write_task_that_alone_is_cleared_changes_nothing(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    (run,) = run_days(rest, FIRST)
    rest.clear_tasks(run, "write_draft_invoices", downstream=False)
    assert rest.wait_for(run) == "success"
    assert outcome(warehouse) == undisturbed(FIRST)


@pytest.mark.slow_e2e
@pytest.mark.parametrize("state", ["failed", "success"])
def test_run_that_is_marked_while_it_writes_ends_so_and_gives_the_warehouse_to_the_next(
    rest: Rest, warehouse: World, undisturbed: Undisturbed, state: str
) -> None:
    with holding(warehouse, "write_draft_invoices") as hold:
        stuck, following = (rest.trigger(f"{day}T00:00:00Z") for day in (FIRST, SECOND))
        hold.wait_until_reached()
        pid = rest.task(stuck, "write_draft_invoices")["pid"]
        rest.end(stuck, state)
        wait_until(lambda: not psutil.pid_exists(pid), otherwise="the task goes on")
    assert [rest.wait_for(run) for run in (stuck, following)] == [state, "success"]
    assert "Attempt 1 is not closed: clear find_due_contract_lines with Downstream." in rest.run(stuck)["note"]
    assert outcome(warehouse) == undisturbed(SECOND)


def one_is_not_ready(warehouse: World) -> None:
    Desk(warehouse).mark(ADATUM, ready=False, transaction_ids=["T-001"])


def it_is_ready(warehouse: World) -> None:
    Desk(warehouse).mark(ADATUM, transaction_ids=["T-001"])


def edit(warehouse: World) -> None:
    desk, invoice = Desk(warehouse), invoice_of(warehouse, date.fromisoformat(FIRST), "adatum", ADATUM)
    desk.review(invoice)
    desk.back_to_draft(invoice)


def test_draft_that_somebody_edited_stays_when_its_day_is_cleared(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    one_is_not_ready(warehouse)
    (run,) = run_days(rest, FIRST)
    edit(warehouse)
    it_is_ready(warehouse)
    before = shown(warehouse, DRAFTS)
    rest.clear_run(run)
    assert rest.wait_for(run) == "success"
    assert shown(warehouse, DRAFTS) == before
    assert outcome(warehouse) == undisturbed(one_is_not_ready, FIRST, edit, it_is_ready, FIRST)


def test_draft_that_nobody_edited_takes_what_has_become_ready_when_its_day_is_cleared(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    one_is_not_ready(warehouse)
    (run,) = run_days(rest, FIRST)
    it_is_ready(warehouse)
    rest.clear_run(run)
    assert rest.wait_for(run) == "success"
    assert "T-001" in billed(warehouse, ADATUM)[date.fromisoformat(FIRST)]
    assert outcome(warehouse) == undisturbed(one_is_not_ready, FIRST, it_is_ready, FIRST)
