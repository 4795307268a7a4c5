"""Runs that are started at once, by Airflow, beside Airflow and without Airflow: one at a time writes."""

from __future__ import annotations

import subprocess
import sys

from tests.e2e.conftest import Undisturbed
from tests.e2e.rest import Rest
from tests.e2e.schedule import moment
from tests.e2e.stack import Stack
from tests.e2e.undisturbed import outcome
from tests.world.world import World

DAYS = "2020-10-05", "2020-10-19", "2020-11-02"
# How Airflow breaks off a `dags test` beside a scheduler that was quicker to start one of its tasks.
TAKEN_BY_THE_SCHEDULER = "Cannot start Task Instance in invalid state"


def test_runs_started_at_once_by_every_way_there_is_write_one_at_a_time(
    stack: Stack, rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    runs = [rest.trigger(moment(day)) for day in DAYS]
    # Without a deadline: `dags test` of Airflow 3.3.2 breaks off at the end of a run that has one.
    silent = {"INVOICING_DEADLINE_MINUTES": ""}
    beside_airflow = stack.spawn("dags", "test", "create_invoices", DAYS[1], settings=silent)
    url = warehouse.engine.url.render_as_string(hide_password=False)
    without_airflow = subprocess.Popen(
        [sys.executable, "-m", "invoicing.cli", "run", "--run-date", DAYS[2], "--warehouse", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = {process: process.communicate(timeout=240)[0] for process in (beside_airflow, without_airflow)}
    ends = [rest.wait_for(run) for run in runs]
    for run in rest.runs():  # that of `dags test` as well, which the scheduler may go on with
        rest.wait_for(run["dag_run_id"])

    # Whoever came too late in line says so, and nobody ends in any other way.
    assert ends == ["success"] * len(DAYS)
    said = printed[beside_airflow]
    assert beside_airflow.returncode == 0 or TAKEN_BY_THE_SCHEDULER in said, said
    assert without_airflow.returncode == 0 or "INV-301" in printed[without_airflow], printed[without_airflow]
    overlapping = """
        SELECT a.run_id, b.run_id FROM analytics.invoice_runs AS a
        INNER JOIN analytics.invoice_runs AS b ON a.run_id < b.run_id
            AND (a.started_at, a.ended_at) OVERLAPS (b.started_at, b.ended_at)
    """
    assert warehouse.read(overlapping) == []
    assert outcome(warehouse) == undisturbed(*DAYS)
