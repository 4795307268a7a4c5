"""A run with a logical date to come, which Airflow would keep without ever starting a task of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import Undisturbed
from tests.e2e.rest import Rest
from tests.e2e.schedule import moment
from tests.e2e.stack import Stack
from tests.e2e.undisturbed import outcome
from tests.world.world import World

DAY = "2020-10-05"


@pytest.fixture
def to_come() -> str:
    """A logical date in the future."""
    return moment(str(datetime.now(UTC).date() + timedelta(days=2)))


def test_run_with_a_logical_date_to_come_is_failed_at_once_with_the_reason_in_its_note(
    rest: Rest, warehouse: World, to_come: str
) -> None:
    run = rest.trigger(to_come)
    assert rest.wait_for(run, seconds=60) == "failed"
    assert rest.run(run)["note"] == (
        f"**Summary** The logical date {to_come[:10]} {to_come[11:16]} is to come, and Airflow starts no task before. "
        "Trigger again without one, and name the day as run date."
    )


def test_run_with_a_logical_date_to_come_keeps_no_other_waiting(
    rest: Rest, warehouse: World, undisturbed: Undisturbed, to_come: str
) -> None:
    future, following = rest.trigger(to_come), rest.trigger(moment(DAY))
    assert rest.wait_for(following) == "success"
    assert rest.state(future) == "failed"
    assert outcome(warehouse) == undisturbed(DAY)


def test_run_with_a_logical_date_to_come_that_is_cleared_fails_again_and_can_be_deleted(
    rest: Rest, warehouse: World, to_come: str
) -> None:
    run = rest.trigger(to_come)
    assert rest.wait_for(run, seconds=60) == "failed"
    rest.clear_run(run)
    rest.wait_for(run, {"failed"}, seconds=60)
    rest.delete(run)
    assert run not in {one["dag_run_id"] for one in rest.runs()}


def test_run_by_hand_with_a_logical_date_to_come_is_failed_at_once(
    stack: Stack, rest: Rest, warehouse: World, to_come: str
) -> None:
    creating = stack.rest("create_project_invoices")
    run = creating.trigger(to_come, conf={"contract_ids": ["adatum-implementation"]})
    assert creating.wait_for(run, seconds=60) == "failed"
    creating.delete(run)
    creating.close()
