"""Runs that are started at once, by Airflow, beside Airflow and without Airflow: they wait for each other's contracts."""

from __future__ import annotations

import subprocess
import sys

from tests.e2e.conftest import Undisturbed
from tests.e2e.hold import holding
from tests.e2e.rest import Rest, wait_until
from tests.e2e.schedule import moment
from tests.e2e.stack import Stack
from tests.e2e.undisturbed import outcome
from tests.world.reads import run_of
from tests.world.world import World

DAYS = "2020-10-05", "2020-10-19", "2020-11-02"
# How Airflow breaks off a `dags test` beside a scheduler that takes its run on as well; in its own database, not in ours.
TAKEN_BY_THE_SCHEDULER = ("Cannot start Task Instance in invalid state", 'in relation "dag_run"')


def waiting(warehouse: World) -> int:
    """How many sessions wait for a lock."""
    query = """
        SELECT count(*) AS sessions FROM pg_catalog.pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    (row,) = warehouse.read(query)
    return int(row.sessions)


def test_runs_started_at_once_by_every_way_there_is_all_succeed_and_double_nothing(
    stack: Stack, rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    url = warehouse.engine.url.render_as_string(hide_password=False)
    with holding(warehouse, "write_draft_invoices") as hold:
        runs = [rest.trigger(moment(day)) for day in DAYS]
        # Without a deadline: `dags test` of Airflow 3.3.2 breaks off at the end of a run that has one.
        silent = {"INVOICING_DEADLINE_MINUTES": ""}
        beside_airflow = stack.spawn("dags", "test", "create_invoices", DAYS[1], settings=silent)
        hold.wait_until_reached()
        without_airflow = subprocess.Popen(
            [sys.executable, "-m", "invoicing.cli", "run", "--run-date", DAYS[2], "--warehouse", url],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # One is held in the middle of its drafts, another waits for its contracts: otherwise nothing would be at once.
        wait_until(lambda: waiting(warehouse) > 1, otherwise="nobody writes beside the run that is held")
    printed = {process: process.communicate(timeout=240)[0] for process in (beside_airflow, without_airflow)}
    assert [rest.wait_for(run) for run in runs] == ["success"] * len(DAYS)
    for run in rest.runs():  # that of `dags test` as well, which the scheduler may go on with
        rest.wait_for(run["dag_run_id"])

    assert without_airflow.returncode == 0, printed[without_airflow]
    said = printed[beside_airflow]
    assert beside_airflow.returncode == 0 or any(words in said for words in TAKEN_BY_THE_SCHEDULER), said
    assert {run_of(warehouse, f"create_invoices/{run}").status for run in runs} == {"succeeded"}
    assert outcome(warehouse) == undisturbed(*DAYS)
