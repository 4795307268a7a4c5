"""What verify finds wrong with confirmed and corrective invoices: each damage is inflicted past the triggers that keep them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Concatenate, Literal, ParamSpec
from uuid import UUID

import pytest
import sqlalchemy as sa

from invoicing.audit.verify import verify
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.reads import invoice_of
from tests.world.verdict import differences
from tests.world.world import World

P = ParamSpec("P")


def found_after(
    world: World, inflict: Callable[Concatenate[sa.Connection, P], None], *values: P.args, **named: P.kwargs
) -> set[str]:
    """The checks that something does not pass once the damage is done; then it is undone."""
    with world.engine.connect() as connection:
        inflict(connection, *values, **named)
        checks = {difference.check for difference in verify(connection)}
        connection.rollback()
    return checks


@pytest.fixture(scope="module")
def first(a_life: World) -> UUID:
    """A scheduled invoice that is confirmed."""
    return invoice_of(a_life, october(5))


def test_whole_life_passes(a_life: World) -> None:
    assert differences(a_life) == []


@pytest.mark.parametrize("day", [5, 12])
def test_day_of_a_life_passes_alone(a_life: World, day: int) -> None:
    assert differences(a_life, october(day)) == []


def test_day_that_is_run_again_after_all_that_passes(lived: World) -> None:
    lived.run(october(5), "again")
    lived.run(october(12), "again too")
    assert differences(lived) == []


# Each sale is consumed once


def test_posted_share_without_its_detail_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.lose_detail_of_share, "untouched", "Northwind")
    assert "posted_without_detail" in checks


def test_posted_share_that_was_given_back_without_its_detail_shows(a_life: World) -> None:
    assert "posted_without_detail" in found_after(a_life, damage.lose_details_of_given_back)


def test_share_posted_by_hand_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.set_share_status, "invoice_posted", "late")
    assert {"posted_without_detail", "detail_not_ready", "reversal"} == checks


@pytest.mark.parametrize("status", ["unbilled", "ready_to_invoice", "canceled"])
def test_open_source_of_a_confirmed_invoice_shows(a_life: World, status: str) -> None:
    checks = found_after(a_life, damage.set_share_status, status, "untouched", "Northwind")
    assert "confirmed_source" in checks


def test_sale_that_is_billed_otherwise_and_was_not_replaced_shows(a_life: World) -> None:
    assert "confirmed_source" in found_after(a_life, damage.lose_posting, "rebooked", "repriced")


def test_corrected_sales_that_nobody_claimed_show(a_life: World) -> None:
    checks = found_after(a_life, damage.give_claims_up)
    assert {"confirmed_source", "reversal"} <= checks


def test_correction_that_is_closed_before_it_is_confirmed_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.close_claims)
    assert {"detail_not_ready", "posted_without_detail", "reversal"} <= checks


def test_correction_of_another_invoice_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.correct_another_invoice, invoice_of(a_life, october(5), "Fabrikam"))
    assert checks == {"detail_not_ready"}


# Quantities are conserved


@pytest.mark.parametrize("posting", ["written_off", "rebooked_reversal"])
def test_changed_quantity_shows(a_life: World, posting: damage.Posting) -> None:
    checks = found_after(a_life, damage.change_posting, posting, quantity="quantity + 1")
    assert {"share_quantity", "detail_quantity"} <= checks


def test_changed_quantity_of_what_was_given_back_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.change_given_back, quantity="quantity + 1")
    assert {"share_quantity", "entry_quantity"} <= checks


def test_changed_amount_of_what_was_given_back_shows(a_life: World) -> None:
    assert "share_amount" in found_after(a_life, damage.change_given_back, amount="amount + 1")


def test_missing_share_that_was_given_back_shows(a_life: World) -> None:
    assert "share_quantity" in found_after(a_life, damage.lose_given_back, "repriced")


def test_share_given_back_to_another_customer_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.move_given_back, "Northwind")
    assert {"share_quantity", "given_back"} <= checks


def test_changed_quantity_of_what_was_added_by_hand_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.change_given_back, quantity="1", by_hand=True)
    assert "entry_quantity" in checks


@pytest.mark.parametrize("change", [{"quantity": "quantity / 2"}, {"amount": "amount - 1"}])
@pytest.mark.parametrize("posting", ["billed_only", "reversal"])
def test_changed_milestone_shows(a_life: World, posting: damage.Posting, change: dict[str, Any]) -> None:
    checks = found_after(a_life, damage.change_posting, posting, milestone_id="M1", **change)
    assert "milestone_billed" in checks


def test_milestone_that_is_not_open_again_shows(a_life: World) -> None:
    assert "milestone_billed" in found_after(a_life, damage.post_milestone, "M2")


def test_reversal_of_less_shows(a_life: World) -> None:
    checks = found_after(a_life, damage.change_posting, "written_off_reversal", tax_amount="tax_amount + 1")
    assert checks == {"confirmed_content", "reversal"}


def test_second_reversal_shows(a_life: World) -> None:
    assert "reversal" in found_after(a_life, damage.reverse_twice)


def test_missing_reversal_shows(a_life: World) -> None:
    assert "reversal" in found_after(a_life, damage.lose_posting, "reversal", "dropped")


def test_reversal_of_nothing_shows(a_life: World) -> None:
    assert "reversal" in found_after(a_life, damage.lose_posting, "rebooked", "raised")


# Billed less reversed is what invoices say


@pytest.mark.parametrize("change", [{"amount": "amount + 0.01"}, {"tax_amount": "tax_amount - 0.01"}])
@pytest.mark.parametrize("posting", ["billed", "billed_only", "reversal"])
def test_billed_otherwise_than_invoiced_shows(a_life: World, posting: damage.Posting, change: dict[str, Any]) -> None:
    checks = found_after(a_life, damage.change_posting, posting, kind="billed_sales", **change)
    assert "billed_sales" in checks


@pytest.mark.parametrize("billing_type", ["chargeable", "non_chargeable", "complimentary"])
def test_billed_as_another_type_shows(a_life: World, billing_type: str) -> None:
    assert "billed_sales" in found_after(a_life, damage.bill_as, billing_type)


def test_what_was_written_off_is_on_no_invoice(a_life: World) -> None:
    assert "billed_sales" in found_after(a_life, damage.take_posting_for, "written_off_billed", "billed")


def test_billed_sales_of_a_draft_show(a_life: World, first: UUID) -> None:
    assert "billed_sales" in found_after(a_life, damage.unconfirm, first)


def test_billed_sales_of_no_invoice_show(a_life: World, first: UUID) -> None:
    assert "billed_sales" in found_after(a_life, damage.lose_invoice, first)


# Everything was done by somebody


def test_what_nobody_did_shows(a_life: World) -> None:
    assert found_after(a_life, damage.forget_changes) == {"unknown_change"}


def test_approval_that_nobody_can_say_who_asked_for_or_gave_shows(own_world: World) -> None:
    own_world.contract()
    own_world.line()
    own_world.transaction("T1", october(1))
    own_world.settings = own_world.settings.model_copy(update={"approval_amount": Decimal(1)})
    ann, bob = Desk(own_world, "ann"), Desk(own_world, "bob")
    approval_id = ann.confirm(ann.created()).approval_id
    assert approval_id is not None
    bob.approve(approval_id)
    damage.forget_changes(own_world)
    found = [difference.message for difference in differences(own_world)]
    assert [any(message.startswith(rows) for message in found) for rows in ("approvals name", "answers name")] == [
        True,
        True,
    ]


# What is confirmed stays


@pytest.mark.parametrize("what", ["a line that reads confirmed", "a detail that reads confirmed", "an actual"])
def test_what_a_confirmed_invoice_took_in_shows(a_life: World, what: str) -> None:
    assert "confirmed_content" in found_after(a_life, damage.slip_in, what)


@pytest.mark.parametrize("what", damage.CONTENT)
def test_changed_content_shows(a_life: World, first: UUID, what: str) -> None:
    assert "confirmed_content" in found_after(a_life, damage.change_content, what, first)


@pytest.mark.parametrize("rows", ["lines", "details"])
@pytest.mark.parametrize("read_only", [True, False])
def test_rows_that_can_be_changed_and_should_not_show(
    a_life: World, rows: Literal["lines", "details"], read_only: bool
) -> None:
    assert "confirmed_rows" in found_after(a_life, damage.set_read_only, rows, read_only)


@pytest.mark.parametrize("what", ["moment", "seal"])
def test_confirmation_that_was_not_told_shows(a_life: World, what: Literal["moment", "seal"]) -> None:
    assert "confirmed_rows" in found_after(a_life, damage.forget_confirmation, what)


# Numbers


@pytest.mark.parametrize("other", [0, 99])
def test_gap_shows(a_life: World, other: int) -> None:
    assert found_after(a_life, damage.renumber, 2, other) == {"number_series"}


def test_numbers_that_nobody_has_written_down_show(a_life: World) -> None:
    assert found_after(a_life, damage.forget_numbers) == {"invoice_number"}


def test_confirmed_invoice_without_a_number_shows(a_life: World, first: UUID) -> None:
    assert found_after(a_life, damage.lose_number, first) == {"confirmed_content", "invoice_number"}


def test_draft_with_a_number_shows(a_life: World) -> None:
    assert found_after(a_life, damage.number_drafts) == {"invoice_number"}


# What is legal


def test_transaction_that_waits_beside_a_deleted_draft_passes(desk: Desk) -> None:
    desk.world.schedule(october(5))
    desk.world.transaction("T1", october(1))
    desk.world.run(october(5))
    draft = invoice_of(desk.world, october(5))
    desk.change(draft, desk.detail_ids(draft)["T1"], tax_amount=Decimal(1))
    desk.world.transaction("T2", october(1))
    desk.world.run(october(5), "beside the edited draft")
    desk.delete(draft)
    assert differences(desk.world) == []
