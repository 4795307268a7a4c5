"""How far invoicing is behind."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.process.lag import Lag, measure_lag
from tests.process.warehouse import LINE, Warehouse, october

DAY = october(5)


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with a line of time and material that is due on `DAY`."""
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY)
    return emptied


def lag(warehouse: Warehouse, as_of: date) -> Lag:
    with warehouse.engine.connect() as connection:
        return measure_lag(connection, as_of)


def test_a_row_that_is_due_and_has_not_run_counts_with_its_age(warehouse: Warehouse) -> None:
    assert lag(warehouse, october(8)) == Lag(rows=1, days=3)


def test_a_row_of_the_day_itself_counts_without_age(warehouse: Warehouse) -> None:
    assert lag(warehouse, DAY) == Lag(rows=1, days=0)


def test_a_row_of_a_later_day_does_not_count(warehouse: Warehouse) -> None:
    assert lag(warehouse, october(4)) == Lag(rows=0, days=0)


def test_a_row_that_has_run_does_not_count(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    assert lag(warehouse, october(8)) == Lag(rows=0, days=0)


def test_a_row_of_a_contract_that_is_not_active_does_not_count(warehouse: Warehouse) -> None:
    warehouse.execute("UPDATE invoicing.project_contract SET state = 'on_hold'")
    assert lag(warehouse, october(8)) == Lag(rows=0, days=0)


@pytest.mark.parametrize(("status", "rows"), [("ready_to_invoice", 1), ("not_ready", 0)])
def test_of_milestones_the_ready_ones_count(warehouse: Warehouse, status: str, rows: int) -> None:
    warehouse.execute("DELETE FROM invoicing.invoice_schedule")
    warehouse.execute("UPDATE invoicing.contract_line SET billing_method = 'fixed_price'")
    warehouse.execute(
        "INSERT INTO invoicing.milestone (contract_id, milestone_id, contract_line_id, name, milestone_date, amount, "
        "tax_amount, billing_status) SELECT contract_id, 'M', :line, 'M', :day, 1, 0, :status "
        "FROM invoicing.project_contract",
        line=LINE,
        day=DAY,
        status=status,
    )
    assert lag(warehouse, october(8)).rows == rows
