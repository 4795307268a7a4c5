"""Drafts as a whole: versions, review, refresh, deletion; and what runs make of drafts that somebody touched."""

from __future__ import annotations

from uuid import UUID

import pytest

from invoicing.errors import ChangedMeanwhileError, RefusedError, RunHeldError
from tests.lifecycle.life import TODAY, Life
from tests.process.outcome import billed, run_status
from tests.process.steps import Steps
from tests.process.warehouse import CONTRACT, october


@pytest.fixture
def scheduled(life: Life) -> UUID:
    """The draft of 5 October, cut-off 4 October, with work of 1 October."""
    life.warehouse.schedule(october(5))
    life.warehouse.transaction("T1", october(1))
    life.warehouse.run(october(5))
    (row,) = life.warehouse.read("SELECT invoice_id FROM analytics.invoices")
    invoice: UUID = row.invoice_id
    return invoice


def test_version_goes_up_with_each_change(life: Life, scheduled: UUID) -> None:
    detail = life.detail_ids(scheduled)["T1"]
    versions = [life.change(scheduled, detail, quantity=quantity).version for quantity in ("2", "3")]
    assert versions == [2, 3]


def test_change_of_a_version_that_is_gone_is_refused(life: Life, scheduled: UUID) -> None:
    detail = life.detail_ids(scheduled)["T1"]
    life.change(scheduled, detail, quantity="2", version=1)
    with pytest.raises(ChangedMeanwhileError, match="version 2 and you saw 1"):
        life.change(scheduled, detail, quantity="3", version=1)
    assert life.detail(scheduled, "T1").quantity == 2


def test_deletion_of_a_version_that_is_gone_is_refused(life: Life, scheduled: UUID) -> None:
    life.review(scheduled)
    with pytest.raises(ChangedMeanwhileError):
        life.delete(scheduled, version=1)


def test_edited_draft_is_not_replaced_by_a_run_of_its_day(life: Life, scheduled: UUID) -> None:
    life.change(scheduled, life.detail_ids(scheduled)["T1"], quantity="2")
    life.warehouse.transaction("T2", october(2))
    life.warehouse.run(october(5))
    assert billed(life.warehouse) == {october(5): ["T1"]}
    assert life.detail(scheduled, "T1").quantity == 2


def test_run_says_which_drafts_it_leaves_alone_and_who_changed_them(life: Life, scheduled: UUID) -> None:
    life.change(scheduled, life.detail_ids(scheduled)["T1"], quantity="2")
    (left,) = life.warehouse.run(october(5)).left_alone
    assert str(left) == f"invoice {scheduled} of contract {CONTRACT} for 2026-10-05 (draft, changed by ann)"


def test_run_says_nothing_of_drafts_that_nobody_changed(life: Life, scheduled: UUID) -> None:
    assert life.warehouse.run(october(5)).left_alone == ()


def test_draft_that_was_in_review_is_not_replaced_by_a_run_of_its_day(life: Life, scheduled: UUID) -> None:
    life.review(scheduled)
    life.back_to_draft(scheduled)
    life.warehouse.transaction("T2", october(2))
    life.warehouse.run(october(5))
    assert billed(life.warehouse) == {october(5): ["T1"]}


def test_review_and_back_are_told(life: Life, scheduled: UUID) -> None:
    life.review(scheduled)
    life.back_to_draft(scheduled)
    rows = life.warehouse.read("SELECT action, old_value, new_value FROM analytics.invoice_changes ORDER BY version")
    assert [tuple(row) for row in rows] == [
        ("in_review", "draft", "in_review"),
        ("back_to_draft", "in_review", "draft"),
    ]


def test_draft_in_review_can_still_be_changed(life: Life, scheduled: UUID) -> None:
    life.review(scheduled)
    assert life.change(scheduled, life.detail_ids(scheduled)["T1"], quantity="2").status == "in_review"


def test_refresh_adds_what_became_ready_since(life: Life, scheduled: UUID) -> None:
    life.warehouse.transaction("T2", october(2), "50")
    assert life.refresh(scheduled).total_amount == 150


def test_refresh_of_a_scheduled_draft_keeps_to_its_cut_off(life: Life, scheduled: UUID) -> None:
    life.warehouse.transaction("T2", october(5))
    life.refresh(scheduled)
    assert billed(life.warehouse) == {october(5): ["T1"]}


