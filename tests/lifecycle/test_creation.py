"""Invoices created by hand."""

from __future__ import annotations

from invoicing.lifecycle.invoices import Refused
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, TODAY, october
from tests.world.reads import billed, count, run_status, totals


def reasons(refused: tuple[Refused, ...]) -> dict[str, str]:
    return {one.subject: one.reason for one in refused}


def test_everything_ready_is_taken_whatever_its_date(desk: Desk) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.world.transaction("past", october(1))
    desk.world.transaction("future", october(30))
    desk.world.milestone("M1", october(31), line_id="phases")
    desk.create()
    assert billed(desk.world) == {TODAY: ["M1", "future", "past"]}


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
    changes = desk.world.read("SELECT action, changed_by, version FROM analytics.invoice_changes")
    assert [tuple(change) for change in changes] == [("created", "ann", 1)]
