"""Runs at once, and people and loads at work beside them: nobody is refused, nothing is lost or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import pytest

from invoicing.errors import RefusedError, WarehouseRefusedError
from invoicing.process.day import Day
from invoicing.settings import PROJECT_ROOT, Settings
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, october
from tests.world.reads import billed, invoice_of, run_status
from tests.world.verdict import differences
from tests.world.waiting import meanwhile
from tests.world.world import World

DAY = october(5)
DAYS = [october(nth) for nth in range(2, 14)]


@pytest.fixture
def due(world: World) -> World:
    """An active contract with something to invoice on 5 October."""
    world.contract()
    world.line()
    world.schedule(DAY, october(19))
    world.transaction("T1", october(1), "100")
    world.transaction("T2", october(2), "30")
    return world


def at_once(*actions: Callable[[], object]) -> list[BaseException]:
    """What goes wrong when all begin in the same moment."""
    start = threading.Barrier(len(actions))

    def act(action: Callable[[], object]) -> None:
        start.wait()
        action()

    with ThreadPoolExecutor(len(actions)) as threads:
        found = [threads.submit(act, action).exception for action in actions]
        return [error for exception in found if (error := exception()) is not None]


def running(world: World, run_date: date, run_key: str) -> Callable[[], Day]:
    return lambda: world.run(run_date, run_key)


# Two runs at once


@pytest.fixture(scope="module")
def twelve_days(new_world: Callable[[], World]) -> World:
    """Something to invoice on each of twelve days, for two customers, of two contracts."""
    world = new_world()
    world.settings = Settings(wait_seconds=60)
    for contract_id in (CONTRACT, "Contoso"):
        world.contract(contract_id)
        world.line(contract_id=contract_id, percents={"Fabrikam": "50", "Northwind": "50"})
        for day in DAYS:
            world.schedule(day, contract_id=contract_id)
            world.transaction(f"T{day.day}", october(day.day - 1), contract_id=contract_id)
    world.load()
    return world


EACH_ONCE = {day: [f"T{day.day}"] * 2 for day in DAYS}


def test_two_runs_of_each_day_at_once_make_one_invoice(
    twelve_days: World, lend_world: Callable[[World], World]
) -> None:
    world = lend_world(twelve_days)
    for day in DAYS:
        assert at_once(*(running(world, day, f"{day}/{name}") for name in ("first", "second"))) == []
    assert (billed(world), billed(world, "Contoso"), differences(world)) == (EACH_ONCE, EACH_ONCE, [])


def test_two_runs_of_a_day_at_once_have_both_succeeded(
    twelve_days: World, lend_world: Callable[[World], World]
) -> None:
    world = lend_world(twelve_days)
    at_once(*(running(world, DAY, name) for name in ("first", "second")))
    assert [row.status for row in world.read("SELECT status FROM analytics.invoice_runs")] == ["succeeded"] * 2


@pytest.mark.parametrize("buckets", [1, 4])
def test_runs_of_different_days_at_once_catch_up_each_row_once(
    twelve_days: World, lend_world: Callable[[World], World], buckets: int
) -> None:
    world = lend_world(twelve_days)
    world.settings = Settings(wait_seconds=60, buckets=buckets)
    assert at_once(*(running(world, day, f"{day}") for day in DAYS[-4:])) == []
    assert (billed(world), billed(world, "Contoso"), differences(world)) == (EACH_ONCE, EACH_ONCE, [])


def test_run_of_one_contract_beside_a_run_of_all_makes_one_invoice(
    twelve_days: World, lend_world: Callable[[World], World]
) -> None:
    world = lend_world(twelve_days)
    assert (
        at_once(
            running(world, DAYS[-1], "all"),
            lambda: world.run(DAYS[-1], "one", contract_ids=[CONTRACT]),
        )
        == []
    )
    assert (billed(world), billed(world, "Contoso"), differences(world)) == (EACH_ONCE, EACH_ONCE, [])


def test_runs_of_the_same_key_at_once_leave_the_day_invoiced_once(due: World) -> None:
    # Of which only the last to begin may say that it was done.
    errors = at_once(*(running(due, DAY, "same") for _ in range(3)))
    assert all("was begun again by somebody else" in str(error) for error in errors)
    assert len(errors) < 3
    assert (billed(due), run_status(due, DAY), differences(due)) == ({DAY: ["T1", "T2"]}, "run_successful", [])


def test_runs_of_the_same_key_at_once_are_attempts_of_one_run(due: World) -> None:
    at_once(*(running(due, DAY, "same") for _ in range(3)))
    rows = due.read("SELECT attempt, run_id, status FROM analytics.invoice_runs ORDER BY attempt")
    assert len(rows) >= 3
    assert [row.attempt for row in rows] == list(range(1, len(rows) + 1))
    assert len({row.run_id for row in rows}) == 1
    assert "running" not in {row.status for row in rows}


RUN = """
import sys
from datetime import date
from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.warehouse.connection import create_engine, parse_url

