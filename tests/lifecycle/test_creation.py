"""Invoices created by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from invoicing.errors import NotFoundError, RefusedError
from invoicing.lifecycle.invoices import Refused
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, TODAY, october
from tests.world.reads import billed, count, run_status, totals


def reasons(refused: tuple[Refused, ...]) -> dict[str, str]:
    return {one.subject: one.reason for one in refused}


@pytest.fixture
def dated(desk: Desk) -> Desk:
    """Of work of 1 October, of today, and of tomorrow; and a milestone of the end of the month."""
    desk.world.line("phases", method="fixed_price")
    desk.world.transaction("past", october(1))
    desk.world.transaction("today", TODAY)
    desk.world.transaction("tomorrow", TODAY + timedelta(days=1))
    desk.world.milestone("M1", october(31), line_id="phases")
    return desk


def test_everything_ready_up_to_today_is_taken(dated: Desk) -> None:
    dated.create()
    assert billed(dated.world) == {TODAY: ["past", "today"]}


def test_everything_ready_up_to_the_day_that_is_named_is_taken(dated: Desk) -> None:
    dated.create(until=october(31))
    assert billed(dated.world) == {TODAY: ["M1", "past", "today", "tomorrow"]}


def test_nothing_ready_up_to_the_day_says_the_day(dated: Desk) -> None:
    assert (
        "nothing is ready to invoice up to 2026-09-30"
        in reasons(dated.create(until=date(2026, 9, 30)).refused)[CONTRACT]
    )


def test_what_is_named_is_taken_alone_whatever_its_date(dated: Desk) -> None:
    dated.create(transaction_ids=["past"], milestone_ids=["M1"])
    assert billed(dated.world) == {TODAY: ["M1", "past"]}


@pytest.mark.parametrize("named", [{"transaction_ids": ["past", "T9"]}, {"milestone_ids": ["past"]}])
def test_name_that_is_not_known_is_refused_and_nothing_is_created(dated: Desk, named: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError, match=r"no (transaction T9|milestone past)"):
        dated.create(**named)
    assert billed(dated.world) == {}


def test_named_transaction_that_is_not_ready_is_refused(dated: Desk) -> None:
    dated.mark(ready=False, transaction_ids=["past"])
    with pytest.raises(RefusedError, match="transaction past is not ready"):
        dated.create(transaction_ids=["past", "today"])


def test_named_transaction_on_a_draft_is_refused(dated: Desk) -> None:
    draft = dated.created()
    with pytest.raises(RefusedError, match=f"transaction past is on invoice {draft}"):
        dated.create(transaction_ids=["past"])


def test_named_request_that_is_tried_again_gives_the_invoice_it_made(dated: Desk) -> None:
    first = dated.create(transaction_ids=["past"], key="one")
    assert dated.create(transaction_ids=["past"], key="one") == first


def test_what_is_not_ready_stays(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.world.transaction("T2", october(1), status="unbilled")
    desk.world.line("phases", method="fixed_price")
    desk.world.milestone("M1", october(1), line_id="phases", ready=False)
    desk.create()
    assert billed(desk.world) == {TODAY: ["T1"]}


def test_class_that_the_line_does_not_include_stays(desk: Desk) -> None:
    desk.world.line("no expenses", excludes=("expense",))
    desk.world.transaction("T1", october(1), line_id="no expenses")
    desk.world.transaction("T2", october(1), line_id="no expenses", transaction_class="expense")
    desk.create()
    assert billed(desk.world) == {TODAY: ["T1"]}


def test_there_is_one_invoice_per_customer(desk: Desk) -> None:
    desk.world.line("shared", percents={"Contoso": "60", "Fabrikam": "40"})
    desk.world.transaction("T1", october(1), line_id="shared")
    desk.world.transaction("T2", october(1), "50")
    desk.create()
    assert totals(desk.world) == {"Contoso": 60, "Fabrikam": 90}


def test_origin_is_manual_and_run_date_the_day_of_creation(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    invoice = desk.invoice(desk.created())
    assert (invoice.origin, invoice.run_date, invoice.status) == ("manual", TODAY, "draft")


def test_schedule_is_not_touched(desk: Desk) -> None:
    desk.world.schedule(october(5))
    desk.world.transaction("T1", october(1))
    desk.create()
    assert run_status(desk.world, october(5), LINE) == "not_run"


def test_run_leaves_a_manual_invoice_alone(desk: Desk) -> None:
    desk.world.schedule(october(5))
    desk.world.transaction("T1", october(1))
    desk.create()
    desk.world.run(october(5))
    assert billed(desk.world) == {TODAY: ["T1"]}


def test_nothing_ready_is_refused_and_the_others_go_on(desk: Desk) -> None:
    desk.world.contract("Idle")
    desk.world.transaction("T1", october(1))
    done = desk.create("Idle", CONTRACT)
    assert [invoice.contract_id for invoice in done.invoices] == [CONTRACT]
    assert "nothing is ready" in reasons(done.refused)["Idle"]


def test_contract_that_is_not_known_is_refused(desk: Desk) -> None:
    assert reasons(desk.create("Nobody").refused) == {"Nobody": "there is no such contract in the warehouse"}


def test_contract_that_is_not_active_is_refused(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.world.contract(state="on_hold")
    assert "on_hold" in reasons(desk.create().refused)[CONTRACT]


def test_contract_whose_split_is_not_complete_is_refused(desk: Desk) -> None:
    desk.world.line("shared", percents={"Contoso": "60", "Fabrikam": "40"})
    desk.world.transaction("T1", october(1), line_id="shared")
    damage.break_split(desk.world, "shared")
    assert "split_not_complete" in reasons(desk.create().refused)[CONTRACT]


def test_second_creation_finds_nothing_left(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.create()
    assert "nothing is ready" in reasons(desk.create().refused)[CONTRACT]


def test_request_that_is_tried_again_gives_the_invoices_it_made(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    first = desk.create(key="one")
    assert desk.create(key="one") == first


def test_nothing_asked_for_is_nothing_done(desk: Desk) -> None:
    assert desk.create("Nobody").invoices == ()
    assert count(desk.world, "invoice_changes") == 0


def test_creation_is_told_among_the_changes(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.create()
    changes = desk.world.read("SELECT action, changed_by FROM analytics.invoice_changes")
    assert [tuple(change) for change in changes] == [("created", "ann")]
