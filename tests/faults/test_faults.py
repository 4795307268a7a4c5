"""One fault of each kind in each phase of a day, always the same. `make faults` makes them all."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import get_args

import pytest

from invoicing.process.ledger import find_run
from invoicing.warehouse.statements import SQL_ROOT
from invoicing.warehouse.transactions import writing
from tests.faults.day import RUN_KEY, STEPS, WHOLE_DAY
from tests.faults.injection import copied, inject, strike, traces
from tests.faults.plan import AROUND, KILLS, Fault, Kind
from tests.faults.scene import Scene
from tests.faults.server import is_alive
from tests.faults.step_process import TRY_AGAIN, Phase, Stop
from tests.faults.tries import Try, begun, try_until_done
from tests.process.outcome import RESULTS

SEED = 1
BUCKET_STEPS = ("write_bucket_1", "write_bucket_2")
PHASES: tuple[Phase, ...] = get_args(Phase)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("kind", KILLS)
def test_a_step_that_is_killed_leaves_no_trace(day: Scene, kind: Kind, phase: Phase) -> None:
    fault = day.draw(SEED, kind, phase)
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("phase", AROUND)
def test_a_connection_that_is_lost_at_commit_leaves_no_trace(day: Scene, phase: Phase) -> None:
    fault = day.draw(SEED, "line", phase)
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("phase", ["inside", "committed"])
def test_a_run_that_died_is_made_good_by_the_next_run(day: Scene, phase: Phase) -> None:
    fault = day.draw(SEED, "run", phase)
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("phase", PHASES)
def test_a_day_whose_process_died_is_made_good_by_the_next_run(day: Scene, phase: Phase) -> None:
    fault = day.draw(SEED, "run", phase, whole=True)
    assert inject(day, fault).wrong == (), fault


# Buckets side by side


@contextmanager
def side_by_side(day: Scene) -> Iterator[tuple[Try, Try, int]]:
    """Both buckets in the middle of their work, and the session of the first; in the end both are tried again."""
    with copied(day.server, day.before("write_bucket_1")) as database:
        first, second = (day.order(database, step) for step in BUCKET_STEPS)
        stop = Stop(day.sent["write_bucket_1"].index("process/write_invoice_lines") + 1, "after")
        with begun(replace(first, stop=stop)) as one, begun(replace(second, stop=stop)) as other:
            backend = one.reached().backend
            other.reached()
            yield one, other, backend
        for step in (*BUCKET_STEPS, "close"):
            try_until_done(replace(first, step=step))
        assert traces(day, database, "close") == []


def test_a_bucket_that_is_killed_leaves_the_one_beside_it_alone(day: Scene) -> None:
    with side_by_side(day) as (one, other, _):
        one.kill()
        other.go_on()
        assert other.ended() == 0


def test_a_session_that_is_killed_takes_the_one_beside_it_along_and_both_are_made_good(day: Scene) -> None:
    with side_by_side(day) as (one, other, backend):
        os.kill(backend, signal.SIGKILL)
        one.go_on()
        other.go_on()
        assert [one.ended(), other.ended()] == [TRY_AGAIN, TRY_AGAIN]


def test_both_buckets_have_contracts_to_write(day: Scene) -> None:
    with day.server.engine(day.before("write_bucket_1")).connect() as connection:
        found = connection.exec_driver_sql("SELECT DISTINCT slot * 2 / 64 FROM invoicing.run_invoice_line")
        assert sorted(found.scalars()) == [0, 1]


# What a fault at COMMIT means


@pytest.mark.parametrize(
    ("kind", "phase", "is_in"),
    [
        ("task", "before", False),
        ("task", "inside", True),  # the server goes on without it
        ("backend", "inside", False),
        ("backend", "committed", True),
        ("postmaster", "inside", False),
        ("postmaster", "committed", True),
        ("line", "before", False),
        ("line", "inside", True),
        ("line", "after", True),
    ],
)
def test_commit_that_was_struck_is_in_or_not(day: Scene, kind: Kind, phase: Phase, is_in: bool) -> None:
    fault = Fault("day", "find_due", len(day.sent["find_due"]), "COMMIT", phase, kind)
    with copied(day.server, day.before("find_due")) as database:
        strike(day.server, day.order(database, "find_due"), fault)
        with writing(day.server.engine(database), 20) as connection:  # once the transaction is over
            assert (find_run(connection, RUN_KEY) is not None) == is_in


# What the faults strike: or the tests above, and `make faults`, would prove nothing


def test_every_statement_of_the_process_is_struck(day: Scene) -> None:
    struck = {fault.statement for fault in day.faults}
    files = {str(path.relative_to(SQL_ROOT).with_suffix("")) for path in SQL_ROOT.glob("process/**/*.sql")}
    # They ask for contracts that were named, when nothing is due, when there is nothing to add; and one is no step's.
    others = {"known_contracts", "why_nothing_is_due", "count_stale_details", "measure_lag"}
    assert files - struck <= {f"process/{name}" for name in others}


def test_a_postmaster_that_is_killed_takes_its_sessions_along_at_once(day: Scene) -> None:
    with closing(day.server.connect("postgres")) as connection:
        session = connection.info.backend_pid
        day.server.kill_postmaster()
        assert not is_alive(session)


def test_every_step_is_struck_at_its_commit(day: Scene) -> None:
    assert [day.sent[step].count("COMMIT") for step in STEPS] == [1] * len(STEPS)
    assert day.sent[WHOLE_DAY].count("COMMIT") == len(STEPS)


def test_there_are_at_least_200_faults(day: Scene) -> None:
    assert len(day.faults) >= 200


def test_the_day_changes_every_result(day: Scene) -> None:
    assert [table for table in RESULTS if day.start[table] == day.left["close"][table]] == []


def test_a_trace_would_be_found(day: Scene) -> None:
    other = replace(day, left={**day.left, "close": {**day.left["close"], "invoice_line": []}})
    fault = day.draw(SEED, "task", "before")
    assert "invoice_line should not have" in inject(other, fault).wrong[0]


def test_a_fault_that_finds_another_statement_is_refused(day: Scene) -> None:
    fault = replace(day.draw(SEED, "task", "before"), statement="ledger/no_such_file")
    assert "stands there now" in inject(day, fault).wrong[0]
