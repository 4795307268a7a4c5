"""Drafts as a whole: versions, review, refresh, deletion; and what runs make of drafts that somebody touched."""

from __future__ import annotations

from uuid import UUID

import pytest

from invoicing.errors import ChangedMeanwhileError, RefusedError
from tests.world.desk import Desk
from tests.world.names import CONTRACT, TODAY, october
from tests.world.reads import billed, run_status


@pytest.fixture
def scheduled(desk: Desk) -> UUID:
    """The draft of 5 October, cut-off 4 October, with work of 1 October."""
    desk.world.schedule(october(5))
    desk.world.transaction("T1", october(1))
    desk.world.run(october(5))
    (row,) = desk.world.read("SELECT invoice_id FROM analytics.invoices")
    invoice: UUID = row.invoice_id
    return invoice


def test_version_goes_up_with_each_change_and_never_returns(desk: Desk, scheduled: UUID) -> None:
    detail, first = desk.detail_ids(scheduled)["T1"], desk.version(scheduled)
    versions = [desk.change(scheduled, detail, quantity=quantity).version for quantity in ("2", "1")]
    assert first < versions[0] < versions[1]


def test_change_of_a_version_that_is_gone_is_refused(desk: Desk, scheduled: UUID) -> None:
    detail = desk.detail_ids(scheduled)["T1"]
    seen = desk.version(scheduled)
    now = desk.change(scheduled, detail, quantity="2", version=seen).version
    with pytest.raises(ChangedMeanwhileError, match=f"version {now} and you saw {seen}"):
        desk.change(scheduled, detail, quantity="3", version=seen)
    assert desk.detail(scheduled, "T1").quantity == 2


def test_deletion_of_a_version_that_is_gone_is_refused(desk: Desk, scheduled: UUID) -> None:
    seen = desk.version(scheduled)
    desk.review(scheduled)
    with pytest.raises(ChangedMeanwhileError):
        desk.delete(scheduled, version=seen)


def test_edited_draft_is_not_replaced_by_a_run_of_its_day(desk: Desk, scheduled: UUID) -> None:
    desk.change(scheduled, desk.detail_ids(scheduled)["T1"], quantity="2")
    desk.world.transaction("T2", october(2))
    desk.world.run(october(5))
    assert billed(desk.world) == {october(5): ["T1"]}
    assert desk.detail(scheduled, "T1").quantity == 2


def test_run_says_which_drafts_it_leaves_alone_and_who_changed_them(desk: Desk, scheduled: UUID) -> None:
    desk.change(scheduled, desk.detail_ids(scheduled)["T1"], quantity="2")
    (left,) = desk.world.run(october(5)).kept_drafts
    assert str(left) == f"invoice {scheduled} of contract {CONTRACT} for 2026-10-05 (draft, changed by ann)"


def test_run_says_nothing_of_drafts_that_nobody_changed(desk: Desk, scheduled: UUID) -> None:
    assert desk.world.run(october(5)).kept_drafts == ()


def test_draft_that_was_in_review_is_not_replaced_by_a_run_of_its_day(desk: Desk, scheduled: UUID) -> None:
    desk.review(scheduled)
    desk.back_to_draft(scheduled)
    desk.world.transaction("T2", october(2))
    desk.world.run(october(5))
    assert billed(desk.world) == {october(5): ["T1"]}


def test_review_and_back_are_told(desk: Desk, scheduled: UUID) -> None:
    desk.review(scheduled)
    desk.back_to_draft(scheduled)
    rows = desk.world.read("SELECT action, old_value, new_value FROM analytics.invoice_changes ORDER BY version")
    assert [tuple(row) for row in rows] == [
        ("in_review", "draft", "in_review"),
        ("back_to_draft", "in_review", "draft"),
    ]


def test_draft_in_review_can_still_be_changed(desk: Desk, scheduled: UUID) -> None:
    desk.review(scheduled)
    assert desk.change(scheduled, desk.detail_ids(scheduled)["T1"], quantity="2").status == "in_review"


def test_refresh_adds_what_became_ready_since(desk: Desk, scheduled: UUID) -> None:
    desk.world.transaction("T2", october(2), "50")
    assert desk.refresh(scheduled).total_amount == 150


def test_refresh_of_a_scheduled_draft_keeps_to_its_cut_off(desk: Desk, scheduled: UUID) -> None:
    desk.world.transaction("T2", october(5))
    desk.refresh(scheduled)
    assert billed(desk.world) == {october(5): ["T1"]}


