"""A step that is taken twice at once: its process stands still, and anyone who thinks that it is dead starts another."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from tests.faults.gate import waits_for_another
from tests.faults.plan import Fault
from tests.faults.scene import Scene
from tests.faults.server import Server
from tests.faults.step_process import TRY_AGAIN, Order, Stop
from tests.faults.tries import Try, begun, try_until_done

_WAITS = 60  # seconds


def take_twice(scene: Scene, order: Order, fault: Fault) -> int:
    """Takes the step, and all steps until everything adds up, beside the one that stands still at its nth statement.

    That one goes on when the other try of its step has ended, a ghost when all steps have; and both as soon as somebody has to
    wait for it. Returns how often the step was tried in all.
    """
    following = scene.scenario.until_it_adds_up(fault.step)
    with begun(replace(order, stop=Stop(fault.nth, "before"))) as first:
        reached = first.reached()
        assert reached.statement == fault.statement, f"{reached.statement} stands there now"
        went_on = False

        def go_on() -> None:
            nonlocal went_on
            if not went_on:
                first.go_on()
                went_on = True

        tries = 1
        for step in (fault.step, *following):
            tried = _take_beside(scene.server, replace(order, step=step), go_on)
            tries += tried if step == fault.step else 0
            if fault.kind == "stalled" and not went_on:
                go_on()
                _check_end(first)
        if not went_on:
            go_on()
        _check_end(first)
    if (
        fault.kind == "ghost"
    ):  # it may have cleared a bucket of a run that had ended: what follows a bucket closes the run
        try_until_done(replace(order, step=scene.scenario.last))
    return tries


def _take_beside(server: Server, order: Order, go_on: Callable[[], None]) -> int:
    """Takes a step beside the one that stands still, which goes on when it is waited for; returns how often it was tried."""
    with begun(order) as one:
        if not _ends_alone(server, order.database, one):
            go_on()
        ended = one.ended()
    if ended == TRY_AGAIN:
        return try_until_done(order, tried=1)
    assert ended == 0, f"{order.step}, taken beside itself, ended with exit code {ended}"
    return 1


def _ends_alone(server: Server, database: str, one: Try) -> bool:
    """Whether it ends without waiting for anybody."""
    with closing(server.connect(database)) as watcher:
        until(lambda: one.has_ended() or waits_for_another(watcher))
    return one.has_ended()


def until(condition: Callable[[], bool]) -> None:
    """Returns when it holds.

    Raises:
        TimeoutError: it never did.
    """
    deadline = time.monotonic() + _WAITS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)


def _check_end(first: Try) -> None:
    ended = first.ended()
    assert ended in (0, TRY_AGAIN), f"the one that stood still ended with exit code {ended}"
