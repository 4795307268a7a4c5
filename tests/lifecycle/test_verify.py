"""What verify finds wrong with confirmed and corrective invoices: each damage is inflicted past the triggers that keep them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoicing.process.verify import verify
from tests.lifecycle.desk import Desk
from tests.lifecycle.whole_life import billed_of, detail_of, invoice_of
from tests.process.test_verify import differences
from tests.process.warehouse import Warehouse, october

CONFIRMED = "status IN ('confirmed', 'paid')"
FIRST = f"(SELECT invoice_id FROM invoicing.invoice WHERE {CONFIRMED} AND origin = 'scheduled' LIMIT 1)"


def found_after(warehouse: Warehouse, damage: str) -> set[str]:
    """The checks that something does not pass once the damage is done; then it is undone."""
    with warehouse.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        assert connection.exec_driver_sql(damage).rowcount, f"changed nothing: {damage}"
        checks = {difference.check for difference in verify(connection)}
        connection.rollback()
    return checks


def test_whole_life_passes(a_life: Warehouse) -> None:
    assert differences(a_life) == []


@pytest.mark.parametrize("day", [5, 12])
def test_day_of_a_life_passes_alone(a_life: Warehouse, day: int) -> None:
    assert differences(a_life, october(day)) == []


def test_day_that_is_run_again_after_all_that_passes(lived: Warehouse) -> None:
    lived.run(october(5), "again")
    lived.run(october(12), "again too")
    assert differences(lived) == []


# Each sale is consumed once


def test_posted_share_without_its_detail_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        f"DELETE FROM invoicing.invoice_line_detail WHERE actual_id = {detail_of(a_life, 'untouched', 'Northwind')}",
    )
    assert "posted_without_detail" in checks


def test_posted_remainder_without_its_detail_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        """
        DELETE FROM invoicing.invoice_line_detail USING invoicing.actual AS a
        WHERE invoice_line_detail.actual_id = a.actual_id AND a.posting = 'remainder' AND a.billing_status = 'invoice_posted'
        """,
    )
    assert "posted_without_detail" in checks


def test_share_posted_by_hand_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life, "UPDATE invoicing.actual SET billing_status = 'invoice_posted' WHERE transaction_id = 'late'"
    )
    assert {"posted_without_detail", "detail_not_ready", "reversal"} == checks


def test_billed_sales_adjusted_by_hand_show(a_life: Warehouse) -> None:
    actual_id = billed_of(a_life, "untouched", "Northwind")
    checks = found_after(
        a_life, f"UPDATE invoicing.actual SET adjustment_status = 'adjusted' WHERE actual_id = {actual_id}"
    )
    assert "posted_without_detail" in checks


@pytest.mark.parametrize("status", ["unbilled", "ready_to_invoice", "canceled"])
def test_open_source_of_a_confirmed_invoice_shows(a_life: Warehouse, status: str) -> None:
    source = detail_of(a_life, "untouched", "Northwind")
    checks = found_after(a_life, f"UPDATE invoicing.actual SET billing_status = '{status}' WHERE actual_id = {source}")
    assert "confirmed_source" in checks


def test_source_that_is_not_adjusted_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life, f"UPDATE invoicing.actual SET adjustment_status = NULL WHERE actual_id = {detail_of(a_life, 'reduced')}"
    )
    assert checks == {"confirmed_source"}


def test_source_that_is_adjusted_for_nothing_shows(a_life: Warehouse) -> None:
    source = detail_of(a_life, "untouched", "Northwind")
    checks = found_after(
        a_life, f"UPDATE invoicing.actual SET adjustment_status = 'adjusted' WHERE actual_id = {source}"
    )
    assert checks == {"confirmed_source"}


def test_corrected_sales_that_are_not_adjusted_show(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        "UPDATE invoicing.actual SET adjustment_status = NULL WHERE kind = 'billed_sales' AND milestone_id = 'M1'",
    )
    assert checks == {"confirmed_source", "reversal"}


def test_correction_of_what_was_corrected_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        """
        UPDATE invoicing.actual SET adjustment_status = 'adjusted'
        WHERE actual_id IN (
            SELECT actual_id FROM invoicing.invoice_line_detail JOIN invoicing.invoice USING (contract_id, invoice_id)
            WHERE origin = 'corrective' AND status = 'draft'
        )
        """,
    )
    assert checks == {"detail_not_ready", "posted_without_detail", "reversal"}


def test_correction_of_another_invoice_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        f"""
        UPDATE invoicing.invoice SET corrects_invoice_id = '{invoice_of(a_life, "Fabrikam")}'
        WHERE origin = 'corrective' AND status = 'draft'
        """,
    )
    assert checks == {"detail_not_ready"}


# Quantities are conserved


@pytest.mark.parametrize("posting", ["remainder", "written_off", "rebooked_reversal"])
def test_changed_quantity_shows(a_life: Warehouse, posting: str) -> None:
    checks = found_after(a_life, f"UPDATE invoicing.actual SET quantity = quantity + 1 WHERE posting = '{posting}'")
    assert {"share_quantity", "detail_quantity"} <= checks


def test_missing_remainder_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life, "DELETE FROM invoicing.actual WHERE posting = 'remainder' AND transaction_id = 'repriced'"
    )
    assert {"share_quantity", "detail_quantity"} <= checks


def test_quantity_moved_to_another_customer_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        "UPDATE invoicing.actual SET customer_id = 'Northwind' WHERE posting = 'remainder' AND invoice_id IS NULL",
    )
    assert "share_quantity" in checks


def test_changed_quantity_of_what_was_added_by_hand_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        "UPDATE invoicing.actual SET quantity = 1 WHERE posting = 'remainder' AND transaction_id IS NULL",
    )
    assert "detail_quantity" in checks


@pytest.mark.parametrize("change", ["quantity = quantity / 2", "amount = amount - 1"])
@pytest.mark.parametrize("posting", ["billed_only", "reversal"])
def test_changed_milestone_shows(a_life: Warehouse, posting: str, change: str) -> None:
    checks = found_after(
        a_life, f"UPDATE invoicing.actual SET {change} WHERE posting = '{posting}' AND milestone_id = 'M1'"
    )
    assert "milestone_billed" in checks


def test_milestone_that_is_not_open_again_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life, "UPDATE invoicing.actual SET billing_status = 'invoice_posted' WHERE milestone_id = 'M2'"
    )
    assert "milestone_billed" in checks


def test_reversal_of_less_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life, "UPDATE invoicing.actual SET tax_amount = tax_amount + 1 WHERE posting = 'written_off_reversal'"
    )
    assert checks == {"confirmed_content", "reversal"}


def test_second_reversal_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        """
        INSERT INTO invoicing.actual (
            contract_id, contract_line_id, customer_id, kind, transaction_class, billing_type, billing_status,
            transaction_date, quantity, unit_price, amount, tax_amount, adjustment_status, reverses_actual_id
        )
        SELECT
            contract_id, contract_line_id, customer_id, kind, transaction_class, billing_type, billing_status,
            transaction_date, quantity, unit_price, amount, tax_amount, adjustment_status, reverses_actual_id
        FROM invoicing.actual WHERE posting = 'reversal'
        """,
    )
    assert "reversal" in checks


def test_missing_reversal_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life, "DELETE FROM invoicing.actual WHERE posting = 'reversal' AND transaction_id = 'dropped'"
    )
    assert "reversal" in checks


def test_reversal_of_nothing_shows(a_life: Warehouse) -> None:
    checks = found_after(
        a_life, "DELETE FROM invoicing.actual WHERE posting = 'rebooked' AND transaction_id = 'raised'"
    )
    assert "reversal" in checks


# Billed less reversed is what invoices say


@pytest.mark.parametrize("change", ["amount = amount + 0.01", "tax_amount = tax_amount - 0.01"])
@pytest.mark.parametrize("posting", ["billed", "billed_only", "reversal"])
def test_billed_otherwise_than_invoiced_shows(a_life: Warehouse, posting: str, change: str) -> None:
    checks = found_after(
        a_life, f"UPDATE invoicing.actual SET {change} WHERE posting = '{posting}' AND kind = 'billed_sales'"
    )
    assert "billed_sales" in checks


@pytest.mark.parametrize("billing_type", ["chargeable", "non_chargeable", "complimentary"])
def test_billed_as_another_type_shows(a_life: Warehouse, billing_type: str) -> None:
    checks = found_after(
        a_life,
        f"""
        UPDATE invoicing.actual SET billing_type = '{billing_type}'
        WHERE posting = 'billed' AND billing_type <> '{billing_type}'
        """,
    )
    assert "billed_sales" in checks


def test_what_was_written_off_is_on_no_invoice(a_life: Warehouse) -> None:
    checks = found_after(a_life, "UPDATE invoicing.actual SET posting = 'billed' WHERE posting = 'written_off_billed'")
    assert "billed_sales" in checks


def test_billed_sales_of_a_draft_show(a_life: Warehouse) -> None:
    checks = found_after(
        a_life,
        f"""
        UPDATE invoicing.invoice SET status = 'draft', confirmed_at = NULL, content_hash = NULL
        WHERE invoice_id = {FIRST}
        """,
    )
    assert "billed_sales" in checks


def test_billed_sales_of_no_invoice_show(a_life: Warehouse) -> None:
    checks = found_after(a_life, f"DELETE FROM invoicing.invoice WHERE invoice_id = {FIRST}")
    assert "billed_sales" in checks


# What is confirmed stays


@pytest.mark.parametrize(
    "change",
    [
        "invoice SET run_date = run_date + 1",
        "invoice_line_detail SET description = 'changed'",
        "invoice_line_detail SET original_quantity = 77",
        "actual SET transaction_date = transaction_date + 1",
        "actual SET replaces_actual_id = 1 + replaces_actual_id",
    ],
)
def test_changed_content_shows(a_life: Warehouse, change: str) -> None:
    checks = found_after(a_life, f"UPDATE invoicing.{change} WHERE invoice_id = {FIRST}")
    assert checks == {"confirmed_content"}


@pytest.mark.parametrize("table", ["invoice_line", "invoice_line_detail"])
@pytest.mark.parametrize("confirmed", [True, False])
def test_rows_that_can_be_changed_and_should_not_show(a_life: Warehouse, table: str, confirmed: bool) -> None:
    checks = found_after(a_life, f"UPDATE invoicing.{table} SET confirmed = {confirmed}")
    assert "confirmed_rows" in checks


@pytest.mark.parametrize("column", ["confirmed_at", "content_hash"])
def test_confirmation_that_was_not_told_shows(a_life: Warehouse, column: str) -> None:
    checks = found_after(a_life, f"UPDATE invoicing.invoice SET {column} = NULL WHERE {CONFIRMED}")
    assert "confirmed_rows" in checks


# Numbers


def test_gap_shows(a_life: Warehouse) -> None:
    checks = found_after(a_life, "UPDATE invoicing.invoice SET number_in_series = 99 WHERE number_in_series = 2")
    assert checks == {"number_series"}


def test_number_of_the_series_given_twice_shows(a_life: Warehouse) -> None:
    checks = found_after(a_life, "UPDATE invoicing.invoice SET number_in_series = 1 WHERE number_in_series = 2")
    assert checks == {"number_series"}


@pytest.mark.parametrize("step", [-1, 1])
def test_series_that_remembers_another_number_shows(a_life: Warehouse, step: int) -> None:
    checks = found_after(a_life, f"UPDATE invoicing.invoice_number_series SET last_number = last_number + ({step})")
    assert checks == {"number_series"}


def test_forgotten_series_shows(a_life: Warehouse) -> None:
    checks = found_after(a_life, "DELETE FROM invoicing.invoice_number_series")
    assert checks == {"number_series"}


def test_confirmed_invoice_without_a_number_shows(a_life: Warehouse) -> None:
    checks = found_after(a_life, f"UPDATE invoicing.invoice SET invoice_number = NULL WHERE invoice_id = {FIRST}")
    assert checks == {"confirmed_content", "invoice_number"}


def test_draft_with_a_number_shows(a_life: Warehouse) -> None:
    checks = found_after(a_life, f"UPDATE invoicing.invoice SET invoice_number = 'X' WHERE NOT {CONFIRMED}")
    assert checks == {"invoice_number"}


# What is legal


def test_transaction_that_waits_beside_a_deleted_draft_passes(warehouse: Warehouse) -> None:
    warehouse.contract()
    warehouse.line()
    warehouse.schedule(october(5))
    warehouse.transaction("T1", october(1))
    warehouse.run(october(5))
    desk = Desk(warehouse.engine)
    desk.change(invoice_of(warehouse, "Fabrikam"), detail_of(warehouse, "T1"), tax_amount=Decimal(1))
    warehouse.transaction("T2", october(1))
    warehouse.run(october(5), "beside the edited draft")
    desk.delete(invoice_of(warehouse, "Fabrikam"))
    assert differences(warehouse) == []
