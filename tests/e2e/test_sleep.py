"""Sleep, the first step of a cycle: how long it lasts, what it keeps waiting, and what it survives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import Undisturbed
from tests.e2e.rest import Rest, wait_until
from tests.e2e.schedule import SCHEDULED_DAY, SLEEP, every_minute, let_the_scheduler_run, moment
from tests.e2e.stack import COMPONENTS, Stack
from tests.e2e.undisturbed import outcome
from tests.world import damage
from tests.world.steps import Steps
from tests.world.world import World

DAY = "2020-10-05"
PUNCTUAL = timedelta(seconds=15)
PUNCTUAL_AFTER_A_RESTART = timedelta(seconds=60)  # the first task starts the workers of the scheduler anew


def sleeping_run(rest: Rest, warehouse: World, seconds: float) -> tuple[str, datetime]:
    """A run of the scheduler that sleeps for so long, since that is when the previous cycle will have ended an hour ago.

    Returns its id, and the moment until which it sleeps.
    """
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    day_before = SCHEDULED_DAY - timedelta(days=1)
    for step in Steps(warehouse, day_before, "the previous cycle").in_order:
        step()
    damage.change_run(warehouse, day_before, started_at=until - SLEEP, ended_at=until - SLEEP)
    run = let_the_scheduler_run(rest)
    rest.wait_for_task(run, "sleep", {"deferred"})
    assert rest.result(run, "sleep", key="sleep")["until"] == until.isoformat()
    return run, until


def woke_at(rest: Rest, run: str) -> datetime:
    return datetime.fromisoformat(rest.task(run, "sleep")["end_date"])


def test_first_cycle_that_begins_with_its_process_does_not_sleep(rest: Rest, warehouse: World) -> None:
    run = let_the_scheduler_run(rest)
    assert rest.wait_for(run) == "success"
    assert rest.result(run, "sleep") == {"until": None, "reason": "No sleep: the first cycle begins with its Process."}
    outcome(warehouse)


def test_scheduled_run_wakes_at_its_moment_and_holds_no_slot_until_then(rest: Rest, warehouse: World) -> None:
    run, until = sleeping_run(rest, warehouse, seconds=30)
    pool = rest.pool()
    assert (pool["deferred_slots"], pool["occupied_slots"]) == (1, 0)
    assert rest.wait_for(run) == "success"
    assert until <= woke_at(rest, run) <= until + PUNCTUAL
    outcome(warehouse)


@pytest.mark.slow_e2e
def test_run_that_is_cleared_while_another_sleeps_waits_and_then_both_end(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    cleared = rest.trigger(moment(DAY))
    assert rest.wait_for(cleared) == "success"
    sleeping, until = sleeping_run(rest, warehouse, seconds=30)
    rest.clear_run(cleared)
    assert rest.state(cleared) == "queued"
    assert [rest.wait_for(run) for run in (cleared, sleeping)] == ["success", "success"]
    assert datetime.fromisoformat(rest.run(cleared)["start_date"]) >= until
    assert outcome(warehouse) == undisturbed(DAY, str(SCHEDULED_DAY))


def test_sleep_that_is_marked_as_success_lets_the_waiting_run_through(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    waiting = rest.trigger(moment(DAY))
    assert rest.wait_for(waiting) == "success"
    sleeping, until = sleeping_run(rest, warehouse, seconds=3600)
    rest.clear_run(waiting)
    rest.mark(sleeping, "sleep", "success")
    assert [rest.wait_for(run) for run in (sleeping, waiting)] == ["success", "success"]
    assert datetime.now(UTC) < until
    assert outcome(warehouse) == undisturbed(DAY, str(SCHEDULED_DAY))


def test_sleeping_run_that_is_cleared_does_not_sleep_again(rest: Rest, warehouse: World) -> None:
    run, until = sleeping_run(rest, warehouse, seconds=3600)
    rest.clear_run(run)
    assert rest.wait_for(run) == "success"
    assert datetime.now(UTC) < until
    outcome(warehouse)


@pytest.mark.slow_e2e
def test_sleep_survives_a_restart_of_everything(stack: Stack, rest: Rest, warehouse: World) -> None:
    run, until = sleeping_run(rest, warehouse, seconds=100)
    stack.kill(*COMPONENTS)
    stack.start()
    back_at = datetime.now(UTC)
    assert rest.wait_for(run) == "success"
    assert until <= woke_at(rest, run) <= max(until, back_at) + PUNCTUAL_AFTER_A_RESTART
    outcome(warehouse)


@pytest.mark.slow_e2e
def test_triggerer_that_is_killed_while_a_run_sleeps_wakes_it_when_it_is_back(
    stack: Stack, rest: Rest, warehouse: World
) -> None:
    run, until = sleeping_run(rest, warehouse, seconds=30)
    stack.kill("triggerer")
    wait_until(lambda: datetime.now(UTC) > until)
    stack.start("triggerer")
    assert rest.wait_for(run) == "success"
    assert until <= woke_at(rest, run)
    outcome(warehouse)


@pytest.mark.slow_e2e
@pytest.mark.parametrize("first_step", ["sleep", "process"])
def test_cycles_are_the_same_whatever_the_first_one_begins_with(
    stack: Stack, rest: Rest, warehouse: World, first_step: str
) -> None:
    # Longer than the minute between two schedules, as 24 hours are no shorter than a day: a cycle that ends soon after its
    # schedule would otherwise have rested by the next one, which then rightly does not sleep.
    rest_of = timedelta(seconds=75)
    settings = {
        "INVOICING_FIRST_STEP": first_step,
        "INVOICING_SLEEP_HOURS": str(rest_of / timedelta(hours=1)),
        "INVOICING_MAX_DRIFT_MINUTES": "10",
    }
    with every_minute(stack, rest, **settings):
        wait_until(lambda: len(rest.runs()) >= 2)
        first, second = (run["dag_run_id"] for run in rest.runs()[:2])
        assert [rest.wait_for(run) for run in (first, second)] == ["success", "success"]
        slept = [rest.result(run, "sleep")["until"] is not None for run in (first, second)]
        until = datetime.fromisoformat(rest.result(second, "sleep")["until"])
        (ended_at,) = warehouse.read("SELECT ended_at FROM analytics.invoice_runs ORDER BY run_id LIMIT 1")
        assert slept == [first_step == "sleep", True]
        assert until == ended_at[0] + rest_of
        assert until <= woke_at(rest, second) <= until + PUNCTUAL
        rest.end_all()
        outcome(warehouse)
