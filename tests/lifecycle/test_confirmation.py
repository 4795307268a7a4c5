"""Confirmation: the actuals of each kind of detail, numbers, refusals, and that nothing changes afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from invoicing.lifecycle.confirmation import choose_drafts
from invoicing.lifecycle.invoices import Handled
from tests.lifecycle.life import TODAY, Life
from tests.process.warehouse import CONTRACT, october

# An actual: kind, quantity, amount, billing type, adjustment; and which one it reverses or replaces, counted from 1.
Actual = tuple[str, Decimal | int, Decimal | int, str, str | None, int | None, int | None]

WIP, BILLED = "unbilled_sales", "billed_sales"
CHARGED: Final = "chargeable"
FREE: Final = "non_chargeable"


def actuals(life: Life) -> list[Actual]:
    """All actuals in the order in which they were written."""
    rows = life.warehouse.read(
        "SELECT actual_id, kind, quantity, amount, billing_type, adjustment_status, reverses_actual_id, replaces_actual_id"
        " FROM analytics.actuals ORDER BY actual_id"
    )
    place = {row.actual_id: nth for nth, row in enumerate(rows, start=1)}
    return [
        (
            row.kind,
            row.quantity,
            row.amount,
            row.billing_type,
            row.adjustment_status,
            place.get(row.reverses_actual_id),
            place.get(row.replaces_actual_id),
        )
        for row in rows
    ]


def statuses(life: Life) -> list[str]:
    rows = life.warehouse.read("SELECT DISTINCT billing_status FROM analytics.actuals ORDER BY 1")
    return [row.billing_status for row in rows]


def numbers(done: Handled) -> list[str | None]:
    return [invoice.invoice_number for invoice in done.invoices]


def reason(done: Handled) -> str:
    (refused,) = done.refused
    return refused.reason


@pytest.fixture
def draft(life: Life) -> UUID:
    """8 hours at 200."""
    life.warehouse.transaction("T1", october(1), "1600", quantity="8")
    return life.created()


# What is written


def test_unedited_detail(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    assert actuals(life) == [
        (WIP, 8, 1600, CHARGED, None, None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (BILLED, 8, 1600, CHARGED, None, None, 1),
    ]
    assert statuses(life) == ["invoice_posted"]


def test_reduced_quantity_writes_the_rest_off(life: Life, draft: UUID) -> None:
    life.change(draft, life.detail_ids(draft)["T1"], quantity="6")
    life.confirm(draft)
    assert actuals(life) == [
        (WIP, 8, 1600, CHARGED, "adjusted", None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (WIP, 6, 1200, CHARGED, None, None, 1),
        (WIP, -6, -1200, CHARGED, "unadjustable", 3, None),
        (BILLED, 6, 1200, CHARGED, None, None, 3),
        (WIP, 2, 400, FREE, None, None, 1),
        (WIP, -2, -400, FREE, "unadjustable", 6, None),
        (BILLED, 2, 400, FREE, None, None, 6),
    ]


def test_quantity_reduced_to_nothing_writes_everything_off(life: Life, draft: UUID) -> None:
    life.change(draft, life.detail_ids(draft)["T1"], quantity="0")
    life.confirm(draft)
    assert actuals(life) == [
        (WIP, 8, 1600, CHARGED, "adjusted", None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (WIP, 8, 1600, FREE, None, None, 1),
        (WIP, -8, -1600, FREE, "unadjustable", 3, None),
        (BILLED, 8, 1600, FREE, None, None, 3),
    ]


@pytest.mark.parametrize(
    ("change", "quantity", "amount", "billing_type"),
    [
        ({"quantity": "10"}, 10, 2000, CHARGED),
        ({"unit_price": "150"}, 8, 1200, CHARGED),
        ({"billing_type": FREE}, 8, 1600, FREE),
    ],
)
def test_increased_quantity_other_price_or_billing_type(
    life: Life, draft: UUID, change: dict[str, Any], quantity: int, amount: int, billing_type: str
) -> None:
    life.change(draft, life.detail_ids(draft)["T1"], **change)
    life.confirm(draft)
    assert actuals(life) == [
        (WIP, 8, 1600, CHARGED, "adjusted", None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (WIP, quantity, amount, billing_type, None, None, 1),
        (WIP, -quantity, -amount, billing_type, "unadjustable", 3, None),
        (BILLED, quantity, amount, billing_type, None, None, 3),
    ]


def test_text_and_tax_alone_are_no_adjustment(life: Life, draft: UUID) -> None:
    life.change(draft, life.detail_ids(draft)["T1"], description="Design", tax_amount="16")
    life.confirm(draft)
    assert actuals(life) == [
        (WIP, 8, 1600, CHARGED, None, None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (BILLED, 8, 1600, CHARGED, None, None, 1),
    ]
    (billed,) = life.warehouse.read("SELECT tax_amount FROM analytics.actuals WHERE kind = 'billed_sales'")
    assert billed.tax_amount == 16


def test_detail_added_by_hand(life: Life, draft: UUID) -> None:
    life.remove(draft, life.detail_ids(draft)["T1"])
    life.added(draft, "work", "2", "10")
    life.confirm(draft)
    assert actuals(life)[1:] == [
        (WIP, 2, 20, CHARGED, None, None, None),
        (WIP, -2, -20, CHARGED, "unadjustable", 2, None),
        (BILLED, 2, 20, CHARGED, None, None, 2),
    ]


def test_detail_added_by_hand_to_a_fixed_price_line(life: Life, draft: UUID) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.remove(draft, life.detail_ids(draft)["T1"])
    life.added(draft, "phases", "2", "10")
    life.confirm(draft)
    assert actuals(life)[1:] == [(BILLED, 2, 20, CHARGED, None, None, None)]


def test_fee(life: Life) -> None:
    life.warehouse.transaction("F1", october(1), "50", transaction_class="fee")
    life.confirm(life.created())
    assert actuals(life) == [
        (WIP, 1, 50, CHARGED, None, None, None),
        (WIP, -1, -50, CHARGED, "unadjustable", 1, None),
        (BILLED, 1, 50, CHARGED, None, None, 1),
    ]


def test_milestone(life: Life) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.milestone("M1", october(1), line_id="phases")
    life.confirm(life.created())
    assert actuals(life) == [(BILLED, 1, 5000, CHARGED, None, None, None)]
    assert "nothing is ready" in life.create().refused[0].reason


def test_negative_quantity_is_reduced_towards_nothing(life: Life) -> None:
    life.warehouse.transaction("credit", october(1), "-1600", quantity="-8")
    draft = life.created()
    life.change(draft, life.detail_ids(draft)["credit"], quantity="-6")
    life.confirm(draft)
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in actuals(life)] == [
        (WIP, -8, -1600),
        (WIP, 8, 1600),
        (WIP, -6, -1200),
        (WIP, 6, 1200),
        (BILLED, -6, -1200),
        (WIP, -2, -400),
        (WIP, 2, 400),
        (BILLED, -2, -400),
    ]


def test_rest_of_an_amount_of_its_own_is_its_share_of_it(life: Life, draft: UUID) -> None:
    """1000 was agreed for 8 hours whose price is 200."""
    life.warehouse.execute("UPDATE invoicing.actual SET amount = 1000")
    life.warehouse.execute("UPDATE invoicing.transaction SET amount = 1000")
    life.delete(draft)
    other = life.created()
    life.change(other, life.detail_ids(other)["T1"], quantity="6")
    life.confirm(other)
    assert [amount for kind, _, amount, *_ in actuals(life) if kind == BILLED] == [1200, 250]


def test_share_of_each_customer_is_billed_for_itself(life: Life) -> None:
    life.warehouse.line("shared", percents={"Contoso": "33.3333", "Fabrikam": "66.6667"})
    life.warehouse.transaction("T1", october(1), "100", quantity="8", line_id="shared")
    done = life.create()
    life.confirm(*(invoice.invoice_id for invoice in done.invoices))
    assert sum(amount for kind, _, amount, *_ in actuals(life) if kind == BILLED) == 100


# Numbers


def test_numbers_follow_each_other_by_run_date_and_contract(life: Life) -> None:
    for contract_id in ("B", "A"):
        life.warehouse.contract(contract_id)
        life.warehouse.line(contract_id=contract_id)
        life.warehouse.transaction("T1", october(1), contract_id=contract_id)
    drafts = life.create("A", "B").invoices
    done = life.confirm(*(invoice.invoice_id for invoice in reversed(drafts)))
    assert [(invoice.contract_id, invoice.invoice_number) for invoice in done.invoices] == [
        ("A", "INV-2026-000001"),
        ("B", "INV-2026-000002"),
    ]


def test_batch_after_a_batch_goes_on_counting(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    life.warehouse.transaction("T2", october(1))
    assert numbers(life.confirm(life.created())) == ["INV-2026-000002"]


def test_new_year_begins_a_new_series(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    life.warehouse.transaction("T2", october(1))
    assert numbers(life.confirm(life.created(), today=date(2027, 1, 1))) == ["INV-2027-000001"]


def test_pattern_is_a_setting(life: Life, draft: UUID) -> None:
    life.settings = life.settings.model_copy(update={"number_pattern": "{number}/{year}"})
    assert numbers(life.confirm(draft)) == ["1/2026"]


def test_refused_invoice_takes_no_number(life: Life, draft: UUID) -> None:
    life.warehouse.transaction("T2", october(1))
    empty = life.created()
    life.remove(empty, life.detail_ids(empty)["T2"])
    life.confirm(empty)
    assert numbers(life.confirm(draft)) == ["INV-2026-000001"]


# Refusals


def test_empty_invoice_is_refused_and_the_others_go_on(life: Life, draft: UUID) -> None:
    life.warehouse.transaction("T2", october(1))
    empty = life.created()
    life.remove(empty, life.detail_ids(empty)["T2"])
    done = life.confirm(empty, draft)
    assert [invoice.invoice_id for invoice in done.invoices] == [draft]
    assert (done.refused[0].subject, "no details" in reason(done)) == (str(empty), True)
    life.delete(empty)


def test_totals_that_do_not_match_are_refused(life: Life, draft: UUID) -> None:
    life.warehouse.execute("UPDATE invoicing.invoice SET chargeable_amount = 1")
    assert "says 1 chargeable and its details come to 1600" in reason(life.confirm(draft))
    life.delete(draft)


def test_confirmed_invoice_is_refused(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    assert reason(life.confirm(draft)) == "is confirmed already, as INV-2026-000001"


def test_version_that_is_gone_is_refused(life: Life, draft: UUID) -> None:
    life.review(draft)
    assert "version 2 and you saw 1" in reason(life.confirm(draft, versions={draft: 1}))
    assert life.invoice(draft).status == "in_review"


def test_unknown_invoice_is_refused(life: Life) -> None:
    assert "no such invoice" in reason(life.confirm(uuid4()))


def test_request_that_is_tried_again_gives_what_it_confirmed(life: Life, draft: UUID) -> None:
    first = life.confirm(draft, key="one")
    assert life.confirm(draft, key="one") == first


def test_invoice_in_review_is_confirmed_as_well(life: Life, draft: UUID) -> None:
    life.review(draft)
    assert life.confirm(draft).invoices[0].status == "confirmed"


def test_drafts_are_chosen_by_run_date_and_contract(life: Life, draft: UUID) -> None:
    def chosen(**by: object) -> list[UUID]:
        return [candidate.invoice_id for candidate in life.do(choose_drafts, **by)]  # type: ignore[arg-type]

    assert chosen(run_date=TODAY) == chosen(contract_ids=[CONTRACT]) == [draft]
    assert chosen(run_date=october(1)) == chosen(contract_ids=["Nobody"]) == []
    life.confirm(draft)
    assert chosen(run_date=TODAY) == []


# Payment


def test_confirmed_invoice_becomes_paid(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    assert life.pay(draft).invoices[0].status == "paid"


def test_draft_cannot_be_paid(life: Life, draft: UUID) -> None:
    assert "only a confirmed invoice" in reason(life.pay(draft))


def test_paid_invoice_is_not_paid_again(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    life.pay(draft)
    assert reason(life.pay(draft)) == "is paid already"


def test_payment_that_is_tried_again_is_done(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    assert life.pay(draft, key="one") == life.pay(draft, key="one")


def test_who_confirmed_and_paid_is_told(life: Life, draft: UUID) -> None:
    life.confirm(draft)
    life.pay(draft)
    rows = life.warehouse.read("SELECT action, changed_by, version FROM analytics.invoice_changes ORDER BY version")
    assert [tuple(row) for row in rows][1:] == [("confirmed", "ann", 2), ("paid", "ann", 3)]
