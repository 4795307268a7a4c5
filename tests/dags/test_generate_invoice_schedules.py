"""generate_invoice_schedules in Airflow: schedules are filled by frequencies, and changed on request alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pendulum
import pytest

from invoicing.warehouse.locks import lock_contracts
from invoicing.warehouse.transactions import reading, writing
from tests.contracts.planner import Planner
from tests.dags.conftest import result, states
from tests.dags.lost_answer import lose_the_first_answer
from tests.dags.test_notes import note_of
from tests.world.names import CONTRACT
from tests.world.reads import billed
from tests.world.world import World

Trigger = Callable[..., Any]

DAG_ID = "generate_invoice_schedules"
TASK = "fill_schedules"
TODAY = pendulum.now("UTC").date()  # the run looks at the clock
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def weekday(days: int) -> str:
    """The name of the weekday that comes in so many days."""
    return WEEKDAYS[in_days(days).weekday()]


@pytest.fixture
def planner(own_world: World) -> Planner:
    """A line that is invoiced every week, in 7, 14, 21 and 28 days, and then no more."""
    own_world.contract()
    planner = Planner(own_world)
    planner.line("weekly", weekday(7), start=in_days(1), end=in_days(30))
    own_world.load()
    return planner


@pytest.fixture
def moved(planner: Planner, trigger: Trigger) -> Planner:
    """The same line, once its schedule is filled and its run day is the day after."""
    trigger(DAG_ID)
    planner.line("weekly", weekday(8), start=in_days(1), end=in_days(30))
    planner.world.load()
    return planner


WEEKLY = [in_days(days) for days in (7, 14, 21, 28)]
NEXT_DAY = [in_days(days) for days in (1, 8, 15, 22, 29)]


def changes(planner: Planner, run: Any) -> list[str]:
    """Who has changed schedules on behalf of a DAG run."""
    from invoicing.ledger.changes import Request, list_change_ids  # noqa: PLC0415

    with reading(planner.world.engine) as connection:
        return [str(one) for one in list_change_ids(connection, Request("ann", f"{DAG_ID}/{run.run_id}"))]


# Every day


def test_rows_are_added(trigger: Trigger, planner: Planner) -> None:
    run = trigger(DAG_ID)
    assert (str(run.state), planner.dates()) == ("success", WEEKLY)


def test_rows_reach_as_far_as_the_setting_says(
    trigger: Trigger, planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOICING_SCHEDULE_DAYS", "14")
    trigger(DAG_ID)
    assert planner.dates() == WEEKLY[:2]


def test_a_second_run_adds_nothing(trigger: Trigger, planner: Planner) -> None:
    trigger(DAG_ID)
    run = trigger(DAG_ID)
    assert (result(run, TASK)["added"], changes(planner, run), planner.dates()) == (0, [], WEEKLY)


def test_the_result_counts_and_lists_the_rows(trigger: Trigger, planner: Planner) -> None:
    found = result(trigger(DAG_ID), TASK)
    assert (found["preview"], found["added"], found["removed"], found["waiting"]) == (False, 4, 0, 0)
    assert found["rows_listed"][0] == {
        "contract_id": CONTRACT,
        "contract_line_id": "work",
        "run_date": str(WEEKLY[0]),
        "change": "added",
    }


def test_the_note_says_what_was_added_and_up_to_which_day(trigger: Trigger, planner: Planner) -> None:
    assert note_of(trigger(DAG_ID)) == f"**Summary** 4 rows added, 0 rows removed, up to {in_days(400)}."


def test_a_line_without_a_start_of_billing_is_named_in_note_and_result(trigger: Trigger, planner: Planner) -> None:
    planner.line("weekly", "monday", line_id="later", start=None)
    planner.world.load()
    run = trigger(DAG_ID)
    note = note_of(run)
    assert note is not None
    assert note.endswith("Without billing_start_date: line later of contract Adatum.")
    assert result(run, TASK)["without_start_listed"] == [{"contract_id": CONTRACT, "contract_line_id": "later"}]


def test_only_the_contracts_that_are_named_are_filled(trigger: Trigger, planner: Planner) -> None:
    planner.world.contract("Other")
    planner.world.load()
    assert result(trigger(DAG_ID, contract_ids=["Other"]), TASK)["added"] == 0
    assert result(trigger(DAG_ID, contract_ids=[f" {CONTRACT} ", ""]), TASK)["added"] == 4


def test_an_unknown_contract_is_refused_at_once_and_nothing_is_changed(trigger: Trigger, planner: Planner) -> None:
    run = trigger(DAG_ID, contract_ids=[CONTRACT, "Nobody"])
    assert (states(run), run.get_task_instance(TASK).try_number) == ({TASK: "failed"}, 1)
    assert result(run, TASK, "failure") == "INV-102: no contract Nobody in the warehouse"
    assert planner.dates() == []


def test_the_rows_of_a_run_belong_to_its_request(trigger: Trigger, planner: Planner) -> None:
    assert len(changes(planner, trigger(DAG_ID))) == 1


def test_a_try_after_a_lost_answer_adds_nothing_twice_and_says_so(
    trigger: Trigger, planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_first_answer(monkeypatch, "schedules")
    run = trigger(DAG_ID)
    assert (str(run.state), run.get_task_instance(TASK).try_number) == ("success", 2)
    assert (len(changes(planner, run)), planner.dates()) == (1, WEEKLY)
    note = note_of(run)
    assert note is not None
    assert note.endswith("An earlier try of this run has changed others already.")


def test_while_somebody_holds_a_contract_the_task_is_tried_again(
    trigger: Trigger, planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from invoicing.airflow.tasks.retries import RETRYING  # noqa: PLC0415

    monkeypatch.setitem(RETRYING, "retry_delay", timedelta(0))
    monkeypatch.setitem(RETRYING, "retries", 1)
    monkeypatch.setenv("INVOICING_WAIT_SECONDS", "1")
    with writing(planner.world.engine, 1) as connection:
        lock_contracts(connection, [CONTRACT])
        run = trigger(DAG_ID)
    assert run.get_task_instance(TASK).try_number == 2
    assert "INV-451: somebody else is changing the warehouse" in result(run, TASK, "failure")


def test_a_day_past_that_was_generated_is_caught_up_by_the_daily_run(
    trigger: Trigger, run_dag: Callable[..., Any], own_world: World
) -> None:
    own_world.contract()
    Planner(own_world).line("weekly", weekday(0), start=in_days(-7), end=TODAY)
    own_world.transaction("T1", in_days(-8))
    own_world.load()
    trigger(DAG_ID)
    run_dag(str(TODAY))
    assert billed(own_world) == {in_days(-7): ["T1"]}


# A frequency that was changed


def test_a_changed_frequency_changes_no_row_that_exists_and_is_reported(trigger: Trigger, moved: Planner) -> None:
    run = trigger(DAG_ID)
    assert moved.dates() == [*WEEKLY, NEXT_DAY[-1]]  # it goes on after the last row
    # Four rows that are no run days any more, and four days before the last of them.
    assert (result(run, TASK)["removed"], result(run, TASK)["waiting"]) == (0, 8)
    note = note_of(run)
    assert note is not None
    assert note.endswith("8 rows to come differ from the frequencies: replace changes them.")


def test_replace_brings_the_days_to_come_of_a_contract_in_line(trigger: Trigger, moved: Planner) -> None:
    found = result(trigger(DAG_ID, contract_ids=[CONTRACT], replace=True), TASK)
    assert moved.dates() == NEXT_DAY
    assert (found["added"], found["removed"], found["waiting"]) == (5, 4, 0)


def test_replace_for_all_contracts_is_a_choice_of_its_own(trigger: Trigger, moved: Planner) -> None:
    trigger(DAG_ID, replace=True, everything=True)
    assert moved.dates() == NEXT_DAY


@pytest.mark.parametrize("contract_ids", [None, [], [" "]])
@pytest.mark.parametrize("preview", [False, True])
def test_replace_that_names_nobody_is_refused(
    trigger: Trigger, moved: Planner, contract_ids: list[str] | None, preview: bool
) -> None:
    run = trigger(DAG_ID, replace=True, contract_ids=contract_ids, preview=preview)
    assert (states(run), run.get_task_instance(TASK).try_number) == ({TASK: "failed"}, 1)
    assert result(run, TASK, "failure").startswith("INV-101: say whose rows are replaced")
    assert moved.dates() == WEEKLY


def test_contracts_beside_all_contracts_are_refused(trigger: Trigger, planner: Planner) -> None:
    run = trigger(DAG_ID, contract_ids=[CONTRACT], everything=True)
    assert result(run, TASK, "failure") == "INV-101: name contracts, or choose all of them, not both"


# A preview


def test_a_preview_says_what_the_run_would_do_and_writes_nothing(trigger: Trigger, moved: Planner) -> None:
    form = {"contract_ids": [CONTRACT], "replace": True}
    foreseen = trigger(DAG_ID, preview=True, **form)
    assert (moved.dates(), changes(moved, foreseen)) == (WEEKLY, [])
    done = trigger(DAG_ID, **form)
    assert result(foreseen, TASK) == {**result(done, TASK), "preview": True}
    note = note_of(foreseen)
    assert note is not None
    assert note.startswith("**Summary** Preview, nothing of it is written: 5 rows added, 4 rows removed, up to ")