engine = create_engine(parse_url(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for repeat in range(5):
    run_day(engine, date(2026, 10, 5), run_key=f"{sys.argv[2]}/{repeat}", settings=read_settings())
"""


def test_processes_that_run_a_day_at_once_make_one_invoice(due: World) -> None:
    url = due.engine.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, url, name],
            cwd=PROJECT_ROOT,
            env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "plugins")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("first", "second")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0]
    assert (billed(due), differences(due)) == ({DAY: ["T1", "T2"]}, [])


# A run beside people and loads


def again_and_again(stop: threading.Event, act: Callable[[int], object]) -> Callable[[], None]:
    def go_on() -> None:
        for nth in range(1_000):
            if stop.is_set():
                return
            act(nth)

    return go_on


def test_runs_beside_people_and_loads_lose_and_double_nothing(
    twelve_days: World, lend_world: Callable[[World], World]
) -> None:
    world = lend_world(twelve_days)
    done = threading.Event()
    ann, bob = Desk(world, "ann"), Desk(world, "bob")

    def work(nth: int) -> None:
        with suppress(RefusedError):  # where a run was faster
            ann.mark("Contoso", ready=bool(nth % 2), transaction_ids=[f"T{2 + nth % 12}"])

    def confirm(_: int) -> None:
        drafts = world.read(
            "SELECT invoice_id FROM analytics.invoices WHERE status = 'draft' AND contract_id = 'Adatum'"
        )
        bob.confirm(*(row.invoice_id for row in drafts[:1]))

    loads = World(world.engine, world.settings)

    def load(nth: int) -> None:
        loads.contract(f"New {nth}")
        loads.line(contract_id=f"New {nth}")
        loads.schedule(DAYS[-1], contract_id=f"New {nth}")
        loads.transaction("N", october(1), contract_id=f"New {nth}")
        loads.load()

    def run_all() -> None:
        for day in DAYS:
            world.run(day, f"{day}")
        done.set()

    assert at_once(run_all, *(again_and_again(done, act) for act in (work, confirm, load))) == []
    ann.mark("Contoso")
    for day in DAYS:  # what was not ready on its day is picked up where its draft is still open
        world.run(day, f"{day}")
    assert differences(world) == []
    assert billed(world) == EACH_ONCE
    twice = [ids for ids in billed(world, "Contoso").values() if len(ids) != len(set(ids)) * 2]
    assert twice == []


# The key of a detail is the last guarantee, no matter who writes past all locks


def test_run_beside_somebody_who_takes_no_lock_fails_whole(due: World) -> None:
    with due.engine.begin() as by_hand:
        damage.take_past_locks(by_hand, "T2")
        with meanwhile(due, lambda: due.run(DAY)) as run:
            by_hand.commit()
            assert isinstance(run.exception(), WarehouseRefusedError)
    assert (billed(due), run_status(due, DAY)) == ({october(2): ["T2"]}, "not_run")


def test_run_that_failed_beside_somebody_who_takes_no_lock_succeeds_when_it_is_repeated(due: World) -> None:
    with due.engine.begin() as by_hand:
        damage.take_past_locks(by_hand, "T2")
        with meanwhile(due, lambda: due.run(DAY)) as run:
            by_hand.commit()
            assert run.exception()
    assert due.run(DAY).run.status == "succeeded"
    assert billed(due) == {october(2): ["T2"], DAY: ["T1"]}


def test_run_beside_somebody_who_takes_no_lock_and_gives_up_goes_on(due: World) -> None:
    with due.engine.connect() as by_hand:
        damage.take_past_locks(by_hand, "T2")
        with meanwhile(due, lambda: due.run(DAY)) as run:
            by_hand.rollback()
            assert run.result().run.status == "succeeded"
    assert billed(due) == {DAY: ["T1", "T2"]}


def test_somebody_who_takes_no_lock_is_refused_what_a_run_has_billed(due: World) -> None:
    due.run(DAY)
    with pytest.raises(Exception, match="pk_invoice_line_detail"):
        damage.take_past_locks(due, "T2")
    assert invoice_of(due, DAY)
