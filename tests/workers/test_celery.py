"""create_invoices on two Celery workers with a real Redis: `make e2e-celery`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT
from invoicing.warehouse.connection import create_engine
from tests.e2e.deployment import (
    ANOTHER_DAY,
    DAY,
    HOLD,
    INVOICES,
    finish_todays_run,
    invoices,
    run_interrupted_day,
)
from tests.e2e.rest import Rest
from tests.workers.broker import running_redis
from tests.workers.deployment import WORKERS, CeleryDeployment

pytestmark = [pytest.mark.deployment, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def deployment(server_url: sa.URL, administer: Callable[[str], None]) -> Iterator[CeleryDeployment]:
    """The running deployment, with the sample adatum loaded; Airflow's own database is on the server of all tests."""
    with running_redis() as broker:
        metadata = server_url.set(database=f"airflow_celery_{os.getpid()}")
        administer(f"CREATE DATABASE {metadata.database}")
        home = Path(tempfile.mkdtemp(prefix="invoicing_celery_"))
        made = CeleryDeployment(home, metadata, broker)
        try:
            made.up()
            finish_todays_run(made.rest())
            made.invoicing("load", str(PROJECT_ROOT / "samples" / "adatum"))
            yield made
        finally:
            made.down()
            shutil.rmtree(home)
            administer(f"DROP DATABASE {metadata.database} WITH (FORCE)")


@pytest.fixture
def rest(deployment: CeleryDeployment) -> Iterator[Rest]:
    logged_in = deployment.rest()
    yield logged_in
    logged_in.close()


def test_two_workers_write_a_day_at_once(deployment: CeleryDeployment, rest: Rest) -> None:
    with create_engine(deployment.warehouse).connect() as hold:
        hold.exec_driver_sql(HOLD)
        # Each worker runs one task at a time: two that run are on two workers.
        assert run_interrupted_day(rest, DAY, hold.rollback, writers=2) == "success"
    assert invoices(deployment, DAY) == INVOICES[DAY]


def test_a_day_outlives_a_worker_and_a_restart_of_scheduler_and_warehouse(
    deployment: CeleryDeployment, rest: Rest
) -> None:
    def interrupt() -> None:
        deployment.stack.lose_worker(WORKERS[0])
        deployment.stack.restart("scheduler")
        deployment.restart_warehouse()

    with create_engine(deployment.warehouse).connect() as hold:
        hold.exec_driver_sql(HOLD)
        ended = run_interrupted_day(rest, ANOTHER_DAY, interrupt, writers=2)
        hold.invalidate()  # it ended with the server
    assert ended == "success"
    assert invoices(deployment, ANOTHER_DAY) == INVOICES[ANOTHER_DAY]
    assert deployment.invoicing("verify").strip() == "Everything adds up."
