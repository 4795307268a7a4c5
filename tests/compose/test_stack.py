"""docker-compose.yaml, started: `make e2e-compose`. With Docker the real images, otherwise podman and stand-ins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.stack import ComposeStack, DockerStack
from tests.containers.podman import PROGRAMS, PodmanStack
from tests.e2e.deployment import (
    ANOTHER_DAY,
    DAY,
    HOLD,
    INVOICES,
    finish_todays_run,
    invoices,
    run_day,
    run_interrupted_day,
)
from tests.e2e.rest import Rest

pytestmark = [pytest.mark.deployment, pytest.mark.timeout(1800)]

VARIABLES = {
    "default": {},
    "celery": {"COMPOSE_PROFILES": "celery", "AIRFLOW_EXECUTOR": "CeleryExecutor"},
}


@pytest.fixture(scope="module", params=sorted(VARIABLES))
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeStack]:
    """The running stack, with the sample adatum loaded."""
    kinds = [kind for kind in (DockerStack, PodmanStack) if kind.is_possible()]
    if not kinds:
        pytest.skip(f"neither docker compose with an engine, nor root with the Debian packages {', '.join(PROGRAMS)}")
    made = kinds[0](tmp_path_factory.mktemp("compose"), VARIABLES[request.param])
    try:
        made.up()
        finish_todays_run(made.rest())
        made.invoicing("load", "/data")
        yield made
    finally:
        made.down()


@pytest.fixture
def rest(stack: ComposeStack) -> Iterator[Rest]:
    logged_in = stack.rest()
    yield logged_in
    logged_in.close()


def test_a_day_is_invoiced(stack: ComposeStack, rest: Rest) -> None:
    assert run_day(rest, DAY) == "success"
    assert invoices(stack, DAY) == INVOICES[DAY]


def test_a_day_outlives_a_restart_of_warehouse_and_scheduler(stack: ComposeStack, rest: Rest) -> None:
    # The hold ends with the server.
    with stack.statement(f"BEGIN; {HOLD}; SELECT pg_sleep(600)"):
        ended = run_interrupted_day(rest, ANOTHER_DAY, lambda: stack.restart("warehouse", "scheduler"))
    assert ended == "success"
    assert invoices(stack, ANOTHER_DAY) == INVOICES[ANOTHER_DAY]
    assert stack.invoicing("verify").strip() == "Everything adds up."
