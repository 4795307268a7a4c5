"""One fault: it befalls a step and leaves nothing half done, the next one goes on to the end of the day, and the warehouse
must be as if nothing had been.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from tests.faults.gate import shut, wait_until_held
from tests.faults.line import Line, line_to
from tests.faults.plan import CRASHES, TWICE, Fault
from tests.faults.scene import Scene, left_in
from tests.faults.server import Server
from tests.faults.step_process import TRY_AGAIN, Order, Phase, Stop
from tests.faults.tries import Try, begun, try_until_done
from tests.faults.twice import take_twice
from tests.world.canonical import Dump, canonical, without_column, without_ledger, without_private
from tests.world.damage.ledger import keep_private
from tests.world.verdict import differences
from tests.world.world import World

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Outcome:
    """`tries`: of the step that was struck, or of all steps of a run that began anew. `wrong`: the traces that the fault left."""

    fault: Fault
    tries: int
    wrong: tuple[str, ...]


def inject(scene: Scene, fault: Fault) -> Outcome:
    tries, wrong = 0, []
    with copied(scene.server, scene.before(fault.step)) as database:
        try:
            order = scene.order(database, fault.step)
            if fault.kind in TWICE:
                tries, half_done = take_twice(scene, order, fault), []
            else:
                strike(scene.server, order, fault)
                half_done = [f"at once, {found}" for found in _half_done(scene, database, fault)]
                tries = _recover(scene, order, fault)
            wrong = half_done + traces(scene, database, fault)
        except Exception as error:  # whatever it is, the other faults go on
            wrong = [f"{type(error).__name__}: {error}"]
    return Outcome(fault, tries, tuple(wrong))


@contextmanager
def copied(server: Server, database: str) -> Iterator[str]:
    """A warehouse to strike."""
    name = f"struck_{next(_numbers)}"
    server.copy(database, name)
    try:
        keep_private(World(server.engine(name)), kept=False)
        yield name
    finally:
        server.administer(f"DROP DATABASE {name} WITH (FORCE)")


def strike(server: Server, order: Order, fault: Fault) -> None:
    """The first try of the step, up to its end by the fault."""
    with line_to(server.socket) if fault.kind == "line" else nullcontext() as line:
        stop = Stop(fault.nth, _stops(fault))
        with begun(replace(order, stop=stop, port=line.port if line else None)) as one:
            reached = one.reached()
            assert reached.statement == fault.statement, f"{reached.statement} stands there now"
            if fault.phase in ("before", "after"):
                _let_it_happen(server, one, reached.backend, fault, line)
                one.go_on()
            else:
                with shut(server, order.database) if fault.phase == "inside" else nullcontext():
                    one.go_on()
                    wait_until_held(server, order.database, reached.backend)
                    _let_it_happen(server, one, reached.backend, fault, line)
                if fault.phase == "committed" and fault.kind == "task":
                    _release(server, reached.backend)
            ended = one.ended()
    assert ended == _expected_end(fault), f"the try that was struck ended with exit code {ended}"


def _expected_end(fault: Fault) -> int:
    if fault.kind == "task":
        return -signal.SIGKILL
    # Anyone who has its COMMIT confirmed is done, whatever happens to the server after it.
    is_confirmed = (fault.statement, fault.phase) == ("COMMIT", "after") and fault.kind != "line"
    return 0 if is_confirmed else TRY_AGAIN


def _stops(fault: Fault) -> Phase:
    # An answer can be lost only while it is still to come.
    return "before" if fault.kind == "line" and fault.phase == "after" else fault.phase


def _let_it_happen(server: Server, one: Try, backend: int, fault: Fault, line: Line | None) -> None:
    if fault.kind == "task":
        one.kill()
    elif fault.kind == "backend":
        os.kill(backend, signal.SIGKILL)
    elif fault.kind == "postmaster":
        server.kill_postmaster()
    else:
        assert line is not None
        if fault.phase == "after":
            line.lose_answer()
        else:
            line.cut()


def _release(server: Server, backend: int) -> None:
    """A session whose client is gone waits for its standby for ever; what it committed is in."""
    with server.connect("postgres") as connection:
        connection.execute("SELECT pg_cancel_backend(%s)", (backend,))


def _half_done(scene: Scene, database: str, fault: Fault) -> list[str]:
    """What differs from the warehouse as it was before the step, or where its COMMIT was struck, after it."""
    if fault.step in scene.scenario.whole:
        return []  # several transactions
    scene.server.wait_until_idle(database)
    found, before, after = left_in(scene.server, database), scene.held_before(fault.step), scene.left[fault.step]
    if fault.kind in CRASHES:
        before, after = without_private(before), without_private(after)
    if fault.statement == "COMMIT" and found == after:
        return []
    return unlike(found, before)


def _recover(scene: Scene, order: Order, fault: Fault) -> int:
    """What comes then, until everything adds up; returns how often the step was tried in all, or all steps of a run."""
    scenario = scene.scenario
    if fault.then == "again":
        tries = try_until_done(order, tried=1)
        for step in scenario.until_it_adds_up(fault.step):
            try_until_done(replace(order, step=step))
        return tries
    if fault.then == "next":
        assert scenario.next_key is not None
        order = replace(order, key=scenario.next_key)
    steps = [fault.step] if fault.step in scenario.whole else [*scenario.anew, *scenario.steps]
    return 1 + sum(try_until_done(replace(order, step=step)) for step in steps)


def traces(scene: Scene, database: str, fault: Fault) -> list[str]:
    """What does not add up, or differs from a run that nothing befell."""
    world, expected = World(scene.server.engine(database)), scene.expected(fault.step)
    wrong = [str(difference) for difference in differences(world)]
    if fault.then == "next":  # the ledger knows of both
        assert scene.scenario.next_key is not None
        found = canonical(world, same_run={scene.scenario.next_key: scene.scenario.key})
        return wrong + unlike(without_ledger(found), without_ledger(expected))
    found = canonical(world)
    if fault.then == "cleared" or fault.kind == "ghost":  # what an attempt before it wrote, the next did not
        found, expected = (without_column(held, "invoices_written") for held in (found, expected))
    return wrong + unlike(found, expected)


def unlike(found: Dump, expected: Dump) -> list[str]:
    """What one warehouse holds and the other does not."""
    wrong = []
    for table in expected:
        there, due = Counter(found[table]), Counter(expected[table])
        wrong += [f"{table} lacks {row}" for row in (due - there).elements()]
        wrong += [f"{table} should not have {row}" for row in (there - due).elements()]
    return wrong
