"""One fault of each kind in each phase of a day, always the same. `make faults` makes them all."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import get_args

import pytest

from invoicing.ledger.runs import find_attempt
from invoicing.warehouse.statements import SQL_ROOT
from invoicing.warehouse.transactions import writing
from tests.faults.day import CLEARED_STEPS, RUN_KEY, STEPS, WHOLE_DAY
from tests.faults.injection import copied, inject, strike
from tests.faults.plan import AROUND, KILLS, Fault, Kind
from tests.faults.scene import Scene
from tests.faults.server import is_alive
from tests.faults.step_process import Phase
from tests.world.reads import RESULTS, shown
from tests.world.world import World

SEED = 1
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


@pytest.mark.parametrize("kind", ["task", "postmaster"])
@pytest.mark.parametrize("phase", ["inside", "committed"])
def test_a_run_that_died_and_is_cleared_leaves_no_trace(day: Scene, kind: Kind, phase: Phase) -> None:
    fault = day.draw(SEED, kind, phase, "cleared")
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("phase", ["inside", "committed"])
def test_a_run_that_died_is_made_good_by_the_next_run(day: Scene, phase: Phase) -> None:
    fault = day.draw(SEED, "task", phase, "next")
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("phase", PHASES)
def test_a_day_whose_process_died_is_made_good_by_the_next_run(day: Scene, phase: Phase) -> None:
    fault = day.draw(SEED, "task", phase, "next", whole=True)
    assert inject(day, fault).wrong == (), fault


@pytest.mark.parametrize("kind", KILLS)
def test_a_cleared_bucket_that_is_killed_leaves_no_trace(cleared: Scene, kind: Kind) -> None:
    fault = cleared.draw(SEED, kind, "inside")
    assert inject(cleared, fault).wrong == (), fault


def test_a_cleared_bucket_that_died_is_cleared_with_the_whole_run_and_leaves_no_trace(cleared: Scene) -> None:
    fault = cleared.draw(SEED, "postmaster", "committed", "cleared")
    assert inject(cleared, fault).wrong == (), fault


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
        day.server.wait_until_idle(database)
        with writing(day.server.engine(database), 20) as connection:
            assert (find_attempt(connection, RUN_KEY) is not None) == is_in


# What the faults strike: or the tests above, and `make faults`, would prove nothing


def test_every_statement_of_the_process_is_struck(day: Scene, cleared: Scene) -> None:
    struck = {fault.statement for scene in (day, cleared) for fault in scene.faults}
    folders = ("process", "ledger", "audit/detection", "warehouse/locks")
    files = {
        str(path.relative_to(SQL_ROOT).with_suffix(""))
        for folder in folders
        for path in (SQL_ROOT / folder).rglob("*.sql")
    }
    assert files - struck == {
        "audit/detection/count_warnings",  # the note of a run
        "ledger/changes/touch_slots",  # loads
        "process/closing/count_on_a_draft",  # where nothing is written
        "process/cycle/find_latest_cycle_end",  # Sleep, which writes nothing
        "process/day/count_previewed",  # previews
        "process/day/list_previewed_amounts",
        "process/day/list_previewed_invoices",
        "process/due_lines/find_first_run_date",  # where nothing is due
    }


def test_a_postmaster_that_is_killed_takes_its_sessions_along_at_once(day: Scene) -> None:
    with closing(day.server.connect("postgres")) as connection:
        session = connection.info.backend_pid
        day.server.kill_postmaster()
        assert not is_alive(session)


def test_every_step_is_struck_at_its_commit(day: Scene, cleared: Scene) -> None:
    assert [day.sent[step].count("COMMIT") for step in STEPS] == [1] * len(STEPS)
    assert [cleared.sent[step].count("COMMIT") for step in CLEARED_STEPS] == [1] * len(CLEARED_STEPS)


def test_the_whole_day_is_struck_at_each_of_its_commits(day: Scene) -> None:
    nobody_marks = len(STEPS) - 1
    assert day.sent[WHOLE_DAY].count("COMMIT") == nobody_marks


def test_there_are_at_least_200_faults(day: Scene) -> None:
    assert len(day.faults) >= 200


def test_the_day_changes_every_result(day: Scene) -> None:
    before, after = (shown(World(day.server.engine(name))) for name in (day.before("find_due"), "day_undisturbed"))
    assert [view for view in RESULTS if before[view] == after[view]] == []


def test_a_trace_would_be_found(day: Scene) -> None:
    other = replace(day, left={**day.left, "close": {**day.left["close"], "invoice_line": []}})
    fault = day.draw(SEED, "task", "before")
    assert "invoice_line should not have" in inject(other, fault).wrong[0]


def test_a_fault_that_finds_another_statement_is_refused(day: Scene) -> None:
    fault = replace(day.draw(SEED, "task", "before"), statement="ledger/no_such_file")
    assert "stands there now" in inject(day, fault).wrong[0]