def test_refresh_of_a_scheduled_draft_adds_the_milestones_of_its_date(life: Life, scheduled: UUID) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.milestone("due", october(5), line_id="phases")
    life.warehouse.milestone("late", october(4), line_id="phases")
    life.refresh(scheduled)
    assert billed(life.warehouse) == {october(5): ["T1", "due"]}


def test_refresh_of_a_manual_draft_adds_everything(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    draft = life.created()
    life.warehouse.transaction("T2", october(30))
    life.refresh(draft)
    assert billed(life.warehouse) == {TODAY: ["T1", "T2"]}


def test_refresh_takes_nothing_of_another_customer(life: Life) -> None:
    life.warehouse.line("other", percents={"Contoso": "100"})
    life.warehouse.transaction("T1", october(1))
    draft = life.created()
    life.warehouse.transaction("T2", october(1), line_id="other")
    life.refresh(draft)
    assert billed(life.warehouse) == {TODAY: ["T1"]}


def test_second_refresh_changes_nothing(life: Life, scheduled: UUID) -> None:
    life.warehouse.transaction("T2", october(2))
    assert life.refresh(scheduled) == life.refresh(scheduled)


def test_refresh_tells_what_it_added(life: Life, scheduled: UUID) -> None:
    life.warehouse.transaction("T2", october(2), "50")
    life.refresh(scheduled)
    rows = life.warehouse.read("SELECT version, new_value FROM analytics.invoice_changes WHERE action = 'detail_added'")
    assert [tuple(row) for row in rows] == [(2, "50")]


def test_draft_that_is_deleted_releases_what_it_held(life: Life, scheduled: UUID) -> None:
    life.delete(scheduled)
    assert billed(life.warehouse) == {}
    assert life.detail_ids(life.created()).keys() == {"T1"}


def test_draft_that_is_deleted_releases_nothing_of_another(life: Life, scheduled: UUID) -> None:
    life.warehouse.transaction("T2", october(2))
    other = life.created()
    life.delete(scheduled)
    assert life.detail_ids(other).keys() == {"T2"}


def test_schedule_row_of_a_deleted_draft_stays_as_it_ran(life: Life, scheduled: UUID) -> None:
    life.delete(scheduled)
    assert run_status(life.warehouse, october(5)) == "run_successful"


def test_run_of_its_day_derives_a_deleted_draft_afresh(life: Life, scheduled: UUID) -> None:
    life.delete(scheduled)
    life.warehouse.run(october(5))
    assert billed(life.warehouse) == {october(5): ["T1"]}


def test_run_of_a_later_day_does_not_bring_a_deleted_draft_back(life: Life, scheduled: UUID) -> None:
    life.delete(scheduled)
    life.warehouse.run(october(6))
    assert billed(life.warehouse) == {}


def test_deletion_is_told_with_what_the_draft_came_to(life: Life, scheduled: UUID) -> None:
    life.delete(scheduled)
    rows = life.warehouse.read("SELECT invoice_id, old_value FROM analytics.invoice_changes WHERE action = 'deleted'")
    assert [tuple(row) for row in rows] == [(scheduled, "100.00")]


def test_manual_draft_that_is_deleted_leaves_its_added_details_nowhere(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    draft = life.created()
    life.added(draft, "work", "1", "5")
    life.delete(draft)
    assert life.detail_ids(life.created()).keys() == {"T1"}


def test_confirmed_invoice_cannot_be_changed(life: Life, scheduled: UUID) -> None:
    detail = life.detail_ids(scheduled)["T1"]
    life.confirm(scheduled)
    with pytest.raises(RefusedError, match="correct"):
        life.change(scheduled, detail, quantity="1")


@pytest.mark.parametrize("action", ["refresh", "review", "back_to_draft", "delete"])
def test_confirmed_invoice_takes_no_other_action(life: Life, scheduled: UUID, action: str) -> None:
    life.confirm(scheduled)
    with pytest.raises(RefusedError, match="confirmed and cannot be changed"):
        getattr(life, action)(scheduled)


@pytest.mark.parametrize("action", ["refresh", "review", "delete", "confirm", "pay", "correct"])
def test_whatever_is_done_waits_for_a_run_in_progress(life: Life, scheduled: UUID, action: str) -> None:
    steps = Steps(life.warehouse.engine, life.warehouse.settings, october(6), "in progress")
    steps.find_due()
    with pytest.raises(RunHeldError, match=r"has to wait: run \d+ of 2026-10-06"):
        getattr(life, action)(scheduled)
    with pytest.raises(RunHeldError):
        life.create(CONTRACT)
    for step in steps.in_order[1:]:
        step()
