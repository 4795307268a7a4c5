"""One fault: it strikes and leaves nothing half done, the step is tried again, a day goes on to its end, and the
warehouse must be as if nothing had been.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from invoicing.audit.verify import verify
from invoicing.warehouse.transactions import reading
from tests.faults.canonical import Dump
from tests.faults.gate import shut, wait_until_held
from tests.faults.line import Line, line_to
from tests.faults.plan import PROCESS, Fault
from tests.faults.scene import Scene, left_in, results_of
from tests.faults.server import Server
from tests.faults.step_process import TRY_AGAIN, Order, Phase, Stop
from tests.faults.tries import Try, begun, try_until_done

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Outcome:
    """`tries`: of the step that was struck, or of it and all steps of the next run. `wrong`: the traces that the fault left."""

    fault: Fault
    tries: int
    wrong: tuple[str, ...]


def inject(scene: Scene, fault: Fault) -> Outcome:
    tries, wrong = 0, []
    with copied(scene.server, scene.before(fault.step)) as database:
        try:
            order = scene.order(database, fault.step)
            strike(scene.server, order, fault)
            half_done = [f"at once, {found}" for found in _half_done(scene, database, fault)]
            tries = _recover(scene, order, fault)
            wrong = half_done + traces(scene, database, fault.step, of_next_run=fault.kind == "run")
        except Exception as error:  # whatever it is, the other faults go on
            wrong = [f"{type(error).__name__}: {error}"]
    return Outcome(fault, tries, tuple(wrong))


@contextmanager
def copied(server: Server, database: str) -> Iterator[str]:
    name = f"struck_{next(_numbers)}"
    server.copy(database, name)
    try:
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
                if fault.phase == "committed" and fault.kind in PROCESS:
                    _release(server, reached.backend)
            ended = one.ended()
    assert ended == _expected_end(fault), f"the try that was struck ended with exit code {ended}"


def _expected_end(fault: Fault) -> int:
    if fault.kind in PROCESS:
        return -signal.SIGKILL
    # Whoever has its COMMIT confirmed is done, whatever befalls the server after it.
    is_confirmed = (fault.statement, fault.phase) == ("COMMIT", "after") and fault.kind != "line"
    return 0 if is_confirmed else TRY_AGAIN


def _stops(fault: Fault) -> Phase:
    # The answer to be lost is that of the statement before which the try stops.
    return "before" if fault.kind == "line" and fault.phase == "after" else fault.phase


def _let_it_happen(server: Server, one: Try, backend: int, fault: Fault, line: Line | None) -> None:
    if fault.kind in PROCESS:
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
    found = left_in(scene.server, database)
    if fault.statement == "COMMIT" and found == scene.left[fault.step]:
        return []
    return differences(found, scene.held_before(fault.step))


def _recover(scene: Scene, order: Order, fault: Fault) -> int:
    """What comes next, until everything adds up; returns how often the step was tried in all."""
    scenario = scene.scenario
    if fault.kind == "run":
        assert scenario.next_key is not None
        steps = [fault.step] if fault.step in scenario.whole else list(scenario.steps)
        return 1 + sum(try_until_done(replace(order, step=step, key=scenario.next_key)) for step in steps)
    tries = try_until_done(order, tried=1)
    for step in scenario.until_it_adds_up(fault.step):
        try_until_done(replace(order, step=step))
    return tries


def traces(scene: Scene, database: str, step: str, *, of_next_run: bool = False) -> list[str]:
    """What differs from a run that nothing befell. The ledger knows of a run and the next one, where that had to take over."""
    with reading(scene.server.engine(database)) as connection:
        wrong = [str(difference) for difference in verify(connection)]
    found, expected = left_in(scene.server, database), scene.expected(step)
    if of_next_run:
        found, expected = results_of(found), results_of(expected)
    return wrong + differences(found, expected)


def differences(found: Dump, expected: Dump) -> list[str]:
    wrong = []
    for table in expected:
        there, due = Counter(found[table]), Counter(expected[table])
        wrong += [f"{table} lacks {row}" for row in (due - there).elements()]
        wrong += [f"{table} should not have {row}" for row in (there - due).elements()]
    return wrong
