"""What is confirmed cannot be changed by anybody but the migration role: the database itself refuses."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from tests.lifecycle.life import Life
from tests.process.warehouse import october

CHANGES = {
    "an amount of the invoice": "UPDATE invoicing.invoice SET chargeable_amount = 1",
    "its number": "UPDATE invoicing.invoice SET invoice_number = 'X'",
    "its status back": "UPDATE invoicing.invoice SET status = 'draft'",
    "its hash": "UPDATE invoicing.invoice SET content_hash = 'X'",
    "the invoice away": "DELETE FROM invoicing.invoice",
    "an amount of a line": "UPDATE invoicing.invoice_line SET chargeable_amount = 1",
    "the mark of a line": "UPDATE invoicing.invoice_line SET confirmed = FALSE",
    "a line away": "DELETE FROM invoicing.invoice_line",
    "the quantity of a detail": "UPDATE invoicing.invoice_line_detail SET quantity = 1",
    "the text of a detail": "UPDATE invoicing.invoice_line_detail SET description = 'X'",
    "the mark of a detail": "UPDATE invoicing.invoice_line_detail SET confirmed = FALSE",
    "a detail away": "DELETE FROM invoicing.invoice_line_detail",
    "the amount of an actual": "UPDATE invoicing.actual SET amount = 1",
    "the status of an actual": "UPDATE invoicing.actual SET billing_status = 'ready_to_invoice'",
    "the invoice of an actual": "UPDATE invoicing.actual SET invoice_id = NULL",
    "an adjustment that is none": "UPDATE invoicing.actual SET adjustment_status = 'unadjustable' WHERE posting = 'billed'",
    "an actual away": "DELETE FROM invoicing.actual",
    "what was done": "UPDATE invoicing.invoice_change SET changed_by = 'bob'",
    "what was done away": "DELETE FROM invoicing.invoice_change",
    "all invoices": "TRUNCATE invoicing.invoice CASCADE",
    "all lines": "TRUNCATE invoicing.invoice_line",
    "all details": "TRUNCATE invoicing.invoice_line_detail",
    "all actuals": "TRUNCATE invoicing.actual",
    "all that was done": "TRUNCATE invoicing.invoice_change",
}


@pytest.fixture
def confirmed(life: Life) -> Life:
    life.warehouse.transaction("T1", october(1))
    life.confirm(life.created())
    return life


@pytest.mark.parametrize("status", ["confirmed", "paid"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_database_refuses_to_change(confirmed: Life, change: str, status: str) -> None:
    if status == "paid":
        confirmed.pay(*(row.invoice_id for row in confirmed.warehouse.read("SELECT invoice_id FROM invoicing.invoice")))
    with pytest.raises(DBAPIError, match=r"cannot be (changed|deleted|emptied|rewritten)") as refused:
        confirmed.warehouse.execute(change)
    assert refused.value.orig.sqlstate in ("23001", "23503")  # type: ignore[union-attr]


def test_paid_invoice_does_not_become_unpaid(confirmed: Life) -> None:
    confirmed.warehouse.execute("UPDATE invoicing.invoice SET status = 'paid'")
    with pytest.raises(DBAPIError, match="cannot be changed"):
        confirmed.warehouse.execute("UPDATE invoicing.invoice SET status = 'confirmed'")


def test_migration_role_may(confirmed: Life) -> None:
    confirmed.warehouse.execute(
        "SET LOCAL ROLE invoicing_migration; UPDATE invoicing.invoice_line_detail SET confirmed = TRUE"
    )


def test_draft_beside_it_can_be_changed(confirmed: Life) -> None:
    confirmed.warehouse.transaction("T2", october(1))
    draft = confirmed.created()
    assert confirmed.change(draft, confirmed.detail_ids(draft)["T2"], quantity="2").total_amount == 200
