"""One Airflow for the session, and a warehouse of its own for every test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from invoicing.airflow.warehouse import CONNECTION_ID
from invoicing.warehouse.connection import create_engine
from tests.dags.listeners import AlertServer, StatsdServer, alert_server, statsd_server
from tests.e2e.rest import ENDED, Rest, wait_until
from tests.e2e.schedule import SETTINGS
from tests.e2e.stack import Stack
from tests.e2e.undisturbed import Change, outcome, run_undisturbed
from tests.world.world import World

MakeWarehouse = Callable[..., World]
Undisturbed = Callable[..., dict[str, list[str]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def alerts() -> Iterator[AlertServer]:
    """Where the alerts of the Airflow go."""
    with alert_server() as listening:
        yield listening


@pytest.fixture(scope="session")
def statsd() -> Iterator[StatsdServer]:
    """Where its metrics go."""
    with statsd_server() as listening:
        yield listening


@pytest.fixture(scope="session")
def stack(
    alerts: AlertServer,
    statsd: StatsdServer,
    server_url: sa.URL,
    administer: Callable[[str], None],
    new_database: Callable[[str], sa.URL],
    adatum_template: str,
) -> Iterator[Stack]:
    """Airflow as four processes, with the DAG read and its first scheduled run over."""
    metadata = server_url.set(database=f"airflow_{os.getpid()}")
    administer(f"CREATE DATABASE {metadata.database}")
    home = Path(tempfile.mkdtemp(prefix="invoicing_e2e_"))
    environment = {
        "AIRFLOW_CONN_INVOICING_ALERTS": alerts.connection,
        "INVOICING_APPROVAL_AMOUNT": "10000",
        "INVOICING_APPROVAL_BY_ANOTHER": "false",  # there is one user, who triggers and answers
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(statsd.port),
    }
    stack = Stack(home, metadata, SETTINGS, environment)
    try:
        stack.migrate()
        stack.start("api-server")
        rest = stack.rest()
        connect(rest, new_database(adatum_template))
        stack.start("dag-processor", "triggerer", "scheduler")
        # Made by the scheduler on its own: the last moment of the schedule. It stays, or it would be made again.
        wait_until(lambda: rest.is_known() and bool(rest.runs()) and rest.runs()[0]["state"] in ENDED)
        rest.close()
        yield stack
    finally:
        stack.take_down()
        shutil.rmtree(home)
        administer(f"DROP DATABASE {metadata.database} WITH (FORCE)")


@pytest.fixture
def rest(stack: Stack) -> Iterator[Rest]:
    """The REST API of an Airflow that is complete; the runs of the test are gone after it."""
    stack.start()
    rest = stack.rest()
    yield rest
    stack.sweep_up()
    stack.start()
    _forget_runs(rest)
    rest.close()


@pytest.fixture
def rest_of(stack: Stack, rest: Rest) -> Iterator[Callable[[str], Rest]]:
    """The REST API of another DAG, once the dag-processor has read it."""
    made: list[Rest] = []

    def open_one(dag_id: str) -> Rest:
        made.append(stack.rest(dag_id))
        wait_until(made[-1].is_known, 60, f"the dag-processor does not read {dag_id}")
        return made[-1]

    yield open_one
    for one in made:
        one.close()


@pytest.fixture
def make_warehouse(
    new_database: Callable[[str], sa.URL], administer: Callable[[str], None]
) -> Iterator[Callable[[str], World]]:
    """Makes warehouses as copies of a template; they live as long as the test."""
    made: list[str] = []

    def make(copy_of: str) -> World:
        url = new_database(copy_of)
        made.append(str(url.database))
        return World(create_engine(url))

    yield make
    for name in made:
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def warehouse(rest: Rest, make_warehouse: MakeWarehouse, adatum_template: str) -> World:
    """A warehouse with Adatum's contract, to which Airflow's connection leads."""
    warehouse = make_warehouse(adatum_template)
    connect(rest, warehouse.engine.url)
    return warehouse


@pytest.fixture
def undisturbed(make_warehouse: MakeWarehouse, adatum_template: str) -> Undisturbed:
    """The outcome of days that nothing disturbed, over Adatum's contract."""

    def run(*steps: str | Change) -> dict[str, list[str]]:
        warehouse = make_warehouse(adatum_template)
        run_undisturbed(warehouse, *steps)
        return outcome(warehouse)

    return run


def connect(rest: Rest, url: sa.URL) -> None:
    """Makes a warehouse Airflow's, by the connection that an administrator would make."""
    host = str(url.query.get("host", url.host))
    rest.set_connection(
        CONNECTION_ID, conn_type="postgres", host=host, port=url.port, login=url.username, schema=url.database
    )


def _forget_runs(rest: Rest) -> None:
    rest.end_all()
    for run in rest.runs():
        if run["run_type"] != "scheduled":  # the scheduler would make its own again
            rest.delete(run["dag_run_id"])
    rest.unpause()
