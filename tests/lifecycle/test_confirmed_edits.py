"""What is easily got wrong about edits and their confirmation; each was wrong once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from invoicing.errors import RefusedError
from invoicing.lifecycle.details import NewDetail
from tests.lifecycle.desk import Desk
from tests.lifecycle.whole_life import billed_of, detail_of, invoice_of
from tests.process.test_verify import differences
from tests.process.warehouse import CONTRACT, Warehouse, october


@pytest.fixture
def desk(warehouse: Warehouse) -> Desk:
    warehouse.contract()
    warehouse.line()
    warehouse.schedule(october(5))
    return Desk(warehouse.engine)


def written(warehouse: Warehouse, invoice_id: UUID) -> list[tuple[Any, ...]]:
    rows = warehouse.read(
        "SELECT posting, quantity, amount, tax_amount FROM invoicing.actual"
        " WHERE detail_id IN (SELECT actual_id FROM invoicing.invoice_line_detail WHERE invoice_id = :invoice_id)"
        " ORDER BY posting",
        invoice_id=invoice_id,
    )
    return [(row.posting, int(row.quantity), int(row.amount), int(row.tax_amount)) for row in rows]


def invoiced(warehouse: Warehouse, **transaction: Any) -> UUID:
    warehouse.transaction("T1", october(1), **transaction)
    warehouse.run(october(5))
    return invoice_of(warehouse, "Fabrikam")


def corrected(warehouse: Warehouse, desk: Desk, **transaction: Any) -> UUID:
    invoice_id = invoiced(warehouse, **transaction)
    desk.confirm(invoice_id)
    return desk.correct(invoice_id).invoices[0].invoice_id


def test_entry_by_hand_that_was_edited_becomes_unbilled_sales_of_what_is_billed(
    warehouse: Warehouse, desk: Desk
) -> None:
    invoice_id = invoiced(warehouse)
    desk.add(invoice_id, NewDetail("work", "time", october(2), Decimal(3), Decimal(100)))
    ((added,),) = warehouse.read("SELECT actual_id FROM invoicing.actual WHERE kind = 'added'")
    desk.remove(invoice_id, detail_of(warehouse, "T1"))
    desk.change(invoice_id, added, quantity=Decimal(5), billing_type="complimentary")
    desk.confirm(invoice_id)
    assert written(warehouse, invoice_id) == [("reversal", -5, -500, 0), ("billed", 5, 500, 0)]
    source = warehouse.read("SELECT * FROM invoicing.actual WHERE actual_id = :added", added=added)[0]
    assert (source.kind, source.quantity, source.amount, source.billing_type) == (
        "unbilled_sales",
        5,
        500,
        "complimentary",
    )
    assert differences(warehouse) == []


def test_entry_by_hand_cannot_be_edited_to_nothing(warehouse: Warehouse, desk: Desk) -> None:
    invoice_id = invoiced(warehouse)
    desk.add(invoice_id, NewDetail("work", "time", october(2), Decimal(3), Decimal(100)))
    ((added,),) = warehouse.read("SELECT actual_id FROM invoicing.actual WHERE kind = 'added'")
    with pytest.raises(RefusedError, match="take it off"):
        desk.change(invoice_id, added, quantity=Decimal(0))


def test_tax_on_a_detail_of_quantity_0_is_billed(warehouse: Warehouse, desk: Desk) -> None:
    invoice_id = invoiced(warehouse, amount="1600", quantity="8", tax="400")
    desk.change(invoice_id, detail_of(warehouse, "T1"), quantity=Decimal(0), tax_amount=Decimal(7))
    desk.confirm(invoice_id)
    assert ("billed", 0, 0, 7) in written(warehouse, invoice_id)
    assert differences(warehouse) == []


def test_tax_on_a_correction_to_quantity_0_is_billed(warehouse: Warehouse, desk: Desk) -> None:
    correction = corrected(warehouse, desk, amount="1600", quantity="8", tax="400")
    desk.change(correction, billed_of(warehouse, "T1"), tax_amount=Decimal(7))
    desk.confirm(correction)
    assert written(warehouse, correction) == [
        ("reversal", -8, -1600, -400),
        ("rebooked", 0, 0, 7),
        ("rebooked_reversal", 0, 0, -7),
        ("billed", 0, 0, 7),
        ("remainder", 8, 1600, 400),
    ]
    assert differences(warehouse) == []


def test_fee_of_which_only_tax_stays_is_left_to_be_billed_again(warehouse: Warehouse, desk: Desk) -> None:
    correction = corrected(warehouse, desk, amount="300", tax="75", transaction_class="fee")
    desk.change(correction, billed_of(warehouse, "T1"), tax_amount=Decimal(7))
    desk.confirm(correction)
    assert ("remainder", 1, 300, 75) in written(warehouse, correction)
    assert differences(warehouse) == []


def test_lump_sum_that_a_correction_leaves_as_it_was_is_billed_again(warehouse: Warehouse, desk: Desk) -> None:
    warehouse.transaction("T2", october(1))
    invoice_id = invoiced(warehouse)
    # A lump sum: an amount, and no quantity.
    with warehouse.engine.begin() as connection:
        for table in ("actual", "transaction"):
            connection.exec_driver_sql(f"UPDATE invoicing.{table} SET quantity = 0 WHERE transaction_id = 'T1'")
    warehouse.run(october(5), "again")
    desk.confirm(invoice_id)
    correction = desk.correct(invoice_id).invoices[0].invoice_id
    desk.change(correction, billed_of(warehouse, "T1"), quantity=Decimal(0))
    desk.confirm(correction)
    assert ("billed", 0, 100, 0) in written(warehouse, correction)
    assert ("remainder", 0, 100, 0) not in written(warehouse, correction)
    assert differences(warehouse) == []


def test_transaction_on_a_draft_cannot_be_marked(warehouse: Warehouse, desk: Desk) -> None:
    invoice_id = invoiced(warehouse)
    with pytest.raises(RefusedError, match=rf"T1 is on invoice {invoice_id} \(draft\); take it off first"):
        desk.mark(CONTRACT, ready=False, transaction_ids=["T1"])


def test_what_is_written_off_is_non_chargeable_and_worth_its_price(warehouse: Warehouse, desk: Desk) -> None:
    invoice_id = invoiced(warehouse, amount="1600", quantity="8", tax="400")
    desk.change(invoice_id, detail_of(warehouse, "T1"), quantity=Decimal(6))
    desk.confirm(invoice_id)
    rows = warehouse.read(
        "SELECT quantity, amount, tax_amount, billing_type FROM invoicing.actual WHERE posting = 'written_off_billed'"
    )
    assert [tuple(row) for row in rows] == [(2, 400, 100, "non_chargeable")]
