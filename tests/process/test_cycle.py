"""When the Process of a scheduled run begins, for cycles that end early, late or never before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from invoicing.process.cycle import Sleep, plan_sleep
from invoicing.settings import Settings
from invoicing.warehouse.transactions import reading
from tests.world import damage
from tests.world.steps import Steps
from tests.world.world import World

SCHEDULED = datetime(2026, 10, 6, 2, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def planned(world: World, *, late_by: float = 0, settings: Settings | None = None) -> Sleep:
    with reading(world.engine) as connection:
        return plan_sleep(
            connection,
            run_key="this run",
            scheduled_at=SCHEDULED,
            now=SCHEDULED + minutes(late_by),
            settings=settings or Settings(),
        )


def test_cycle_sleeps_until_a_day_after_the_one_before_it_ended(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    assert planned(world).until == SCHEDULED + minutes(10)


def test_cycle_after_a_long_one_drifts_an_hour_at_most(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(hours=5))
    assert planned(world).until == SCHEDULED + minutes(60)


def test_cycle_does_not_sleep_when_a_day_has_passed(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1))
    assert planned(world).until is None


def test_cycle_that_starts_a_little_late_sleeps_what_is_left(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    assert planned(world, late_by=4).until == SCHEDULED + minutes(10)


@pytest.mark.parametrize("late_by", [60, 60 * 24 * 5])
def test_late_run_does_not_sleep(world: World, late_by: float) -> None:
    damage.forge_ended_run(world, SCHEDULED + minutes(late_by - 1))
    assert planned(world, late_by=late_by).until is None


@pytest.mark.parametrize("trigger", ["manual", "backfill", "cli"])
def test_run_that_is_no_cycle_does_not_count(world: World, trigger: str) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    damage.forge_ended_run(world, SCHEDULED - timedelta(hours=1), trigger, "by hand")
    assert planned(world).until == SCHEDULED + minutes(10)


def test_end_of_an_earlier_attempt_of_the_run_itself_does_not_count(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    damage.forge_ended_run(world, SCHEDULED - timedelta(minutes=5), run_key="this run")
    assert planned(world).until == SCHEDULED + minutes(10)


def test_cycle_that_was_cleared_ended_when_its_last_attempt_did(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(40))
    assert planned(world).until == SCHEDULED + minutes(40)


def test_attempt_in_progress_is_no_end(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    Steps(world, (SCHEDULED - timedelta(days=1)).date(), "in progress").find_due()
    assert planned(world).until == SCHEDULED + minutes(10)


def test_first_cycle_sleeps_first_when_the_caller_is_chosen(world: World) -> None:
    assert planned(world, settings=Settings(first_step="sleep", sleep_hours=0.5)).until == SCHEDULED + minutes(30)


def test_first_cycle_does_not_sleep_when_the_runner_is_chosen(world: World) -> None:
    assert planned(world, settings=Settings(first_step="process")) == Sleep(
        None, "No sleep: the first cycle begins with its Process."
    )


def test_later_cycles_do_not_depend_on_what_the_first_began_with(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    caller = planned(world, settings=Settings(first_step="sleep"))
    assert planned(world, settings=Settings(first_step="process")) == caller


def test_sleep_says_until_when_and_why(world: World) -> None:
    damage.forge_ended_run(world, SCHEDULED - timedelta(days=1) + minutes(10))
    assert planned(world).reason == (
        "Sleeps until 2026-10-06 02:10:00 UTC: the previous cycle ended at 2026-10-05 02:10:00 UTC, 24 hours before."
    )
