"""What Airflow does with a step that fails: an outage is tried again, later each time; what somebody has to fix is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.dags.conftest import states
from tests.world import damage
from tests.world.world import World

RunDag = Callable[..., Any]

STEP = "write_draft_invoices"

OUTAGES = (
    "PERFORM pg_terminate_backend(pg_backend_pid())",
    "RAISE lock_not_available",
    "RAISE deadlock_detected",
    "RAISE serialization_failure",
    "RAISE disk_full",
)


@pytest.fixture
def impatient(airflow_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come after a second, not after 15."""
    from invoicing.airflow.tasks.retries import RETRYING  # noqa: PLC0415

    monkeypatch.setitem(RETRYING, "retry_delay", timedelta(0))


def test_outages_of_every_class_are_tried_again(run_dag: RunDag, own_world: World, impatient: None) -> None:
    damage.disturb(own_world, STEP, *OUTAGES)
    run = run_dag("2020-10-05")
    assert (str(run.state), run.get_task_instance(STEP, map_index=0).try_number) == ("success", len(OUTAGES) + 1)


def test_a_step_that_was_tried_again_leaves_what_the_first_try_would(
    run_dag: RunDag, own_world: World, impatient: None
) -> None:
    damage.disturb(own_world, STEP, "RAISE disk_full")
    run_dag("2020-10-05")
    (found,) = own_world.read(
        "SELECT details, chargeable_amount FROM analytics.invoice_runs JOIN analytics.run_amounts USING (run_id, attempt)"
    )
    assert (found.details, str(found.chargeable_amount)) == (25, "21130.01")


@pytest.mark.parametrize("error", ["PERFORM 1 / 0", "RAISE unique_violation", "RAISE check_violation"])
def test_an_error_of_the_data_fails_at_once(run_dag: RunDag, own_world: World, error: str) -> None:
    damage.disturb(own_world, STEP, error)
    run = run_dag("2020-10-05")
    assert (states(run)[STEP], run.get_task_instance(STEP, map_index=0).try_number) == ("failed", 1)


def test_an_error_of_usage_fails_at_once(run_dag: RunDag) -> None:
    found = run_dag("2020-10-05", contract_ids=["no-such-contract"]).get_task_instance("find_due_contract_lines")
    assert (found.state, found.try_number) == ("failed", 1)


def test_each_retry_waits_twice_as_long_as_the_one_before(dag_bag: Any) -> None:
    for task in scheduled_tasks(dag_bag):
        for try_number, shortest in enumerate((15, 30, 60, 120, 240), start=1):
            # Airflow adds up to as much again, so that not all tasks come back at once.
            assert shortest <= wait_after(task, try_number).total_seconds() < 2 * shortest, (task.task_id, try_number)


def test_no_retry_waits_longer_than_a_quarter_of_an_hour(dag_bag: Any) -> None:
    assert {wait_after(task, 20) for task in scheduled_tasks(dag_bag)} == {timedelta(minutes=15)}


def scheduled_tasks(dag_bag: Any) -> list[Any]:
    """The tasks of create_invoices as the scheduler sees them."""
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415

    dag = dag_bag.dags["create_invoices"]
    return list(DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).tasks)


def wait_after(task: Any, try_number: int) -> timedelta:
    """How long Airflow waits after a try that failed."""
    from airflow.models.taskinstance import TaskInstance  # noqa: PLC0415

    tried = TaskInstance(task, dag_version_id=None, run_id="run")
    tried.try_number, tried.end_date = try_number, datetime(2026, 10, 5, tzinfo=UTC)
    wait: timedelta = tried.next_retry_datetime() - tried.end_date
    return wait
