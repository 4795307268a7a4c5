"""Airflow with a database of its own, and the warehouse of the test as its connection."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pendulum
import pytest
import sqlalchemy as sa

from invoicing.settings import CONNECTION_VARIABLE, PROJECT_ROOT

TRIGGERED_AT = pendulum.datetime(2026, 11, 20)  # the day of whatever is run by hand

_moments = itertools.count()


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's own database: SQLite, made once a session."""
    from airflow.utils.db import initdb  # noqa: PLC0415  (Airflow is imported by the tests that need it alone)

    initdb()


@pytest.fixture(scope="session")
def dag_bag(airflow_database: None) -> Any:
    """All DAGs of the project."""
    return read_dags()


def read_dags() -> Any:
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415

    return DagBag(dag_folder=str(PROJECT_ROOT / "dags"))


@pytest.fixture
def url(
    new_database: Callable[[str], sa.URL], adatum_template: str, administer: Callable[[str], None]
) -> Iterator[sa.URL]:
    """URL of a warehouse with Adatum's contract, of this test alone."""
    made = new_database(adatum_template)
    yield made
    administer(f"DROP DATABASE IF EXISTS {made.database} WITH (FORCE)")


@pytest.fixture
def airflow_connection(url: sa.URL, monkeypatch: pytest.MonkeyPatch) -> sa.URL:
    """Makes the test's warehouse Airflow's connection `invoicing_warehouse`."""
    socket = str(url.query.get("host", url.host))
    port = f":{url.port}" if url.port else ""
    uri = f"postgresql://{url.username}@{quote(socket, safe='')}{port}/{url.database}"
    monkeypatch.setenv(CONNECTION_VARIABLE, uri)
    return url


@pytest.fixture
def run_dag(airflow_database: None, airflow_connection: sa.URL) -> Callable[..., Any]:
    """Runs create_invoices in Airflow for a day, and returns the DAG run."""

    def run(day: str, **conf: Any) -> Any:
        parsed = date.fromisoformat(day)
        # A moment of its own: Airflow would take the DAG run of another test for the same logical date up again.
        moment = pendulum.datetime(parsed.year, parsed.month, parsed.day).add(seconds=next(_moments))
        # Read anew: `test` leaves the parameters of one run in the DAG for the next.
        return read_dags().dags["create_invoices"].test(logical_date=moment, run_conf=conf or None)

    return run


@pytest.fixture
def trigger(airflow_database: None, airflow_connection: sa.URL) -> Callable[..., Any]:
    """Runs a DAG by hand with what is entered in its form, and returns the DAG run.

    `mark_success`: a task that somebody marks as success before it starts.
    """

    def run(dag_id: str, mark_success: str | None = None, **conf: Any) -> Any:
        moment = TRIGGERED_AT.add(seconds=next(_moments))
        dag = read_dags().dags[dag_id]
        # `test` cannot make the context of this callback where a field of the form has no default; e2e/ has the alert.
        dag.has_on_failure_callback = False
        return dag.test(logical_date=moment, run_conf=conf or None, mark_success_pattern=mark_success)

    return run


def known_to_airflow(dag: Any) -> Any:
    """The same DAG, once Airflow's database has it: `test` runs no other."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager  # noqa: PLC0415
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db  # noqa: PLC0415

    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(dag_folder=os.devnull, collect_dags=False)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, "dags-folder", None)
    return dag


def result(run: Any, task_id: str, key: str = "return_value", bucket: int | None = None) -> Any:
    """What a task of a DAG run has left; of one that is mapped, for which bucket."""
    instance = run.get_task_instance(task_id, map_index=-1 if bucket is None else bucket)
    return instance.xcom_pull(task_ids=task_id, key=key, map_indexes=bucket)


def states(run: Any) -> dict[str, str]:
    """State of each task of a DAG run."""
    return {instance.task_id: str(instance.state) for instance in run.get_task_instances()}
