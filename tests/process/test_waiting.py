"""Who waits for whom, and how long: an edit for the bucket that has its contract, and nobody for anybody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.errors import WarehouseUnavailableError
from invoicing.lifecycle.backlog import Selection, mark_backlog
from invoicing.process import day
from invoicing.process.day import Day, preview_day
from invoicing.settings import Settings
from invoicing.warehouse import migrations
from invoicing.warehouse.locks import SLOTS
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.reads import billed, invoice_of
from tests.world.steps import Steps
from tests.world.stored import left_for_the_next_step
from tests.world.verdict import differences
from tests.world.waiting import bucket_being_written, held_open, meanwhile
from tests.world.world import World

DAY = october(5)


def in_slot(world: World, slot: int) -> Iterator[str]:
    """Contracts that fall into a slot."""
    rows = world.read(
        """
        SELECT 'C' || n AS contract_id FROM generate_series(1, 10000) AS n
        WHERE abs(mod(hashtextextended('C' || n, 0), :slots)) = :slot ORDER BY n
        """,
        slots=SLOTS,
        slot=slot,
    )
    return (row.contract_id for row in rows)


def deliver(world: World, contract_id: str) -> str:
    """An active contract with something to invoice on 5 October."""
    world.contract(contract_id)
    world.line(contract_id=contract_id)
    world.schedule(DAY, contract_id=contract_id)
    world.transaction("T1", october(1), contract_id=contract_id)
    return contract_id


@pytest.fixture
def due(world: World) -> World:
    """A contract with something to invoice on 5 October, of the first of two buckets."""
    world.settings = Settings(wait_seconds=2, buckets=2)
    deliver(world, next(in_slot(world, 3)))
    return world


@pytest.fixture
def here(due: World) -> str:
    """The contract of `due`."""
    return next(in_slot(due, 3))


@pytest.fixture
def beside(due: World) -> str:
    """Another contract of the same slot."""
    _, other, *_ = in_slot(due, 3)
    return deliver(due, other)


@pytest.fixture
def far(due: World) -> str:
    """Another contract, of the other bucket."""
    return deliver(due, next(in_slot(due, SLOTS - 1)))


# A bucket and a person


def test_edit_waits_for_the_bucket_that_has_its_contract(due: World, here: str) -> None:
    due.run(DAY)
    invoice = invoice_of(due, DAY, contract_id=here)
    with (
        bucket_being_written(Steps(due, DAY, "again").up_to("filter_ready")) as bucket,
        meanwhile(due, lambda: Desk(due).review(invoice)) as edit,
    ):
        bucket.commit()
        assert edit.result().status == "in_review"


def test_edit_does_not_wait_for_the_bucket_of_other_contracts(due: World, here: str, far: str) -> None:
    due.run(DAY)
    with bucket_being_written(Steps(due, DAY, "again").up_to("filter_ready"), 0):
        assert Desk(due).review(invoice_of(due, DAY, contract_id=far)).status == "in_review"


@pytest.mark.parametrize("step", ["find_due", "filter_ready", "write_drafts"])
def test_edit_does_not_wait_for_a_run_that_is_between_its_steps(due: World, here: str, step: str) -> None:
    due.run(DAY)
    Steps(due, DAY, "again").up_to(step)
    assert Desk(due).review(invoice_of(due, DAY, contract_id=here)).status == "in_review"


@pytest.mark.parametrize("step", ["find_due_contract_lines", "filter_ready_transactions", "close_run"])
def test_edit_does_not_wait_for_a_step_that_writes_no_drafts(
    due: World, here: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    due.run(DAY)
    invoice = invoice_of(due, DAY, contract_id=here)
    with stopped_after(monkeypatch, step, lambda: due.run(DAY, "again")) as run:
        assert Desk(due).review(invoice).status == "in_review"
    assert run.result().run.status == "succeeded"


def test_edit_that_waits_too_long_gives_up_and_says_so(due: World, here: str) -> None:
    due.run(DAY)
    due.settings = Settings(wait_seconds=1, buckets=2)
    invoice = invoice_of(due, DAY, contract_id=here)
    with (
        bucket_being_written(Steps(due, DAY, "again").up_to("filter_ready")),
        pytest.raises(WarehouseUnavailableError, match=r"somebody else .* did not finish in time"),
    ):
        Desk(due).review(invoice)


def test_bucket_waits_for_whoever_works_on_one_of_its_contracts(due: World, here: str) -> None:
    run = Steps(due, DAY).up_to("filter_ready")
    with (
        held_open(due, mark_backlog, Selection([here]), ready=False) as mark,
        meanwhile(due, lambda: run.write_bucket(0)) as bucket,
    ):
        mark.commit()
        bucket.result()
    assert billed(due, here) == {}


def test_bucket_that_waits_too_long_gives_up_whole_and_the_other_is_written(due: World, here: str, far: str) -> None:
    due.settings = Settings(wait_seconds=1, buckets=2)
    with (
        held_open(due, mark_backlog, Selection([here]), ready=True),
        pytest.raises(WarehouseUnavailableError, match=r"somebody else .* did not finish in time"),
    ):
        due.run(DAY, "scheduled")
    assert (billed(due, here), billed(due, far), Steps(due, DAY).latest().status) == ({}, {DAY: ["T1"]}, "failed")
    due.run(DAY, "scheduled")
    assert (billed(due, here), billed(due, far), differences(due)) == ({DAY: ["T1"]}, {DAY: ["T1"]}, [])


# People


def test_people_who_work_on_different_contracts_of_a_slot_do_not_wait(due: World, here: str, beside: str) -> None:
    with held_open(due, mark_backlog, Selection([here]), ready=False):
        assert Desk(due).mark(beside, ready=False) == 1


def test_people_who_work_on_the_same_contract_wait(due: World, here: str) -> None:
    with (
        held_open(due, mark_backlog, Selection([here]), ready=False) as first,
        meanwhile(due, lambda: Desk(due, "bob").mark(here, ready=True)) as second,
    ):
        first.commit()
        assert second.result() == 1


# Loads


def test_load_waits_for_the_bucket_that_has_its_contracts(due: World, here: str) -> None:
    run = Steps(due, DAY).up_to("filter_ready")
    source = World(due.engine, due.settings)
    deliver(source, here)
    source.transaction("T2", october(2), contract_id=here)
    with bucket_being_written(run) as bucket, meanwhile(due, source.load) as load:
        bucket.commit()
        load.result()
    due.run(DAY)
    assert billed(due, here) == {DAY: ["T1", "T2"]}


def test_load_of_other_contracts_does_not_wait(due: World, here: str, far: str) -> None:
    run = Steps(due, DAY).up_to("filter_ready")
    source = World(due.engine, due.settings)
    deliver(source, far)
    source.transaction("T2", october(2), contract_id=far)
    with bucket_being_written(run, 0):
        source.load()
    run.write_bucket(1)
    assert billed(due, far) == {DAY: ["T1", "T2"]}


# Upgrades


def test_upgrade_waits_for_a_bucket_that_is_being_written(due: World, here: str) -> None:
    run = Steps(due, DAY, "first").up_to("filter_ready")
    with bucket_being_written(run) as bucket, meanwhile(due, lambda: migrations.upgrade(due.engine)) as upgrade:
        bucket.commit()
        assert upgrade.result() == migrations.HEAD


def test_upgrade_that_has_waited_long_enough_says_for_what(due: World, here: str) -> None:
    with (
        bucket_being_written(Steps(due, DAY, "first").up_to("filter_ready")),
        pytest.raises(WarehouseUnavailableError, match=r"somebody else .* did not finish in time"),
    ):
        migrations.upgrade(due.engine, wait_seconds=1)


# Runs


def test_run_waits_for_the_bucket_of_another_and_takes_what_is_left(due: World, here: str) -> None:
    first = Steps(due, DAY, "first").up_to("filter_ready")
    with bucket_being_written(first) as bucket, meanwhile(due, lambda: due.run(october(6), "second")) as second:
        bucket.commit()
        assert second.result().figures.invoices_written == 0
    assert (billed(due, here), differences(due)) == ({DAY: ["T1"]}, [])


def test_run_of_other_contracts_does_not_wait(due: World, here: str, far: str) -> None:
    with bucket_being_written(Steps(due, DAY, "first", [here]).up_to("filter_ready"), 0):
        run = Steps(due, DAY, "second", [far])
        run.find_due()
        run.write_bucket(1)
    assert billed(due, far) == {DAY: ["T1"]}


# Previews


@contextmanager
def stopped_after(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], Day]) -> Iterator[Future[Day]]:
    """A day, begun in a thread of its own, whose transaction stays open after a step of it; it goes on at the end."""
    arrived, go_on = threading.Event(), threading.Event()
    taken = getattr(day, step)

    def stop(connection: sa.Connection, **named: Any) -> Any:
        found = taken(connection, **named)
        if threading.current_thread() is not threading.main_thread():
            arrived.set()
            go_on.wait(60)
        return found

    monkeypatch.setattr(day, step, stop)
    with ThreadPoolExecutor(1) as threads:
        begun = threads.submit(act)
        assert arrived.wait(30) or begun.result()
        try:
            yield begun
        finally:
            go_on.set()


@pytest.fixture(params=["find_due_contract_lines", "filter_ready_transactions"])
def preview(due: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Future[Day]]:
    """A preview that takes long, as of a large day."""
    with stopped_after(
        monkeypatch, request.param, lambda: preview_day(due.engine, DAY, settings=due.settings)
    ) as begun:
        yield begun


def test_run_does_not_wait_for_a_preview(due: World, here: str, preview: Future[Day]) -> None:
    assert due.run(DAY).run.status == "succeeded"
    assert not preview.done()


def test_preview_does_not_wait_for_a_preview(due: World, here: str, preview: Future[Day]) -> None:
    assert preview_day(due.engine, DAY, settings=due.settings).figures.invoices == 1
    assert not preview.done()


def test_people_do_not_wait_for_a_preview(due: World, here: str, preview: Future[Day]) -> None:
    desk = Desk(due)
    desk.mark(here, ready=False)
    desk.mark(here, ready=True)
    assert not desk.confirm(desk.created(here)).refused
    assert not preview.done()


def test_load_does_not_wait_for_a_preview(due: World, here: str, preview: Future[Day]) -> None:
    due.transaction("T2", october(2), contract_id=here)
    due.load()
    assert not preview.done()


def test_preview_does_not_wait_for_a_bucket(due: World, here: str) -> None:
    with bucket_being_written(Steps(due, DAY).up_to("filter_ready")):
        assert preview_day(due.engine, DAY, settings=due.settings).figures.invoices == 1


# A step that is thought to be dead


def test_step_that_is_tried_again_waits_for_the_first_try(due: World, here: str) -> None:
    run = Steps(due, DAY).up_to("filter_ready")
    with bucket_being_written(run) as first, meanwhile(due, lambda: run.write_bucket(0)) as second:
        first.commit()
        _, record = second.result()
    run.write_bucket(1)
    run.close()
    assert (record.invoices_written, billed(due, here), run.latest().status) == (1, {DAY: ["T1"]}, "succeeded")


def test_run_that_is_begun_again_waits_for_the_step_that_is_at_work(due: World, here: str) -> None:
    run = Steps(due, DAY).up_to("filter_ready")
    with bucket_being_written(run) as step, meanwhile(due, run.find_due) as again:
        step.commit()
        assert again.result().run.attempt == 2
    run.up_to("close")
    assert set(left_for_the_next_step(due).values()) == {0}


def test_filter_of_another_bucket_does_not_wait_for_the_bucket(due: World, here: str, far: str) -> None:
    run = Steps(due, DAY).up_to("find_due")
    with bucket_being_written(run, 0):
        filtered = run.filter_bucket(1)
    assert filtered.ready_transactions == 1
