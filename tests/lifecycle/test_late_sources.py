"""A source that changes after it was invoiced: what is billed, what is written off, and what analysts are told (data contract, 1.3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.world.desk import Desk
from tests.world.names import LINE, october
from tests.world.reads import exceptions, invoice_of
from tests.world.world import World

DAY = october(5)


@pytest.fixture
def world(own_world: World) -> World:
    """Eight hours at 200 on the draft of 5 October."""
    own_world.contract()
    own_world.line()
    own_world.schedule(DAY)
    own_world.transaction("T1", october(1), "1600", quantity="8")
    own_world.run(DAY)
    return own_world


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def billed_sales(world: World) -> list[tuple[Any, ...]]:
    rows = world.read("SELECT quantity, amount, billing_type FROM analytics.actuals WHERE kind = 'billed_sales'")
    return sorted(map(tuple, rows))


def hours(world: World, quantity: str) -> None:
    """The source says another quantity of the eight hours."""
    world.revise("transactions", "T1", quantity=quantity, amount=None)
    world.load()


def change(desk: Desk, draft: UUID, **changes: Any) -> None:
    (detail_id,) = desk.detail_ids(draft).values()
    desk.change(draft, detail_id, **changes)


def found(world: World, code: str) -> list[Any]:
    return world.read("SELECT * FROM analytics.billing_exceptions WHERE code = :code", code=code)


def test_hours_that_came_after_an_edit_are_not_written_off(world: World, desk: Desk) -> None:
    draft = invoice_of(world, DAY)
    change(desk, draft, description="looked at")
    hours(world, "9")
    desk.confirm(draft)
    assert billed_sales(world) == [(8, 1600, "chargeable")]


def test_hours_that_came_before_the_draft_was_derived_afresh_are_not_written_off(world: World, desk: Desk) -> None:
    hours(world, "9")
    desk.confirm(invoice_of(world, DAY))
    assert billed_sales(world) == [(8, 1600, "chargeable")]


@pytest.mark.parametrize("changes", [{"transaction_date": october(3)}, {"transaction_class": "expense"}], ids=str)
def test_draft_that_was_derived_afresh_bills_what_its_source_says_though_no_figure_changed(
    world: World, desk: Desk, changes: dict[str, Any]
) -> None:
    world.revise("transactions", "T1", **changes)
    world.run(DAY)
    draft = invoice_of(world, DAY)
    desk.confirm(draft)
    (name,) = changes
    assert getattr(desk.detail(draft, "T1"), name) == changes[name]


def test_work_that_moved_to_another_line_of_the_day_is_on_that_line(world: World, desk: Desk) -> None:
    world.line("more")
    world.schedule(DAY, line_id="more")
    world.revise("transactions", "T1", contract_line_id="more")
    world.run(DAY)
    assert desk.detail(invoice_of(world, DAY), "T1").contract_line_id == "more"


def test_hours_that_a_person_took_off_are_written_off_whatever_came_later(world: World, desk: Desk) -> None:
    draft = invoice_of(world, DAY)
    change(desk, draft, quantity="6")
    hours(world, "9")
    desk.confirm(draft)
    assert billed_sales(world) == [(2, 400, "non_chargeable"), (6, 1200, "chargeable")]


def test_removed_detail_comes_back_as_its_source_says_now(world: World, desk: Desk) -> None:
    draft = invoice_of(world, DAY)
    world.transaction("T2", october(2))
    desk.refresh(draft)
    hours(world, "9")
    desk.remove(draft, desk.detail_ids(draft)["T1"])
    desk.refresh(draft)
    (row,) = world.read("SELECT quantity FROM analytics.invoice_line_details WHERE transaction_id = 'T1'")
    assert row.quantity == 9


def test_correction_starts_from_what_came_while_it_was_on_a_draft(world: World, desk: Desk) -> None:
    draft = invoice_of(world, DAY)
    desk.review(draft)
    hours(world, "9")
    desk.confirm(draft)
    desk.confirm(desk.corrected(draft))
    (row,) = world.read("SELECT quantity, amount FROM analytics.actuals WHERE billing_status = 'unbilled'")
    assert tuple(row) == (9, 1800)


# What analysts are told


def test_source_that_changed_after_an_edit_is_reported_with_both_values(world: World, desk: Desk) -> None:
    desk.review(invoice_of(world, DAY))
    hours(world, "9")
    world.run(DAY)
    (row,) = found(world, "source_changed_after_edit")
    assert row.transaction_id == "T1"
    assert "says 9 x 200 = 1800.00" in row.message
    assert "took 8 x 200 = 1600.00" in row.message


def test_source_that_changed_after_its_confirmation_is_reported_until_it_is_corrected(world: World, desk: Desk) -> None:
    invoice = invoice_of(world, DAY)
    desk.confirm(invoice)
    hours(world, "9")
    world.run(DAY)
    assert exceptions(world) == ["source_changed_after_confirmation"]
    desk.confirm(desk.corrected(invoice))
    world.run(DAY)
    assert "source_changed_after_confirmation" not in exceptions(world)


def test_source_that_was_canceled_after_its_confirmation_is_reported(world: World, desk: Desk) -> None:
    desk.confirm(invoice_of(world, DAY))
    world.revise("transactions", "T1", billing_status="canceled")
    world.run(DAY)
    (row,) = found(world, "source_changed_after_confirmation")
    assert "canceled, now" in row.message


def test_source_that_came_while_it_was_on_an_edited_draft_is_reported_once_that_is_confirmed(
    world: World, desk: Desk
) -> None:
    draft = invoice_of(world, DAY)
    desk.review(draft)
    hours(world, "9")
    desk.confirm(draft)
    world.run(DAY)
    assert exceptions(world) == ["source_changed_after_confirmation"]


def test_draft_whose_source_changed_is_out_of_date_until_its_day_is_run(world: World) -> None:
    hours(world, "9")
    world.run(october(1))
    assert exceptions(world) == ["draft_out_of_date"]
    world.run(DAY)
    assert exceptions(world) == []


def test_draft_of_a_row_that_another_system_has_run_is_reported(world: World) -> None:
    world.revise("invoice_schedules", LINE, DAY, run_status="run_successful")
    world.run(DAY)
    assert exceptions(world) == ["run_elsewhere"]


def test_hours_billed_beyond_the_source_are_reported(world: World, desk: Desk) -> None:
    draft = invoice_of(world, DAY)
    change(desk, draft, quantity="10")
    desk.confirm(draft)
    world.run(DAY)
    assert exceptions(world) == ["billed_beyond_source"]


def test_price_that_a_person_gave_is_reported_once_it_is_billed(world: World, desk: Desk) -> None:
    draft = invoice_of(world, DAY)
    change(desk, draft, unit_price="150")
    desk.confirm(draft)
    world.run(DAY)
    assert exceptions(world) == ["price_changed_by_hand"]


def test_price_that_was_credited_is_not_reported(world: World, desk: Desk) -> None:
    draft = invoice_of(world, DAY)
    change(desk, draft, unit_price="150")
    desk.confirm(draft)
    desk.confirm(desk.corrected(draft))
    world.run(DAY)
    assert "price_changed_by_hand" not in exceptions(world)


def test_work_after_the_last_row_of_its_line_is_reported(world: World) -> None:
    world.transaction("T2", october(20))
    world.run(DAY)
    assert exceptions(world) == ["ready_without_run_date"]


def test_work_that_a_coming_row_takes_is_not_reported(world: World) -> None:
    world.transaction("T2", october(20))
    world.schedule(october(26))
    world.run(DAY)
    assert exceptions(world) == []


def test_ready_work_of_a_closed_contract_is_reported(world: World) -> None:
    world.transaction("T2", october(2))
    world.revise("project_contracts", state="closed")
    world.run(DAY)
    assert "ready_without_run_date" in exceptions(world)


def test_contract_with_a_retainer_is_reported_since_no_invoice_applies_it(world: World) -> None:
    world.deliver(
        "retainers",
        contract_id="Adatum",
        retainer_id="R1",
        customer_id="Fabrikam",
        description="Advance",
        invoice_date=DAY,
        amount="100",
        billing_status="not_ready",
    )
    world.run(DAY)
    assert exceptions(world) == ["retainer_not_applied"]
