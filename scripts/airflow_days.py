"""Runs the DAG create_invoices in Airflow, in this process, for each day given: `python -m scripts.airflow_days 2020-10-05 …`.

The runs stand in Airflow's own database afterwards, so that its UI shows them.
"""

from __future__ import annotations

import sys
from datetime import date

import pendulum
import sqlalchemy as sa
from airflow.configuration import conf
from airflow.dag_processing.dagbag import DagBag
from airflow.models import DagRun
from airflow.utils.session import create_session

from invoicing.settings import read_settings


def main() -> int:
    """Exit status 1 when a day's run did not succeed."""
    bag = DagBag(dag_folder=conf.get("core", "dags_folder"))
    if bag.import_errors:
        print(bag.import_errors)
        return 1
    dag = bag.dags["create_invoices"]
    timezone = read_settings().timezone
    for day in map(date.fromisoformat, sys.argv[1:]):
        run = dag.test(logical_date=pendulum.datetime(day.year, day.month, day.day, tz=timezone))
        _give_start(run.run_id)
        if str(run.state) != "success":
            return 1
    return 0


def _give_start(run_id: str) -> None:
    # `test` says that a run began on its logical date: the UI would show runs of the past as years long.
    with create_session() as session:
        run = session.scalars(sa.select(DagRun).where(DagRun.run_id == run_id)).one()
        run.start_date = run.run_after


if __name__ == "__main__":
    sys.exit(main())
