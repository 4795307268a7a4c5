"""How a run ends: its schedule rows say so, the lease is given back, and the ledger counts what there is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from invoicing.process.ledger import Run
from tests.process.outcome import STAGING, billed, count, dump, run_status
from tests.process.steps import steps
from tests.process.warehouse import Warehouse, october

DAY = october(5)


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with something to invoice on 5 October, and nothing on the 19th."""
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, october(19))
    emptied.transaction("T1", october(1), "100", tax="25")
    emptied.transaction("T2", october(1), "30", billing_type="complimentary")
    return emptied


def run_of(warehouse: Warehouse, run_key: str) -> sa_row:
    (run,) = warehouse.read("SELECT * FROM invoicing.invoice_run WHERE run_key = :run_key", run_key=run_key)
    return run


# Schedule rows


def test_row_with_an_invoice_was_successful(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    assert run_status(warehouse, DAY) == "run_successful"


def test_row_without_an_invoice_was_successful(warehouse: Warehouse) -> None:
    warehouse.run(october(19))
    assert (billed(warehouse).get(october(19)), run_status(warehouse, october(19))) == (None, "run_successful")
