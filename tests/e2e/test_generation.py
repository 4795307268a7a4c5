"""generate_invoice_schedules in a real Airflow: by the scheduler alone, and beside the daily run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pendulum

from tests.contracts.planner import Planner
from tests.e2e.rest import Rest, wait_until
from tests.world.names import CONTRACT
from tests.world.world import World

DAG_ID = "generate_invoice_schedules"


def test_the_scheduler_generates_schedules_by_itself(rest_of: Callable[[str], Rest]) -> None:
    generating = rest_of(DAG_ID)
    wait_until(lambda: bool(generating.runs(run_type="scheduled")), otherwise="the scheduler makes no run")
    (run,) = generating.runs(run_type="scheduled")
    assert generating.wait_for(run["dag_run_id"]) == "success"


def test_schedules_are_generated_beside_a_run_of_the_day(
    rest: Rest, rest_of: Callable[[str], Rest], warehouse: World
) -> None:
    today = pendulum.now("UTC").date()
    warehouse.contract()
    Planner(warehouse).line("monthly", "last", start=today, end=today + timedelta(days=62))
    warehouse.load()
    generating = rest_of(DAG_ID)
    day, run = rest.trigger(conf={"run_date": "2020-10-05"}), generating.trigger(conf={"contract_ids": [CONTRACT]})
    assert (generating.wait_for(run), rest.wait_for(day)) == ("success", "success")
    rows = len(Planner(warehouse).dates())
    assert rows in (2, 3)
    assert generating.run(run)["note"].startswith(f"**Summary** {rows} rows added, 0 rows removed, up to ")
