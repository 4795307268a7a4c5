"""Steps that are taken at the same time: a bucket beside another that dies, and a step beside itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from tests.faults.day import DAY, RUN_KEY
from tests.faults.gate import waits_for_another
from tests.faults.injection import copied, inject, unlike
from tests.faults.scene import Scene, left_in
from tests.faults.step_process import TRY_AGAIN, Stop
from tests.faults.tries import Try, begun, try_until_done
from tests.faults.twice import until
from tests.world.canonical import without_column
from tests.world.steps import Steps
from tests.world.stored import left_for_the_next_step
from tests.world.verdict import differences
from tests.world.world import World

SEED = 1
BUCKETS = ("write_1", "write_2")
IN_THE_MIDDLE = "process/draft_invoices/write_invoice_lines"


def assert_as_if_nothing_had_been(day: Scene, database: str) -> None:
    assert unlike(left_in(day.server, database), day.left["close"]) == []
    assert differences(World(day.server.engine(database))) == []


# Buckets


@contextmanager
def buckets(day: Scene) -> Iterator[tuple[Try, Try, int]]:
    """Both buckets in the middle of their work, and the session of the first; in the end both are tried again."""
    with copied(day.server, day.before("write_1")) as database:
        order = day.order(database, "write_1")
        for step in ("filter_2", "mark"):
            try_until_done(replace(order, step=step))
        stops = (Stop(day.sent[step].index(IN_THE_MIDDLE) + 1, "after") for step in BUCKETS)
        first, second = (replace(order, step=step, stop=stop) for step, stop in zip(BUCKETS, stops, strict=True))
        with begun(first) as one, begun(second) as other:
            backend = one.reached().backend
            other.reached()
            yield one, other, backend
        for step in (*BUCKETS, "close"):
            try_until_done(replace(order, step=step))
        assert_as_if_nothing_had_been(day, database)


def test_a_bucket_that_is_killed_leaves_the_one_beside_it_alone(day: Scene) -> None:
    with buckets(day) as (one, other, _):
        one.kill()
        other.go_on()
        assert other.ended() == 0


def test_a_session_that_is_killed_takes_the_one_beside_it_along_and_both_are_made_good(day: Scene) -> None:
    with buckets(day) as (one, other, backend):
        os.kill(backend, signal.SIGKILL)
        one.go_on()
        other.go_on()
        assert [one.ended(), other.ended()] == [TRY_AGAIN, TRY_AGAIN]


def test_both_buckets_have_lines_that_are_due(day: Scene) -> None:
    world = World(day.server.engine(day.before("write_1")))
    assert [bucket.due_lines > 0 for bucket in Steps(world, DAY, RUN_KEY).records()] == [True, True]


def test_what_a_crash_takes_of_a_bucket_is_found_again(day: Scene) -> None:
    with copied(day.server, day.before("write_1")) as database:
        world = World(day.server.engine(database))
        assert all(left_for_the_next_step(world).values())
        day.server.kill_postmaster()
        world = World(day.server.engine(database))
        assert not any(left_for_the_next_step(world).values())
        order = day.order(database, "write_1")
        for step in ("write_1", *day.scenario.until_it_adds_up("write_1")):
            try_until_done(replace(order, step=step))
        assert_as_if_nothing_had_been(day, database)


def test_two_buckets_that_are_cleared_at_once_are_one_attempt(cleared: Scene) -> None:
    with copied(cleared.server, cleared.before("rewrite_2")) as database:
        order = cleared.order(database, "rewrite_2")
        stop = Stop(cleared.sent["rewrite_2"].index("ledger/runs/copy_buckets") + 1, "before")
        with begun(replace(order, step="write_1", stop=stop)) as one:
            one.reached()
            with begun(order) as other, closing(cleared.server.connect(database)) as watcher:
                until(lambda: waits_for_another(watcher))
                one.go_on()
                assert [one.ended(), other.ended()] == [0, 0]
        try_until_done(replace(order, step="reclose"))
        world = World(cleared.server.engine(database))
        assert Steps(world, DAY, RUN_KEY).latest().attempt == 2
        assert differences(world) == []
        found, expected = left_in(cleared.server, database), cleared.left["reclose"]
        # Unlike the other, the first bucket has nothing new to write, and is another change.
        assert unlike(without_column(found, "change_id"), without_column(expected, "change_id")) == []


# A step whose process is thought to be dead


@pytest.mark.parametrize("step", ["find_due", "filter_1", "write_1", "write_2", "close"])
def test_a_step_that_stands_still_and_goes_on_beside_its_retry_leaves_no_trace(day: Scene, step: str) -> None:
    fault = day.draw(SEED, "stalled", "before", step=step)
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("step", ["filter_1", "write_1", "close"])
def test_a_step_that_stands_still_and_goes_on_when_all_is_done_leaves_no_trace(day: Scene, step: str) -> None:
    fault = day.draw(SEED, "ghost", "before", step=step)
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("step", ["refilter_2", "rewrite_2"])
def test_a_cleared_bucket_that_stands_still_and_goes_on_beside_its_retry_leaves_no_trace(
    cleared: Scene, step: str
) -> None:
    fault = cleared.draw(SEED, "stalled", "before", step=step)
    assert inject(cleared, fault).wrong == (), fault