def test_refresh_of_a_scheduled_draft_adds_the_milestones_of_its_date(desk: Desk, scheduled: UUID) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.world.milestone("due", october(5), line_id="phases")
    desk.world.milestone("late", october(4), line_id="phases")
    desk.refresh(scheduled)
    assert billed(desk.world) == {october(5): ["T1", "due"]}


def test_refresh_of_a_manual_draft_adds_everything(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.world.transaction("T2", october(30))
    desk.refresh(draft)
    assert billed(desk.world) == {TODAY: ["T1", "T2"]}


def test_refresh_of_a_manual_draft_adds_nothing_after_the_day_that_is_named(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.world.transaction("T2", october(30))
    desk.refresh(draft, until=TODAY)
    assert billed(desk.world) == {TODAY: ["T1"]}


def test_refresh_adds_nothing_to_a_contract_that_is_not_active(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.world.transaction("T2", october(2))
    desk.world.contract(state="on_hold")
    desk.refresh(draft)
    assert set(desk.detail_ids(draft)) == {"T1"}


def test_refresh_takes_nothing_of_another_customer(desk: Desk) -> None:
    desk.world.line("other", percents={"Contoso": "100"})
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.world.transaction("T2", october(1), line_id="other")
    desk.refresh(draft)
    assert billed(desk.world) == {TODAY: ["T1"]}


def test_second_refresh_changes_nothing(desk: Desk, scheduled: UUID) -> None:
    desk.world.transaction("T2", october(2))
    assert desk.refresh(scheduled) == desk.refresh(scheduled)


def test_refresh_tells_what_it_added(desk: Desk, scheduled: UUID) -> None:
    desk.world.transaction("T2", october(2), "50")
    desk.refresh(scheduled)
    rows = desk.world.read("SELECT new_value FROM analytics.invoice_changes WHERE action = 'detail_added'")
    assert [tuple(row) for row in rows] == [("50.00",)]


def test_draft_that_is_deleted_releases_what_it_held(desk: Desk, scheduled: UUID) -> None:
    desk.delete(scheduled)
    assert billed(desk.world) == {}
    assert desk.detail_ids(desk.created()).keys() == {"T1"}


def test_draft_that_is_deleted_releases_nothing_of_another(desk: Desk, scheduled: UUID) -> None:
    desk.world.transaction("T2", october(2))
    other = desk.created()
    desk.delete(scheduled)
    assert desk.detail_ids(other).keys() == {"T2"}


def test_schedule_row_of_a_deleted_draft_stays_as_it_ran(desk: Desk, scheduled: UUID) -> None:
    desk.delete(scheduled)
    assert run_status(desk.world, october(5)) == "run_successful"


def test_run_of_its_day_derives_a_deleted_draft_afresh(desk: Desk, scheduled: UUID) -> None:
    desk.delete(scheduled)
    desk.world.run(october(5))
    assert billed(desk.world) == {october(5): ["T1"]}


def test_run_of_a_later_day_does_not_bring_a_deleted_draft_back(desk: Desk, scheduled: UUID) -> None:
    desk.delete(scheduled)
    desk.world.run(october(6))
    assert billed(desk.world) == {}


def test_deletion_is_told_with_what_the_draft_came_to(desk: Desk, scheduled: UUID) -> None:
    desk.delete(scheduled)
    rows = desk.world.read("SELECT invoice_id, old_value FROM analytics.invoice_changes WHERE action = 'deleted'")
    assert [tuple(row) for row in rows] == [(scheduled, "100.00")]


def test_manual_draft_that_is_deleted_leaves_its_added_details_nowhere(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.added(draft, "work", "1", "5")
    desk.delete(draft)
    assert desk.detail_ids(desk.created()).keys() == {"T1"}


def test_confirmed_invoice_cannot_be_changed(desk: Desk, scheduled: UUID) -> None:
    detail = desk.detail_ids(scheduled)["T1"]
    desk.confirm(scheduled)
    with pytest.raises(RefusedError, match="correct"):
        desk.change(scheduled, detail, quantity="1")


@pytest.mark.parametrize("action", ["refresh", "review", "back_to_draft", "delete"])
def test_confirmed_invoice_takes_no_other_action(desk: Desk, scheduled: UUID, action: str) -> None:
    desk.confirm(scheduled)
    with pytest.raises(RefusedError, match="confirmed and cannot be changed"):
        getattr(desk, action)(scheduled)
