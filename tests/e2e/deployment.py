"""What must hold wherever the DAG is deployed: a day is invoiced, and one that is interrupted ends well."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

from tests.e2e.rest import Rest, wait_until
from tests.world.damage import lock_before

# Run dates of the sample adatum: the number of details and the total of their only invoice (samples/README.md).
DAY = "2020-10-05"
ANOTHER_DAY = "2020-10-19"
INVOICES = {DAY: [(25, 21213.41)], ANOTHER_DAY: [(11, 7230.38)]}

# As long as its transaction lasts, write_draft_invoices stays in the middle of its own, and everybody may read.
HOLD = lock_before("write_draft_invoices")


class Deployment(Protocol):
    """A running Airflow with a warehouse."""

    def invoicing(self, *arguments: str) -> str:
        """Runs the console script over the warehouse and returns what it printed; fails when it fails."""


def finish_todays_run(rest: Rest) -> None:
    """Waits until the run is over that Airflow starts by itself for today; the days that we ask for queue behind it."""
    wait_until(rest.is_known, 120, "the dag-processor does not read the DAG")
    wait_until(lambda: bool(rest.runs(run_type="scheduled")), 120, "today's run never started")
    (run,) = rest.runs(run_type="scheduled")
    run_id = run["dag_run_id"]
    if rest.wait_for_task(run_id, "sleep", {"success", "deferred"}) == "deferred":
        rest.mark(run_id, "sleep", "success")
    assert rest.wait_for(run_id, seconds=300) == "success"


def run_day(rest: Rest, day: str) -> str:
    """Runs a day and returns how its DAG run ended."""
    return rest.wait_for(rest.trigger(conf={"run_date": day}), seconds=300)


def run_interrupted_day(rest: Rest, day: str, interrupt: Callable[[], None], *, writers: int = 1) -> str:
    """Runs a day in a warehouse on hold, interrupts it when so many tasks write at once; returns how its DAG run ended."""
    run_id = rest.trigger(conf={"run_date": day})
    wait_until(lambda: _writing(rest, run_id) == writers, 300, lambda: f"it does not write: {rest.tasks(run_id)}")
    interrupt()
    return rest.wait_for(run_id, seconds=600)


def invoices(deployment: Deployment, day: str) -> list[tuple[int, float]]:
    """Details and total of each invoice of a run date."""
    listed: list[dict[str, Any]] = json.loads(deployment.invoicing("invoices", "--run-date", day, "--json"))
    return [(invoice["detail_count"], invoice["total_amount"]) for invoice in listed]


def _writing(rest: Rest, run_id: str) -> int:
    states = rest.tasks(run_id).items()
    return sum(task.startswith("write_draft_invoices") and state == "running" for task, state in states)
