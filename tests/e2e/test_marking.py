"""What people clear, mark and delete, alone or after one another: ledger, page and note say the same, and the next day is right."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.e2e.conftest import MakeWarehouse, Undisturbed, connect
from tests.e2e.rest import DAG_ID, Rest
from tests.e2e.schedule import in_two_buckets, moment
from tests.e2e.stack import Stack
from tests.e2e.undisturbed import outcome, run_undisturbed
from tests.e2e.worlds import five_days
from tests.world.damage import refusing
from tests.world.reads import run_of
from tests.world.world import World

pytestmark = pytest.mark.slow_e2e

FIRST, SECOND = "2020-10-05", "2020-10-19"
FIND, FILTER, WRITE, CLOSE = (
    "find_due_contract_lines",
    "filter_ready_transactions",
    "write_draft_invoices",
    "close_run",
)
REMEDY = f"clear {FIND} with Downstream."

Act = Callable[[Rest, str], object]


def cleared_alone(task_id: str) -> Act:
    return lambda rest, run: rest.clear_tasks(run, task_id, downstream=False)


def cleared(task_id: str) -> Act:
    return lambda rest, run: rest.clear_tasks(run, task_id)


def marked(task_id: str, state: str = "success") -> Act:
    return lambda rest, run: rest.mark(run, task_id, state)


def deleted_and_triggered_again(rest: Rest, run: str) -> None:
    rest.delete(run)
    rest.trigger(moment(FIRST), run_id=run)


def run_day(rest: Rest, day: str = FIRST) -> str:
    run = rest.trigger(moment(day))
    assert rest.wait_for(run) == "success"
    return run


def note_of(rest: Rest, run: str) -> str:
    return str(rest.run(run)["note"])


def they_agree(rest: Rest, warehouse: World, run: str) -> str:
    """How the latest attempt stands in the ledger; the page says so, too, and the note what it means."""
    latest = run_of(warehouse, f"{DAG_ID}/{run}")
    page = rest.get(f"/invoicing/dags/{DAG_ID}/runs/{quote(run, safe='')}", format="json")["run"]
    assert (page["attempt"], page["status"]) == (latest.attempt, latest.status)
    note = note_of(rest, run)
    assert (f"Attempt {latest.attempt} is not closed" in note) == (latest.status == "running"), note
    assert latest.status != "failed" or " failed" in note, note
    return latest.status


@pytest.mark.parametrize(
    ("act", "attempts"),
    [
        (cleared_alone(FIND), [(1, "succeeded", True), (2, "running", False)]),
        (cleared_alone(FILTER), [(1, "succeeded", True)]),
        (cleared_alone(CLOSE), [(1, "succeeded", True)]),
        (deleted_and_triggered_again, [(1, "succeeded", False), (2, "succeeded", True)]),
    ],
    ids=["find due cleared alone", "filter cleared alone", "close cleared alone", "deleted and triggered again"],
)
def test_day_that_succeeded_is_told_alike_everywhere_whatever_is_done_to_its_run_and_the_next_day_is_right(
    rest: Rest, warehouse: World, undisturbed: Undisturbed, act: Act, attempts: list[tuple[int, str, bool]]
) -> None:
    run = run_day(rest)
    act(rest, run)
    assert rest.wait_for(run) == "success"
    assert they_agree(rest, warehouse, run) == attempts[-1][1]
    query = "SELECT attempt, status, is_latest FROM analytics.invoice_runs ORDER BY attempt"
    assert warehouse.read(query) == attempts
    run_day(rest, SECOND)
    assert outcome(warehouse) == undisturbed(FIRST, SECOND)


def test_day_whose_first_task_was_cleared_alone_is_fixed_by_what_its_note_names(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    run = run_day(rest)
    rest.clear_tasks(run, FIND, downstream=False)
    assert rest.wait_for(run) == "success"
    assert f"Attempt 2 is not closed: {REMEDY}" in note_of(rest, run)
    rest.clear_tasks(run, FIND)
    assert rest.wait_for(run) == "success"
    assert they_agree(rest, warehouse, run) == "succeeded"
    assert outcome(warehouse) == undisturbed(FIRST)


def test_one_bucket_that_is_cleared_alone_leaves_an_attempt_that_the_note_tells_from_one_that_succeeded(
    stack: Stack, rest: Rest, make_warehouse: MakeWarehouse, template: str
) -> None:
    warehouse, other = make_warehouse(template), make_warehouse(template)
    for contract_id in ("Adatum", "Contoso", "Northwind", "Tailspin", "Wingtip"):
        five_days(warehouse, FIRST, contract_id)
        five_days(other, FIRST, contract_id)
    connect(rest, warehouse.engine.url)
    with in_two_buckets(stack):
        run = run_day(rest)
        rest.clear_tasks(run, (WRITE, 1), downstream=False)
        assert rest.wait_for(run) == "success"
        assert they_agree(rest, warehouse, run) == "running"
        rest.clear_tasks(run, CLOSE)
        assert rest.wait_for(run) == "success"
        assert they_agree(rest, warehouse, run) == "succeeded"
    run_undisturbed(other, FIRST)
    assert outcome(warehouse) == outcome(other)


@pytest.mark.parametrize("task_id", [WRITE, CLOSE])
def test_day_that_failed_never_reads_succeeded_by_marking_its_tasks_and_the_next_day_takes_its_rows(
    rest: Rest, warehouse: World, undisturbed: Undisturbed, task_id: str
) -> None:
    with refusing(warehouse, WRITE):
        run = rest.trigger(moment(FIRST))
        assert rest.wait_for(run) == "failed"
    rest.mark(run, task_id, "success")
    rest.wait_for(run)
    assert they_agree(rest, warehouse, run) == "failed"
    run_day(rest, SECOND)
    assert outcome(warehouse) == undisturbed(SECOND)


def test_run_that_is_closed_by_hand_alone_names_what_to_clear(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    with refusing(warehouse, WRITE):
        run = rest.trigger(moment(FIRST))
        assert rest.wait_for(run) == "failed"
    assert f"buckets unwritten; clear {WRITE}_0 with Downstream." in rest.log(run, CLOSE)
    rest.mark(run, WRITE, "success")
    rest.clear_tasks(run, CLOSE)
    assert rest.wait_for(run) == "failed"
    assert f"close_run failed: Run 1 of {FIRST} stopped with 1 of 1 buckets unwritten; {REMEDY}" in note_of(rest, run)
    rest.clear_tasks(run, FIND)
    assert rest.wait_for(run) == "success"
    assert they_agree(rest, warehouse, run) == "succeeded"
    assert outcome(warehouse) == undisturbed(FIRST)


def test_run_whose_warehouse_is_another_one_names_what_to_clear_and_invoices_there(
    rest: Rest, warehouse: World, make_warehouse: MakeWarehouse, adatum_template: str, undisturbed: Undisturbed
) -> None:
    run = run_day(rest)
    other = make_warehouse(adatum_template)
    connect(rest, other.engine.url)
    rest.clear_tasks(run, CLOSE)
    assert rest.wait_for(run) == "failed"
    assert f"The run never got as far as the ledger; {REMEDY}" in note_of(rest, run)
    rest.clear_tasks(run, FIND)
    assert rest.wait_for(run) == "success"
    assert they_agree(rest, other, run) == "succeeded"
    assert [outcome(world) for world in (warehouse, other)] == [undisturbed(FIRST)] * 2


def test_step_that_is_tried_with_tasks_test_is_in_nobodys_way(
    stack: Stack, rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    stack.run("tasks", "test", DAG_ID, FIND, FIRST)
    run = run_day(rest)
    stack.run("tasks", "test", DAG_ID, WRITE, run, "--map-index", "0")
    rest.clear_run(run)
    assert rest.wait_for(run) == "success"
    assert they_agree(rest, warehouse, run) == "succeeded"
    run_day(rest, SECOND)
    assert outcome(warehouse) == undisturbed(FIRST, SECOND)


def test_day_that_is_tried_with_dags_test_is_in_nobodys_way(
    stack: Stack, rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    rest.pause()  # the scheduler would take the run on as well
    # Without a deadline: `dags test` of Airflow 3.3.2 breaks off at the end of a run that has one.
    tried = stack.spawn("dags", "test", DAG_ID, FIRST, settings={"INVOICING_DEADLINE_MINUTES": ""})
    printed, _ = tried.communicate(timeout=240)
    assert tried.returncode == 0, printed
    assert warehouse.read("SELECT status FROM analytics.invoice_runs") == [("succeeded",)]
    rest.unpause()
    run_day(rest)
    run_day(rest, SECOND)
    assert outcome(warehouse) == undisturbed(FIRST, SECOND)


# What people may do to a run one after the other, however little sense it makes.
IN_ANY_ORDER: dict[str, tuple[Act, ...]] = {
    "backwards": (
        cleared_alone(CLOSE),
        cleared_alone(WRITE),
        marked(CLOSE, "failed"),
        cleared_alone(FILTER),
        cleared_alone(FIND),
        marked(CLOSE),
    ),
    "crosswise": (
        marked(WRITE, "failed"),
        cleared_alone(FIND),
        cleared(CLOSE),
        deleted_and_triggered_again,
        cleared_alone(WRITE),
        cleared(CLOSE),
    ),
}


@pytest.mark.parametrize("order", IN_ANY_ORDER)
def test_run_that_people_did_everything_to_is_told_alike_after_each_act_and_is_right_once_it_is_cleared(
    rest: Rest, warehouse: World, undisturbed: Undisturbed, order: str
) -> None:
    run = run_day(rest)
    for act in IN_ANY_ORDER[order]:
        act(rest, run)
        rest.wait_for(run)
        they_agree(rest, warehouse, run)
    rest.clear_run(run)
    assert rest.wait_for(run) == "success"
    assert they_agree(rest, warehouse, run) == "succeeded"
    run_day(rest, SECOND)
    assert outcome(warehouse) == undisturbed(FIRST, SECOND)
