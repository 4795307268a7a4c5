"""Confirmation: the actuals of each kind of detail, numbers, refusals, and that nothing changes afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from invoicing.audit.verify import verify
from invoicing.errors import RefusedError
from invoicing.lifecycle.confirmation import choose_drafts
from invoicing.lifecycle.invoices import Handled
from tests.world import damage
from tests.world.actuals import BILLED, CHARGED, FREE, WIP, actuals, worth
from tests.world.desk import Desk
from tests.world.names import CONTRACT, TODAY, october
from tests.world.verdict import differences


def statuses(desk: Desk) -> list[str]:
    rows = desk.world.read("SELECT DISTINCT billing_status FROM analytics.actuals ORDER BY 1")
    return [row.billing_status for row in rows]


def numbers(done: Handled) -> list[str | None]:
    return [invoice.invoice_number for invoice in done.invoices]


def reason(done: Handled) -> str:
    (refused,) = done.refused
    return refused.reason


@pytest.fixture
def draft(desk: Desk) -> UUID:
    """8 hours at 200."""
    desk.world.transaction("T1", october(1), "1600", quantity="8")
    return desk.created()


# What is written


def test_unedited_detail(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    assert actuals(desk.world) == [
        (WIP, 8, 1600, CHARGED, None, None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (BILLED, 8, 1600, CHARGED, None, None, 1),
    ]
    assert statuses(desk) == ["invoice_posted"]


def test_reduced_quantity_writes_the_rest_off(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="6")
    desk.confirm(draft)
    assert actuals(desk.world) == [
        (WIP, 8, 1600, CHARGED, "adjusted", None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (WIP, 6, 1200, CHARGED, None, None, 1),
        (WIP, -6, -1200, CHARGED, "unadjustable", 3, None),
        (BILLED, 6, 1200, CHARGED, None, None, 3),
        (WIP, 2, 400, FREE, None, None, 1),
        (WIP, -2, -400, FREE, "unadjustable", 6, None),
        (BILLED, 2, 400, FREE, None, None, 6),
    ]


def test_quantity_reduced_to_nothing_writes_everything_off(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="0")
    desk.confirm(draft)
    assert actuals(desk.world) == [
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
    desk: Desk, draft: UUID, change: dict[str, Any], quantity: int, amount: int, billing_type: str
) -> None:
    desk.change(draft, desk.detail_ids(draft)["T1"], **change)
    desk.confirm(draft)
    assert actuals(desk.world) == [
        (WIP, 8, 1600, CHARGED, "adjusted", None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (WIP, quantity, amount, billing_type, None, None, 1),
        (WIP, -quantity, -amount, billing_type, "unadjustable", 3, None),
        (BILLED, quantity, amount, billing_type, None, None, 3),
    ]


def test_text_and_tax_alone_are_no_adjustment(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["T1"], description="Design", tax_amount="16")
    desk.confirm(draft)
    assert actuals(desk.world) == [
        (WIP, 8, 1600, CHARGED, None, None, None),
        (WIP, -8, -1600, CHARGED, "unadjustable", 1, None),
        (BILLED, 8, 1600, CHARGED, None, None, 1),
    ]
    (billed,) = desk.world.read("SELECT tax_amount FROM analytics.actuals WHERE kind = 'billed_sales'")
    assert billed.tax_amount == 16


def test_detail_added_by_hand(desk: Desk, draft: UUID) -> None:
    desk.remove(draft, desk.detail_ids(draft)["T1"])
    desk.added(draft, "work", "2", "10")
    desk.confirm(draft)
    assert actuals(desk.world)[1:] == [
        (WIP, 2, 20, CHARGED, None, None, None),
        (WIP, -2, -20, CHARGED, "unadjustable", 2, None),
        (BILLED, 2, 20, CHARGED, None, None, 2),
    ]


def test_detail_added_by_hand_to_a_fixed_price_line(desk: Desk, draft: UUID) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.remove(draft, desk.detail_ids(draft)["T1"])
    desk.added(draft, "phases", "2", "10")
    desk.confirm(draft)
    assert actuals(desk.world)[1:] == [(BILLED, 2, 20, CHARGED, None, None, None)]


def test_fee(desk: Desk) -> None:
    desk.world.transaction("F1", october(1), "50", transaction_class="fee")
    desk.confirm(desk.created())
    assert actuals(desk.world) == [
        (WIP, 1, 50, CHARGED, None, None, None),
        (WIP, -1, -50, CHARGED, "unadjustable", 1, None),
        (BILLED, 1, 50, CHARGED, None, None, 1),
    ]


def test_milestone(desk: Desk) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.world.milestone("M1", october(1), line_id="phases")
    desk.confirm(desk.created())
    assert actuals(desk.world) == [(BILLED, 1, 5000, CHARGED, None, None, None)]
    assert "nothing is ready" in desk.create().refused[0].reason


def test_negative_quantity_is_reduced_towards_nothing(desk: Desk) -> None:
    desk.world.transaction("credit", october(1), "-1600", quantity="-8")
    draft = desk.created()
    desk.change(draft, desk.detail_ids(draft)["credit"], quantity="-6")
    desk.confirm(draft)
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in actuals(desk.world)] == [
        (WIP, -8, -1600),
        (WIP, 8, 1600),
        (WIP, -6, -1200),
        (WIP, 6, 1200),
        (BILLED, -6, -1200),
        (WIP, -2, -400),
        (WIP, 2, 400),
        (BILLED, -2, -400),
    ]


def test_amount_of_its_own_is_billed_and_written_off_by_quantity(desk: Desk) -> None:
    """1000 was agreed for 8 hours whose price is 200."""
    desk.world.transaction("T1", october(1), "1000", quantity="8", unit_price="200")
    draft = desk.created()
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="6")
    desk.confirm(draft)
    assert [amount for kind, _, amount, *_ in actuals(desk.world) if kind == BILLED] == [750, 250]


def test_what_is_billed_and_what_is_written_off_come_to_the_source_to_the_cent(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "100", quantity="3", tax="10")
    draft = desk.created()
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="2")
    desk.confirm(draft)
    billed = [(amount, tax) for kind, _, amount, tax in worth(desk.world) if kind == BILLED]
    assert billed == [(Decimal("66.67"), Decimal("6.67")), (Decimal("33.33"), Decimal("3.33"))]


def test_share_of_each_customer_is_billed_for_itself(desk: Desk) -> None:
    desk.world.line("shared", percents={"Contoso": "33.3333", "Fabrikam": "66.6667"})
    desk.world.transaction("T1", october(1), "100", quantity="8", line_id="shared")
    done = desk.create()
    desk.confirm(*(invoice.invoice_id for invoice in done.invoices))
    assert sum(amount for kind, _, amount, *_ in actuals(desk.world) if kind == BILLED) == 100


@pytest.mark.parametrize("day", [None, october(3)])
def test_accounting_date_is_the_day_that_is_given_or_today(desk: Desk, draft: UUID, day: date | None) -> None:
    desk.confirm(draft, accounting_date=day)
    rows = desk.world.read("SELECT DISTINCT accounting_date FROM analytics.actuals WHERE kind = 'billed_sales'")
    assert [row.accounting_date for row in rows] == [day or TODAY]


def test_names_and_texts_stay_as_they_were_confirmed(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    before = desk.invoice(draft), desk.detail(draft, "T1")
    desk.world.contract(name="renamed")
    desk.world.deliver("customers", customer_id="Fabrikam", name="renamed")
    desk.world.revise("transactions", "T1", description="rewritten", role_id=None)
    assert (desk.invoice(draft), desk.detail(draft, "T1")) == before


# Numbers


def test_numbers_follow_each_other_by_run_date_and_contract(desk: Desk) -> None:
    for contract_id in ("B", "A"):
        desk.world.contract(contract_id)
        desk.world.line(contract_id=contract_id)
        desk.world.transaction("T1", october(1), contract_id=contract_id)
    drafts = desk.create("A", "B").invoices
    done = desk.confirm(*(invoice.invoice_id for invoice in reversed(drafts)))
    assert [(invoice.contract_id, invoice.invoice_number) for invoice in done.invoices] == [
        ("A", "INV-2026-000001"),
        ("B", "INV-2026-000002"),
    ]


def test_batch_after_a_batch_goes_on_counting(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    desk.world.transaction("T2", october(1))
    assert numbers(desk.confirm(desk.created())) == ["INV-2026-000002"]


def test_new_year_begins_a_new_series(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    desk.world.transaction("T2", october(1))
    assert numbers(desk.confirm(desk.created(), today=date(2027, 1, 1))) == ["INV-2027-000001"]


def free(desk: Desk, contract_id: str) -> UUID:
    """A draft that comes to 0."""
    desk.world.contract(contract_id)
    desk.world.line(contract_id=contract_id)
    desk.world.transaction("T1", october(1), contract_id=contract_id, billing_type="complimentary")
    return desk.created(contract_id)


def test_invoice_of_total_zero_takes_a_number(desk: Desk, draft: UUID) -> None:
    assert numbers(desk.confirm(free(desk, "A"), draft)) == ["INV-2026-000001", "INV-2026-000002"]


def test_invoice_of_total_zero_takes_no_number_where_the_setting_says_so(desk: Desk, draft: UUID) -> None:
    desk.world.settings = desk.world.settings.model_copy(update={"number_zero_totals": False})
    assert numbers(desk.confirm(free(desk, "A"), draft, free(desk, "Z"))) == [None, "INV-2026-000001", None]
    assert differences(desk.world) == []


def test_confirmed_invoice_without_a_number_is_named_by_its_id(desk: Desk) -> None:
    desk.world.settings = desk.world.settings.model_copy(update={"number_zero_totals": False})
    invoice = free(desk, "A")
    desk.confirm(invoice)
    assert reason(desk.confirm(invoice)) == f"is confirmed already, as {invoice}"


def test_verify_names_a_changed_invoice_without_a_number_by_its_id(desk: Desk) -> None:
    desk.world.settings = desk.world.settings.model_copy(update={"number_zero_totals": False})
    invoice = free(desk, "A")
    desk.confirm(invoice)
    with desk.world.engine.connect() as connection:  # rolled back at the end
        damage.change_content(connection, "the name of its customer", invoice)
        (found,) = [found for found in verify(connection) if found.check == "confirmed_content"]
    assert f"what invoice {invoice}, " in found.message


def test_pattern_is_a_setting(desk: Desk, draft: UUID) -> None:
    desk.world.settings = desk.world.settings.model_copy(update={"number_pattern": "{number}/{year}"})
    assert numbers(desk.confirm(draft)) == ["1/2026"]


def test_number_that_another_pattern_gave_is_refused_and_nothing_is_confirmed(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    desk.world.transaction("T2", october(1))
    other = desk.created()
    desk.world.settings = desk.world.settings.model_copy(update={"number_pattern": "INV-2026-00000{number}"})
    with pytest.raises(RefusedError, match="the number INV-2026-000001 was given before"):
        desk.confirm(other)
    assert desk.invoice(other).status == "draft"


def test_refused_invoice_takes_no_number(desk: Desk, draft: UUID) -> None:
    desk.world.transaction("T2", october(1))
    empty = desk.created()
    desk.remove(empty, desk.detail_ids(empty)["T2"])
    desk.confirm(empty)
    assert numbers(desk.confirm(draft)) == ["INV-2026-000001"]


# Refusals


def test_empty_invoice_is_refused_and_the_others_go_on(desk: Desk, draft: UUID) -> None:
    desk.world.transaction("T2", october(1))
    empty = desk.created()
    desk.remove(empty, desk.detail_ids(empty)["T2"])
    done = desk.confirm(empty, draft)
    assert [invoice.invoice_id for invoice in done.invoices] == [draft]
    assert (done.refused[0].subject, "no details" in reason(done)) == (str(empty), True)
    desk.delete(empty)


def test_totals_that_do_not_match_are_refused(desk: Desk, draft: UUID) -> None:
    damage.change_invoices(desk.world, chargeable_amount=1)
    assert "says 1 chargeable and its details come to 1600" in reason(desk.confirm(draft))
    desk.delete(draft)


def test_confirmed_invoice_is_refused(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    assert reason(desk.confirm(draft)) == "is confirmed already, as INV-2026-000001"


def test_version_that_is_gone_is_refused(desk: Desk, draft: UUID) -> None:
    seen = desk.version(draft)
    desk.review(draft)
    assert f"version {desk.version(draft)} and you saw {seen}" in reason(desk.confirm(draft, versions={draft: seen}))
    assert desk.invoice(draft).status == "in_review"


def test_unknown_invoice_is_refused(desk: Desk) -> None:
    assert "no such invoice" in reason(desk.confirm(uuid4()))


def test_request_that_is_tried_again_gives_what_it_confirmed(desk: Desk, draft: UUID) -> None:
    first = desk.confirm(draft, key="one")
    assert desk.confirm(draft, key="one") == first


def test_invoice_in_review_is_confirmed_as_well(desk: Desk, draft: UUID) -> None:
    desk.review(draft)
    assert desk.confirm(draft).invoices[0].status == "confirmed"


def test_drafts_are_chosen_by_run_date_and_contract(desk: Desk, draft: UUID) -> None:
    def chosen(**by: object) -> list[UUID]:
        drafts, _ = desk.do(choose_drafts, **by)  # type: ignore[arg-type]
        return [candidate.invoice_id for candidate in drafts]

    assert chosen(run_date=TODAY) == chosen(contract_ids=[CONTRACT]) == chosen() == [draft]
    assert chosen(run_date=october(1)) == chosen(contract_ids=["Nobody"]) == []
    desk.confirm(draft)
    assert chosen(run_date=TODAY) == []


def test_draft_in_review_is_confirmed_by_its_name_alone(desk: Desk, draft: UUID) -> None:
    desk.review(draft)
    chosen, left_out = desk.do(choose_drafts, contract_ids=[CONTRACT])
    assert (chosen, [(one.subject, one.reason[:12]) for one in left_out]) == ([], [(str(draft), "is in review")])


def test_correction_that_nobody_edited_is_confirmed_by_its_name_alone(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    correction = desk.corrected(draft)
    chosen, left_out = desk.do(choose_drafts)
    assert (chosen, [one.subject for one in left_out]) == ([], [str(correction)])
    desk.change(correction, desk.detail_ids(correction)["T1"], quantity="6")
    chosen, left_out = desk.do(choose_drafts)
    assert ([draft.invoice_id for draft in chosen], left_out) == ([correction], [])


# Payment


def test_confirmed_invoice_becomes_paid(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    assert desk.pay(draft).invoices[0].status == "paid"


def test_draft_cannot_be_paid(desk: Desk, draft: UUID) -> None:
    assert "only a confirmed invoice" in reason(desk.pay(draft))


def test_paid_invoice_is_not_paid_again(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    desk.pay(draft)
    assert reason(desk.pay(draft)) == "is paid already"


def test_payment_that_is_tried_again_is_done(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    assert desk.pay(draft, key="one") == desk.pay(draft, key="one")


def test_who_confirmed_and_paid_is_told(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    desk.pay(draft)
    rows = desk.world.read("SELECT action, changed_by FROM analytics.invoice_changes ORDER BY version")
    assert [tuple(row) for row in rows][1:] == [("confirmed", "ann"), ("paid", "ann")]
