"""What a correction gives back: what the source has left that nothing bills and nobody wrote off, to the cent and never more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.world.actuals import BILLED, CHARGED, FREE, worth
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.verdict import differences


def billed(desk: Desk, **change: Any) -> UUID:
    """8 hours at 200 with 160 tax, confirmed as they were or as they were changed."""
    desk.world.transaction("T1", october(1), "1600", quantity="8", tax="160")
    return confirmed(desk, desk.created(), **change)


def corrected(desk: Desk, invoice: UUID, **change: Any) -> UUID:
    return confirmed(desk, desk.corrected(invoice), **change)


def confirmed(desk: Desk, draft: UUID, **change: Any) -> UUID:
    if change:
        (detail_id,) = desk.detail_ids(draft).values()
        desk.change(draft, detail_id, **change)
    assert desk.confirm(draft).refused == ()
    return draft


def backlog(desk: Desk) -> list[tuple[Any, ...]]:
    """Quantity, unit price, amount and tax of what waits."""
    rows = desk.world.read(
        "SELECT quantity, unit_price, amount, tax_amount FROM analytics.actuals"
        " WHERE kind = 'unbilled_sales' AND billing_status IN ('unbilled', 'ready_to_invoice') ORDER BY actual_id"
    )
    return [tuple(row) for row in rows]


def test_full_credit_gives_back_the_source_whatever_price_was_billed(desk: Desk) -> None:
    corrected(desk, billed(desk, unit_price="150"))
    assert backlog(desk) == [(8, 200, 1600, 160)]


def test_partial_credit_gives_back_the_rest_at_the_price_of_the_source(desk: Desk) -> None:
    correction = corrected(desk, billed(desk, unit_price="150"), quantity="6")
    assert desk.invoice(correction).chargeable_amount == -300
    assert backlog(desk) == [(2, 200, 400, 40)]


@pytest.mark.parametrize(("quantity", "left"), [("0", (6, 200, 1200, 120)), ("5", (1, 200, 200, 20))])
def test_what_was_written_off_is_not_given_back(desk: Desk, quantity: str, left: tuple[int, ...]) -> None:
    corrected(desk, billed(desk, quantity="6"), quantity=quantity)
    assert backlog(desk) == [left]


@pytest.mark.parametrize(("quantity", "left"), [("9", []), ("6", [(2, 200, 400, 40)]), ("0", [(8, 200, 1600, 160)])])
def test_what_was_raised_beyond_the_source_is_not_given_back(desk: Desk, quantity: str, left: list[Any]) -> None:
    corrected(desk, billed(desk, quantity="10"), quantity=quantity)
    assert backlog(desk) == left


def test_billing_type_is_that_before_invoicing(desk: Desk) -> None:
    corrected(desk, billed(desk, billing_type="complimentary"))
    (left,) = desk.world.read("SELECT billing_type FROM analytics.unbilled_backlog")
    assert left.billing_type == CHARGED


def test_billing_type_that_was_set_before_it_was_billed_again_is_kept(desk: Desk) -> None:
    corrected(desk, billed(desk))
    desk.set_billing_type(FREE)
    desk.mark()
    corrected(desk, confirmed(desk, desk.created()))
    (left,) = desk.world.read("SELECT billing_type FROM analytics.unbilled_backlog")
    assert left.billing_type == FREE


def test_tax_that_was_changed_by_hand_takes_nothing_from_what_is_left(desk: Desk) -> None:
    corrected(desk, billed(desk, tax_amount="16"), quantity="6")
    assert backlog(desk) == [(2, 200, 400, 40)]


def test_negative_sale_is_given_back_towards_nothing(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "-1600", quantity="-8", tax="-160")
    corrected(desk, confirmed(desk, desk.created()), quantity="-6")
    assert backlog(desk) == [(-2, 200, -400, -40)]


def test_sale_of_nothing_is_open_again_so_that_it_can_follow_its_source(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "100")
    desk.world.transaction("T2", october(1))
    desk.world.revise("transactions", "T2", quantity="0", amount="0")
    corrected(desk, confirmed(desk, desk.created()))
    assert backlog(desk) == [(1, 100, 100, 0), (0, 100, 0, 0)]
    desk.world.revise("transactions", "T2", quantity="2", amount="200")
    assert backlog(desk) == [(1, 100, 100, 0), (2, 100, 200, 0)]


def test_fee_that_was_credited_in_part_comes_back_whole_when_it_is_credited_in_full(desk: Desk) -> None:
    desk.world.transaction("F1", october(1), "50", transaction_class="fee")
    half = corrected(desk, confirmed(desk, desk.created()), quantity="0.5")
    assert backlog(desk) == []
    corrected(desk, half)
    assert backlog(desk) == [(1, 50, 50, 0)]


def test_entry_by_hand_is_given_back_as_it_was_confirmed(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.remove(draft, desk.detail_ids(draft)["T1"])
    desk.mark(ready=False)
    desk.added(draft, "work", "2", "10.255")
    desk.change(draft, desk.detail_ids(draft)[None], quantity="3")
    corrected(desk, confirmed(desk, draft), quantity="1")
    assert (2, Decimal("10.255"), Decimal("20.51"), 0) in backlog(desk)


@pytest.mark.parametrize("before", ["0.5", "3"])
def test_fee_that_was_entered_by_hand_comes_back_whole_when_it_is_credited_in_full(desk: Desk, before: str) -> None:
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.remove(draft, desk.detail_ids(draft)["T1"])
    desk.mark(ready=False)
    desk.added(draft, "work", "1", "50", transaction_class="fee")
    corrected(desk, corrected(desk, confirmed(desk, draft), quantity=before))
    assert (1, 50, 50, 0) in backlog(desk)
    assert differences(desk.world) == []


def test_all_parts_come_to_the_source_to_the_cent_however_they_were_billed(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "100", quantity="3", tax="10")
    first = corrected(desk, confirmed(desk, desk.created()), quantity="1.7")
    desk.mark()
    second = corrected(desk, confirmed(desk, desk.created()), quantity="0.4")
    corrected(desk, first, quantity="0.6")
    corrected(desk, second)
    desk.mark()
    desk.confirm(desk.created())
    sold = [figures for kind, *figures in worth(desk.world) if kind == BILLED]
    assert [sum(column) for column in zip(*sold, strict=True)] == [3, 100, 10]


def test_two_credits_of_a_share_at_once_give_it_back_once(desk: Desk) -> None:
    first = corrected(desk, billed(desk), quantity="6")
    desk.mark()
    second = confirmed(desk, desk.created())
    drafts = [desk.corrected(first), desk.corrected(second)]
    assert desk.confirm(*drafts).refused == ()
    assert backlog(desk) == [(8, 200, 1600, 160)]


# A source that changed since it was billed


def changed(desk: Desk, **columns: Any) -> UUID:
    """An invoice of 8 hours that are 10 at 210 by now."""
    invoice = billed(desk)
    said = {"quantity": "10", "unit_price": "210", "amount": "2100", "tax_amount": "210"}
    desk.world.revise("transactions", "T1", **said | columns)
    return invoice


def test_full_credit_gives_back_the_source_as_it_is_now(desk: Desk) -> None:
    corrected(desk, changed(desk))
    assert backlog(desk) == [(10, 210, 2100, 210)]


def test_correction_starts_from_the_price_of_now_and_gives_back_what_is_left(desk: Desk) -> None:
    correction = corrected(desk, changed(desk), quantity="8")
    assert desk.detail(correction, "T1").unit_price == 210
    assert desk.invoice(correction).chargeable_amount == 8 * 210 - 1600
    assert backlog(desk) == [(2, 210, 420, 42)]


def test_price_that_was_set_by_hand_stays_the_price_of_the_correction(desk: Desk) -> None:
    invoice = billed(desk, unit_price="150")
    desk.world.revise("transactions", "T1", unit_price="210", amount="1680")
    assert desk.detail(desk.corrected(invoice), "T1").unit_price == 150


def test_source_of_half_the_hours_at_the_same_amount_gives_back_the_rest_at_the_price_of_now(desk: Desk) -> None:
    corrected(desk, billed(desk, quantity="6"))
    desk.world.revise("transactions", "T1", quantity="4")
    assert backlog(desk) == [(2, 200, 800, 80)]
    assert differences(desk.world) == []


def test_source_that_was_canceled_stays_canceled(desk: Desk) -> None:
    corrected(desk, changed(desk, billing_status="canceled"))
    assert backlog(desk) == []


def test_source_that_another_system_bills_by_now_is_not_open(desk: Desk) -> None:
    corrected(desk, changed(desk, billing_status="invoice_posted"))
    assert backlog(desk) == []


def test_customer_who_has_no_share_any_more_gets_nothing_back(desk: Desk) -> None:
    invoice = billed(desk)
    desk.world.deliver("customers", customer_id="Northwind", name="Northwind")
    desk.world.revise("transactions", "T1", customer_id="Northwind")
    corrected(desk, invoice)
    (left,) = desk.world.read("SELECT customer_id, quantity FROM analytics.unbilled_backlog")
    assert tuple(left) == ("Northwind", 8)


def test_reload_of_the_same_amount_moves_no_cent_of_what_was_given_back(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "333.34", quantity="4")
    corrected(desk, confirmed(desk, desk.created(), quantity="1"))
    assert backlog(desk) == [(1, Decimal("83.335"), Decimal("83.34"), 0)]
    desk.world.transaction("T1", october(1), "333.34", quantity="4", tax="0.01")
    assert backlog(desk) == [(1, Decimal("83.335"), Decimal("83.34"), Decimal("0.01"))]


def test_part_that_is_billed_in_the_same_confirmation_counts_once(desk: Desk) -> None:
    correction = corrected(desk, billed(desk), quantity="6")  # gives back 2 hours
    desk.mark()
    second, rest = desk.corrected(correction), desk.created()
    assert desk.confirm(second, rest).refused == ()
    assert backlog(desk) == [(6, 200, 1200, 120)]
