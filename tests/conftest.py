"""A real Postgres for every test that asks for one: one embedded server a session, one fresh database a test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT, Settings
from invoicing.source.loading import load_folder
from invoicing.warehouse import embedded, migrations
from invoicing.warehouse.connection import create_engine, parse_url
from tests.places import server_home
from tests.servers import CLUSTER_VARIABLE, Server, cluster
from tests.spread import Spread, airflow_first
from tests.world.fixtures import copy_world, lend_world, module_engine, new_world, own_world, world

__all__ = ["copy_world", "lend_world", "module_engine", "new_world", "own_world", "world"]

# Airflow reads its environment when it is first imported, which some test module does: so it is set here, before all.
os.environ.update(
    AIRFLOW_HOME=tempfile.mkdtemp(prefix="invoicing_airflow_"),
    AIRFLOW__CORE__DAGS_FOLDER=str(PROJECT_ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(PROJECT_ROOT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="True",
)

# Processes that share the tests may share a server.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEMPLATE, BARE = f"invoicing_template_{_WORKER}", f"invoicing_bare_{_WORKER}"
_numbers = itertools.count(1)


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["AIRFLOW_HOME"], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    config.option.loadscopereorder = False  # the order is that of `airflow_first`
    return Spread(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        airflow_first(items)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server that tests make their databases on: the cluster of INVOICING_TEST_CITUS (the URL of its coordinator), the server of
    INVOICING_TEST_WAREHOUSE (a URL), else an embedded one.
    """
    if named := os.environ.get(CLUSTER_VARIABLE):
        yield cluster(parse_url(named))
        return
    if named := os.environ.get("INVOICING_TEST_WAREHOUSE"):
        yield Server((parse_url(named),))
        return
    settings = Settings(warehouse_dir=server_home("tests"))
    try:
        made = Server((embedded.ensure_running(settings),))
        made.administer(
            "ALTER SYSTEM SET fsync = off",  # these databases need not survive a crash
            "ALTER SYSTEM SET max_wal_size = '256MB'",  # of memory, most likely
            "SELECT pg_reload_conf()",
        )
        yield made
    finally:
        embedded.remove(settings)


@pytest.fixture(scope="session")
def server_url(server: Server) -> sa.URL:
    """URL of the test server; of the coordinator, where it is a cluster."""
    return server.url


@pytest.fixture(scope="session")
def administer(server: Server) -> Callable[[str], None]:
    """Runs a statement such as CREATE DATABASE on the test server."""
    return server.administer


@pytest.fixture(scope="session")
def bare(server: Server) -> str:
    """Name of a database without a schema that others are copied from."""
    if server.is_cluster:
        server.make_bare(BARE)
        return BARE
    return "template1"


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """Name of a migrated, empty database that others are copied from."""
    server.make_bare(TEMPLATE)
    migrations.upgrade(create_engine(server.url.set(database=TEMPLATE)))
    if server.is_cluster:  # whose workers know who asks only where it logs in
        server.administer("ALTER ROLE invoicing_analyst LOGIN", "ALTER ROLE invoicing_migration LOGIN")
    return TEMPLATE


@pytest.fixture(scope="session")
def new_database(server: Server) -> Callable[[str], sa.URL]:
    """Makes a database as a copy of another and returns its URL; it lives as long as the session."""

    def make(copy_of: str) -> sa.URL:
        name = f"invoicing_test_{os.getpid()}_{next(_numbers)}"
        server.copy(copy_of, name)
        return server.url.set(database=name)

    return make


@pytest.fixture(scope="session")
def adatum_template(new_database: Callable[[str], sa.URL], template: str) -> str:
    """Name of a database with the sample adatum loaded that others are copied from."""
    made = new_database(template)
    load_folder(create_engine(made), PROJECT_ROOT / "samples" / "adatum", wait_seconds=60)
    return str(made.database)


@pytest.fixture
def url(new_database: Callable[[str], sa.URL], template: str, administer: Callable[[str], None]) -> Iterator[sa.URL]:
    """URL of a migrated, empty warehouse of this test alone."""
    made = new_database(template)
    yield made
    administer(f"DROP DATABASE IF EXISTS {made.database} WITH (FORCE)")


@pytest.fixture
def engine(url: sa.URL) -> sa.Engine:
    """Engine of a migrated, empty warehouse of this test alone."""
    return create_engine(url)
