"""Backfills of three days, of which the first succeeded, the second failed and the third was never asked for."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import MakeWarehouse, connect
from tests.e2e.faults import refusing
from tests.e2e.rest import ENDED, Rest, wait_until
from tests.e2e.schedule import moment
from tests.e2e.undisturbed import outcome, run_undisturbed
from tests.e2e.worlds import five_days
from tests.process.warehouse import Warehouse

DAYS = "2026-10-05", "2026-10-06", "2026-10-07"


@pytest.fixture
def warehouse(rest: Rest, make_warehouse: MakeWarehouse, template: str) -> Warehouse:
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
    warehouse: Warehouse,
    make_warehouse: MakeWarehouse,
    template: str,
    reprocess: str,
    attempts: list[int],
) -> None:
    succeeded = rest.trigger(moment(DAYS[0]))
    assert rest.wait_for(succeeded) == "success"
    with refusing(warehouse, "invoice_line_detail"):
        failed = rest.trigger(moment(DAYS[1]))
        assert rest.wait_for(failed) == "failed"

    rest.backfill(DAYS[0], DAYS[2], reprocess=reprocess)
    wait_until(lambda: {run["state"] for run in rest.runs()} <= ENDED, otherwise="the backfill does not end")

    assert rest.state(failed) == ("failed" if reprocess == "none" else "success")
    assert warehouse.read("SELECT attempt FROM invoicing.invoice_run ORDER BY run_date") == [(n,) for n in attempts]
    other = make_warehouse(template)
    five_days(other, DAYS[0])
    run_undisturbed(other, *DAYS)
    assert outcome(warehouse) == outcome(other)
