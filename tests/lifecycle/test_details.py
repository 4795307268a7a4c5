"""Details of a draft: what may be changed of them, and what follows from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from invoicing.errors import NotFoundError, RefusedError, UsageError
from invoicing.lifecycle.details import read_new_detail
from tests.world.desk import Desk
from tests.world.names import TODAY, october
from tests.world.reads import count


@pytest.fixture
def draft(desk: Desk) -> UUID:
    """8 hours at 200 with 160 tax, a flight of 90, and a milestone of 5000 on a line of its own."""
    desk.world.line("phases", method="fixed_price")
    desk.world.transaction("work", october(1), "1600", quantity="8", tax="160")
    desk.world.transaction("flight", october(2), "90", transaction_class="expense")
    desk.world.milestone("design", october(3), line_id="phases")
    return desk.created()


def test_amount_and_total_follow_the_quantity(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["work"], quantity="6")
    assert desk.detail(draft, "work").amount == 1200
    assert desk.invoice(draft).chargeable_amount == 1200 + 90 + 5000


def test_amount_and_total_follow_the_price(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["work"], unit_price="150.5")
    assert desk.detail(draft, "work").amount == 1204
    assert desk.invoice(draft).chargeable_amount == 1204 + 90 + 5000


def test_amount_is_rounded_to_the_currency_half_away_from_zero(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["work"], quantity="1", unit_price="0.125")
    assert desk.detail(draft, "work").amount == Decimal("0.13")


def test_tax_follows_the_amount_in_proportion(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["work"], quantity="6")
    assert desk.detail(draft, "work").tax_amount == 120


def test_tax_that_is_given_stands(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["work"], quantity="6", tax_amount="7.5")
    assert desk.invoice(draft).tax_amount == Decimal("7.5")


def test_tax_stays_when_only_the_text_changes(desk: Desk, draft: UUID) -> None:
    detail = desk.detail_ids(draft)["work"]
    desk.change(draft, detail, tax_amount="7.5")
    desk.change(draft, detail, description="Design")
    assert (desk.detail(draft, "work").tax_amount, desk.detail(draft, "work").description) == (Decimal("7.5"), "Design")


def test_going_back_to_the_source_gives_back_its_amount_and_tax(desk: Desk, draft: UUID) -> None:
    detail = desk.detail_ids(draft)["work"]
    desk.change(draft, detail, quantity="1")
    desk.change(draft, detail, quantity="8")
    assert (desk.detail(draft, "work").amount, desk.detail(draft, "work").tax_amount) == (1600, 160)


@pytest.mark.parametrize("billing_type", ["non_chargeable", "complimentary"])
def test_what_is_not_chargeable_leaves_the_total(desk: Desk, draft: UUID, billing_type: str) -> None:
    desk.change(draft, desk.detail_ids(draft)["work"], billing_type=billing_type)
    invoice = desk.invoice(draft)
    assert (invoice.total_amount, getattr(invoice, f"{billing_type}_amount")) == (90 + 5000, 1600)


@pytest.mark.parametrize("change", [{"quantity": "2"}, {"unit_price": "1"}])
def test_quantity_and_price_of_a_fixed_price_detail_are_refused(
    desk: Desk, draft: UUID, change: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError, match="fixed price"):
        desk.change(draft, desk.detail_ids(draft)["design"], **change)


def test_billing_type_tax_and_text_of_a_fixed_price_detail_can_be_changed(desk: Desk, draft: UUID) -> None:
    detail = desk.detail_ids(draft)["design"]
    desk.change(draft, detail, billing_type="complimentary", tax_amount="5", description="Phase 1")
    found = desk.detail(draft, "design")
    assert (found.billing_type, found.tax_amount, found.description) == ("complimentary", 5, "Phase 1")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quantity": "-1"}, "sign"),
        ({"quantity": "NaN"}, "not a number"),
        ({"unit_price": "Infinity"}, "not a number"),
        ({"quantity": "1e12"}, "13 digits"),
        ({"unit_price": "1000000000000.5"}, "13 digits"),
        ({"tax_amount": "1e40"}, "41 digits"),
        ({"quantity": "1e-11"}, "10 decimals"),
        ({"unit_price": "0.00000000001"}, "10 decimals"),
        ({"tax_amount": "0.005"}, "more decimals than USD"),
    ],
)
def test_number_that_cannot_be_is_refused(desk: Desk, draft: UUID, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        desk.change(draft, desk.detail_ids(draft)["work"], **change)
    assert desk.invoice(draft).total_amount == 1600 + 160 + 90 + 5000


def test_change_of_nothing_is_wrong_usage(desk: Desk, draft: UUID) -> None:
    with pytest.raises(UsageError, match="what to change"):
        desk.change(draft, desk.detail_ids(draft)["work"])


def test_detail_that_is_not_there_is_named(desk: Desk, draft: UUID) -> None:
    with pytest.raises(NotFoundError, match="no detail 99"):
        desk.change(draft, 99, quantity="1")


def test_invoice_that_is_not_there_is_named(desk: Desk) -> None:
    nowhere = uuid4()
    with pytest.raises(NotFoundError, match=str(nowhere)):
        desk.change(nowhere, 1, quantity="1")


def test_each_field_that_changes_is_told_with_both_values(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["work"], quantity="6")
    rows = desk.world.read(
        "SELECT field, old_value, new_value, changed_by FROM analytics.invoice_changes"
        " WHERE action = 'detail_changed' ORDER BY field"
    )
    assert [tuple(row) for row in rows] == [
        ("amount", "1600.00", "1200.00", "ann"),
        ("quantity", "8.0000", "6", "ann"),
        ("tax_amount", "160.00", "120.00", "ann"),
    ]


def test_detail_that_is_removed_is_ready_again(desk: Desk, draft: UUID) -> None:
    desk.remove(draft, desk.detail_ids(draft)["work"])
    assert desk.detail_ids(desk.created()).keys() == {"work"}


def test_milestone_that_is_removed_is_ready_again(desk: Desk, draft: UUID) -> None:
    desk.remove(draft, desk.detail_ids(draft)["design"])
    assert desk.detail_ids(desk.created()).keys() == {"design"}


def test_removal_is_told_with_what_it_was_worth(desk: Desk, draft: UUID) -> None:
    desk.remove(draft, desk.detail_ids(draft)["flight"])
    rows = desk.world.read("SELECT old_value FROM analytics.invoice_changes WHERE action = 'detail_removed'")
    assert [row.old_value for row in rows] == ["90.00"]


def test_line_goes_with_its_last_detail(desk: Desk, draft: UUID) -> None:
    desk.remove(draft, desk.detail_ids(draft)["design"])
    lines = desk.world.read("SELECT contract_line_id FROM analytics.invoice_lines")
    assert [line.contract_line_id for line in lines] == ["work"]


def test_line_is_removed_with_all_of_its_details(desk: Desk, draft: UUID) -> None:
    desk.remove_line(draft, "work")
    assert desk.detail_ids(draft).keys() == {"design"}
    assert desk.invoice(draft).total_amount == 5000


def test_line_that_is_not_there_is_named(desk: Desk, draft: UUID) -> None:
    with pytest.raises(NotFoundError, match="no line elsewhere"):
        desk.remove_line(draft, "elsewhere")


def test_detail_without_a_source_is_added(desk: Desk, draft: UUID) -> None:
    desk.added(draft, "work", "2", "10.255", tax_amount=Decimal(1), description="Taxi", role_id="driver")
    found = desk.detail(draft, None)
    assert (found.amount, found.transaction_class, found.transaction_date) == (Decimal("20.51"), "expense", TODAY)
    assert (found.description, found.role_id, found.transaction_id) == ("Taxi", "driver", None)
    assert desk.invoice(draft).total_amount == 1600 + 160 + 90 + 5000 + Decimal("21.51")


def test_added_detail_is_no_actual_before_it_is_confirmed(desk: Desk, draft: UUID) -> None:
    before = count(desk.world, "actuals")
    desk.added(draft, "work", "2", "10")
    assert count(desk.world, "actuals") == before


def test_added_detail_that_is_removed_is_gone(desk: Desk, draft: UUID) -> None:
    desk.added(draft, "work", "2", "10")
    desk.remove(draft, desk.detail_ids(draft)[None])
    assert desk.detail_ids(draft).keys() == {"work", "flight", "design"}
    assert "nothing is ready" in desk.create().refused[0].reason


def test_detail_for_a_line_of_nobody_is_refused(desk: Desk, draft: UUID) -> None:
    with pytest.raises(NotFoundError, match="no line elsewhere"):
        desk.added(draft, "elsewhere", "2", "10")


def test_detail_of_no_quantity_is_refused(desk: Desk, draft: UUID) -> None:
    with pytest.raises(RefusedError, match="bills nothing"):
        desk.added(draft, "work", "0", "10")


NEW = {"contract_line_id": "work", "transaction_class": "time", "quantity": 1.5, "unit_price": "100"}


def test_new_detail_is_read_from_the_fields_of_the_view() -> None:
    detail = read_new_detail({**NEW, "transaction_date": "2026-10-02", "billing_type": "complimentary"}, TODAY)
    assert (detail.quantity, detail.transaction_date, detail.billing_type) == (
        Decimal("1.5"),
        october(2),
        "complimentary",
    )


def test_new_detail_is_of_today_when_it_names_no_date() -> None:
    assert read_new_detail(NEW, TODAY).transaction_date == TODAY


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("quantity", None, "needs the field quantity"),
        ("transaction_class", "milestone", "one of time, expense, material, fee"),
        ("transaction_date", "5 October", "transaction_date"),
        ("unit_price", "much", "unit_price"),
        ("colour", "red", "no field colour"),
        ("detail_id", 7, "no field detail_id"),
    ],
)
def test_field_of_a_new_detail_that_cannot_be_is_named(field: str, value: object, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        read_new_detail({**NEW, field: value}, TODAY)
