"""What is easily got wrong about edits and their confirmation; each was wrong once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from invoicing.errors import RefusedError
from invoicing.lifecycle.details import NewDetail
from tests.world.actuals import BILLED, FREE, WIP, actuals, worth
from tests.world.desk import Desk
from tests.world.names import CONTRACT, october
from tests.world.reads import invoice_of

BY_HAND = NewDetail("work", "time", october(2), Decimal(3), Decimal(100))


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.world.schedule(october(5))
    return desk


def invoiced(desk: Desk, **transaction: Any) -> UUID:
    """The draft of T1."""
    desk.world.transaction("T1", october(1), **transaction)
    desk.world.run(october(5))
    return invoice_of(desk.world, october(5))


def corrected(desk: Desk, **transaction: Any) -> UUID:
    """The corrective draft of an invoice of T1, whose confirmation wrote 3 actuals."""
    invoice_id = invoiced(desk, **transaction)
    desk.confirm(invoice_id)
    return desk.corrected(invoice_id)


def test_entry_by_hand_that_was_edited_becomes_unbilled_sales_of_what_is_billed(desk: Desk) -> None:
    invoice_id = invoiced(desk)
    desk.add(invoice_id, BY_HAND)
    details = desk.detail_ids(invoice_id)
    desk.remove(invoice_id, details["T1"])
    desk.change(invoice_id, details[None], quantity=5, billing_type="complimentary")
    desk.confirm(invoice_id)
    assert worth(desk.world)[1:] == [(WIP, 5, 500, 0), (WIP, -5, -500, 0), (BILLED, 5, 500, 0)]
    assert actuals(desk.world)[1:] == [
        (WIP, 5, 500, "complimentary", None, None, None),
        (WIP, -5, -500, "complimentary", "unadjustable", 2, None),
        (BILLED, 5, 500, "complimentary", None, None, 2),
    ]


def test_entry_by_hand_cannot_be_edited_to_nothing(desk: Desk) -> None:
    invoice_id = invoiced(desk)
    desk.add(invoice_id, BY_HAND)
    with pytest.raises(RefusedError, match="take it off"):
        desk.change(invoice_id, desk.detail_ids(invoice_id)[None], quantity=0)


def test_tax_on_a_detail_of_quantity_0_is_billed(desk: Desk) -> None:
    invoice_id = invoiced(desk, amount="1600", quantity="8", tax="400")
    desk.change(invoice_id, desk.detail_ids(invoice_id)["T1"], quantity=0, tax_amount=7)
    desk.confirm(invoice_id)
    assert (BILLED, 0, 0, 7) in worth(desk.world)


def test_tax_on_a_correction_to_quantity_0_is_billed(desk: Desk) -> None:
    correction = corrected(desk, amount="1600", quantity="8", tax="400")
    desk.change(correction, desk.detail_ids(correction)["T1"], tax_amount=7)
    desk.confirm(correction)
    assert worth(desk.world)[3:] == [
        (BILLED, -8, -1600, -400),
        (WIP, 0, 0, 7),
        (WIP, 0, 0, -7),
        (BILLED, 0, 0, 7),
        (WIP, 8, 1600, 400),
    ]


def test_fee_of_which_only_tax_stays_is_left_to_be_billed_again(desk: Desk) -> None:
    correction = corrected(desk, amount="300", tax="75", transaction_class="fee")
    desk.change(correction, desk.detail_ids(correction)["T1"], tax_amount=7)
    desk.confirm(correction)
    assert worth(desk.world)[-1] == (WIP, 1, 300, 75)


def test_lump_sum_that_a_correction_leaves_as_it_was_is_billed_again(desk: Desk) -> None:
    desk.world.transaction("T2", october(1))
    # A lump sum: an amount, and no quantity.
    desk.world.transaction("T1", october(1))
    desk.world.revise("transactions", "T1", quantity="0")
    desk.world.run(october(5))
    invoice_id = invoice_of(desk.world, october(5))
    desk.confirm(invoice_id)
    before = worth(desk.world)
    correction = desk.corrected(invoice_id)
    desk.change(correction, desk.detail_ids(correction)["T1"], quantity=0)
    desk.confirm(correction)
    written = worth(desk.world)[len(before) :]
    assert (BILLED, 0, 100, 0) in written
    assert desk.world.read("SELECT FROM analytics.unbilled_backlog WHERE transaction_id = 'T1'") == []


def test_transaction_on_a_draft_cannot_be_marked(desk: Desk) -> None:
    invoice_id = invoiced(desk)
    with pytest.raises(RefusedError, match=rf"T1 is on invoice {invoice_id} \(draft\); take it off first"):
        desk.mark(CONTRACT, ready=False, transaction_ids=["T1"])


def test_what_is_written_off_is_non_chargeable_and_worth_its_price(desk: Desk) -> None:
    invoice_id = invoiced(desk, amount="1600", quantity="8", tax="400")
    desk.change(invoice_id, desk.detail_ids(invoice_id)["T1"], quantity=6)
    desk.confirm(invoice_id)
    (written_off,) = desk.world.read(
        "SELECT quantity, amount, tax_amount FROM analytics.actuals"
        " WHERE kind = 'billed_sales' AND billing_type = :free",
        free=FREE,
    )
    assert tuple(written_off) == (2, 400, 100)
