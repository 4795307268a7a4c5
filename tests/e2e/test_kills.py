"""Processes that are killed in the middle of a step: started again, the day ends well by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from invoicing.settings import PROJECT_ROOT, Settings
from invoicing.source.loading import load_folder
from invoicing.warehouse import embedded, migrations
from invoicing.warehouse.connection import create_engine
from tests.e2e.conftest import MakeWarehouse, Undisturbed, connect
from tests.e2e.hold import holding
from tests.e2e.rest import Rest, wait_until
from tests.e2e.schedule import in_two_buckets
from tests.e2e.stack import Stack
from tests.e2e.undisturbed import outcome, run_undisturbed
from tests.e2e.worlds import five_days
from tests.world.damage import STEPS
from tests.world.world import World

pytestmark = pytest.mark.slow_e2e

DAY = "2020-10-05"


def start(rest: Rest) -> str:
    return rest.trigger(f"{DAY}T00:00:00Z")


@pytest.mark.parametrize("step", STEPS)
def test_task_that_is_killed_is_tried_again(rest: Rest, warehouse: World, undisturbed: Undisturbed, step: str) -> None:
    with holding(warehouse, step) as hold:
        run = start(rest)
        hold.wait_until_reached()
        os.kill(rest.task(run, step)["pid"], signal.SIGKILL)
    assert rest.wait_for(run) == "success"
    assert rest.task(run, step)["try_number"] == 2
    assert outcome(warehouse) == undisturbed(DAY)


def test_task_that_is_killed_with_its_supervisor_is_missed_and_tried_again(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    with holding(warehouse, "write_draft_invoices") as hold:
        run = start(rest)
        hold.wait_until_reached()
        task = psutil.Process(rest.task(run, "write_draft_invoices")["pid"])
        supervisor = task.parent()
        assert supervisor is not None
        supervisor.kill()
        task.kill()
    assert rest.wait_for(run) == "success"
    assert rest.task(run, "write_draft_invoices")["try_number"] == 2
    assert outcome(warehouse) == undisturbed(DAY)


def test_bucket_whose_task_is_killed_is_tried_again_and_the_other_bucket_is_not(
    stack: Stack, rest: Rest, make_warehouse: MakeWarehouse, template: str
) -> None:
    warehouse, other = make_warehouse(template), make_warehouse(template)
    for contract_id in ("Adatum", "Contoso", "Northwind", "Tailspin", "Wingtip"):
        five_days(warehouse, DAY, contract_id)
        five_days(other, DAY, contract_id)
    connect(rest, warehouse.engine.url)
    with in_two_buckets(stack):
        with holding(warehouse, "write_draft_invoices") as hold:
            run = start(rest)
            hold.wait_until_reached(steps=2)
            os.kill(rest.task(run, "write_draft_invoices", 0)["pid"], signal.SIGKILL)
        assert rest.wait_for(run) == "success"
    tries = [rest.task(run, "write_draft_invoices", number)["try_number"] for number in range(2)]
    assert tries == [2, 1]
    run_undisturbed(other, DAY)
    assert outcome(warehouse) == outcome(other)


def test_scheduler_that_is_killed_with_its_tasks_takes_the_run_up_again(
    stack: Stack, rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    with holding(warehouse, "write_draft_invoices") as hold:
        run = start(rest)
        hold.wait_until_reached()
        stack.kill("scheduler")
    stack.start("scheduler")
    assert rest.wait_for(run) == "success"
    assert outcome(warehouse) == undisturbed(DAY)


def test_task_that_outlives_its_scheduler_counts_when_the_scheduler_is_back(
    stack: Stack, rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    with holding(warehouse, "write_draft_invoices") as hold:
        run = start(rest)
        hold.wait_until_reached()
        stack.kill("scheduler", with_children=False)
    rest.wait_for_task(run, "write_draft_invoices", {"success"})
    stack.sweep_up()
    stack.start("scheduler")
    assert rest.wait_for(run) == "success"
    assert rest.task(run, "write_draft_invoices")["try_number"] == 1
    assert outcome(warehouse) == undisturbed(DAY)


def test_api_server_that_is_killed_is_waited_for(
    stack: Stack, rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    with holding(warehouse, "write_draft_invoices") as hold:
        run = start(rest)
        hold.wait_until_reached()
        stack.kill("api-server")
    stack.start("api-server")
    assert rest.wait_for(run) == "success"
    assert outcome(warehouse) == undisturbed(DAY)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Settings]:
    """Settings of an embedded server that a test may kill."""
    # Root's server needs a folder that its system user can reach.
    home = embedded.SYSTEM_ROOT / f"tests-{os.getpid()}-own" if os.geteuid() == 0 else tmp_path / "warehouse"
    settings = Settings(warehouse_dir=home)
    yield settings
    embedded.remove(settings)


@pytest.mark.parametrize("step", STEPS)
def test_warehouse_that_is_killed_and_started_again_is_found_again(
    rest: Rest, undisturbed: Undisturbed, own_server: Settings, step: str
) -> None:
    warehouse = World(create_engine(embedded.ensure_running(own_server)))
    migrations.upgrade(warehouse.engine)
    load_folder(warehouse.engine, PROJECT_ROOT / "samples" / "adatum", wait_seconds=60)
    connect(rest, warehouse.engine.url)
    with holding(warehouse, step) as hold:
        run = start(rest)
        hold.wait_until_reached()
        _kill_postmaster(own_server)
    embedded.ensure_running(own_server)
    assert rest.wait_for(run) == "success"
    assert outcome(warehouse) == undisturbed(DAY)


def _kill_postmaster(settings: Settings) -> None:
    pid_file = embedded.server_of(settings).data / "postmaster.pid"
    postmaster = psutil.Process(int(pid_file.read_text(encoding="utf-8").splitlines()[0]))
    postmaster.kill()
    wait_until(lambda: not psutil.pid_exists(postmaster.pid))
