"""Runs the DAG create_invoices in Airflow, in this process, for each day given: `python -m scripts.airflow_days 2020-10-05 …`.

The runs stand in Airflow's own database afterwards, so that its UI shows them.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import pendulum
from airflow.configuration import conf
from airflow.dag_processing.dagbag import DagBag
from airflow.models import DagRun
from airflow.utils.session import create_session

from invoicing.settings import read_settings
from scripts.task_logs import write_task_logs


def main() -> int:
    """Exit status 1 when a day's run did not succeed."""
    bag = DagBag(dag_folder=conf.get("core", "dags_folder"))
    if bag.import_errors:
        print(bag.import_errors)
        return 1
    dag = bag.dags["create_invoices"]
    timezone = read_settings().timezone
    logs = write_task_logs(sys.stdout.buffer)
    for day in map(date.fromisoformat, sys.argv[1:]):
        moment = pendulum.datetime(day.year, day.month, day.day, tz=timezone)
        logs.begin(dag.dag_id, DagRun.generate_run_id(run_type="manual", logical_date=moment, run_after=moment))
        run = dag.test(run_after=moment, logical_date=moment)  # `run_after` names the day in the id of the run
        _complete(run)
        if str(run.state) != "success":
            return 1
    return 0


def _complete(ended: Any) -> None:
    """What `test` leaves out: when the run really began, without which the UI shows it as years long, and its note."""
    with create_session() as session:
        run = session.get_one(DagRun, ended.id)
        tasks = run.get_task_instances(session=session)
        run.start_date = min(task.start_date for task in tasks if task.start_date)
        run.dag = ended.dag
        session.flush()
        run.notify_dagrun_state_changed(msg="")


if __name__ == "__main__":
    sys.exit(main())
