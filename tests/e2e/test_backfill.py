"""Backfills of three days, of which the first succeeded, the second failed and the third was never asked for."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import MakeWarehouse, connect
from tests.e2e.rest import ENDED, Rest, wait_until
from tests.e2e.schedule import moment
from tests.e2e.undisturbed import outcome, run_undisturbed
from tests.e2e.worlds import five_days
from tests.world.damage import refusing
from tests.world.reads import run_of
from tests.world.world import World

DAYS = "2026-10-05", "2026-10-06", "2026-10-07"


@pytest.fixture
def warehouse(rest: Rest, make_warehouse: MakeWarehouse, template: str) -> World:
    warehouse = make_warehouse(template)
    five_days(warehouse, DAYS[0])
    connect(rest, warehouse.engine.url)
    return warehouse


@pytest.mark.parametrize(
    ("reprocess", "attempts"),
    [
        pytest.param("none", [1, 1, 1], marks=pytest.mark.slow_e2e),
        ("failed", [1, 2, 1]),
        pytest.param("completed", [2, 2, 1], marks=pytest.mark.slow_e2e),
    ],
)
def test_backfill_ends_as_undisturbed_days(
    rest: Rest,
    warehouse: World,
    make_warehouse: MakeWarehouse,
    template: str,
    reprocess: str,
    attempts: list[int],
) -> None:
    succeeded = rest.trigger(moment(DAYS[0]))
    assert rest.wait_for(succeeded) == "success"
    with refusing(warehouse, "write_draft_invoices"):
        failed = rest.trigger(moment(DAYS[1]))
        assert rest.wait_for(failed) == "failed"

    rest.backfill(DAYS[0], DAYS[2], reprocess=reprocess)
    wait_until(lambda: {run["state"] for run in rest.runs()} <= ENDED, otherwise="the backfill does not end")

    assert rest.state(failed) == ("failed" if reprocess == "none" else "success")
    asked_for = (run for run in rest.runs() if run["run_type"] != "scheduled")
    runs = [run_of(warehouse, f"create_invoices/{run['dag_run_id']}") for run in asked_for]
    assert [run.attempt for run in sorted(runs, key=lambda run: run.run_date)] == attempts
    other = make_warehouse(template)
    five_days(other, DAYS[0])
    run_undisturbed(other, *DAYS)
    assert outcome(warehouse) == outcome(other)
