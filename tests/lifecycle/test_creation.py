"""Invoices created by hand."""

from __future__ import annotations

from invoicing.lifecycle.invoices import Refused
from tests.lifecycle.life import TODAY, Life
from tests.process.outcome import billed, run_status, totals
from tests.process.warehouse import CONTRACT, LINE, october


def reasons(refused: tuple[Refused, ...]) -> dict[str, str]:
    return {one.subject: one.reason for one in refused}


def test_everything_ready_is_taken_whatever_its_date(life: Life) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.transaction("past", october(1))
    life.warehouse.transaction("future", october(30))
    life.warehouse.milestone("M1", october(31), line_id="phases")
    life.create()
    assert billed(life.warehouse) == {TODAY: ["M1", "future", "past"]}


def test_what_is_not_ready_stays(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    life.warehouse.transaction("T2", october(1), status="unbilled")
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.milestone("M1", october(1), line_id="phases", ready=False)
    life.create()
    assert billed(life.warehouse) == {TODAY: ["T1"]}


def test_class_that_the_line_does_not_include_stays(life: Life) -> None:
    life.warehouse.line("no expenses", excludes=("expense",))
    life.warehouse.transaction("T1", october(1), line_id="no expenses")
    life.warehouse.transaction("T2", october(1), line_id="no expenses", transaction_class="expense")
    life.create()
    assert billed(life.warehouse) == {TODAY: ["T1"]}


def test_there_is_one_invoice_per_customer(life: Life) -> None:
    life.warehouse.line("shared", percents={"Contoso": "60", "Fabrikam": "40"})
    life.warehouse.transaction("T1", october(1), line_id="shared")
    life.warehouse.transaction("T2", october(1), "50")
    life.create()
    assert totals(life.warehouse) == {"Contoso": 60, "Fabrikam": 90}


def test_origin_is_manual_and_run_date_the_day_of_creation(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    invoice = life.invoice(life.created())
    assert (invoice.origin, invoice.run_date, invoice.status) == ("manual", TODAY, "draft")


def test_schedule_is_not_touched(life: Life) -> None:
    life.warehouse.schedule(october(5))
    life.warehouse.transaction("T1", october(1))
    life.create()
    assert run_status(life.warehouse, october(5), LINE) == "not_run"


def test_run_leaves_a_manual_invoice_alone(life: Life) -> None:
    life.warehouse.schedule(october(5))
    life.warehouse.transaction("T1", october(1))
    life.create()
    life.warehouse.run(october(5))
    assert billed(life.warehouse) == {TODAY: ["T1"]}


def test_nothing_ready_is_refused_and_the_others_go_on(life: Life) -> None:
    life.warehouse.contract("Idle")
    life.warehouse.transaction("T1", october(1))
    done = life.create("Idle", CONTRACT)
    assert [invoice.contract_id for invoice in done.invoices] == [CONTRACT]
    assert "nothing is ready" in reasons(done.refused)["Idle"]


def test_contract_that_is_not_known_is_refused(life: Life) -> None:
    assert reasons(life.create("Nobody").refused) == {"Nobody": "there is no such contract in the warehouse"}


def test_contract_that_is_not_active_is_refused(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    life.warehouse.execute("UPDATE invoicing.project_contract SET state = 'on_hold'")
    assert "on_hold" in reasons(life.create().refused)[CONTRACT]


def test_contract_whose_split_is_not_complete_is_refused(life: Life) -> None:
    life.warehouse.line("shared", percents={"Contoso": "60", "Fabrikam": "40"})
    life.warehouse.transaction("T1", october(1), line_id="shared")
    life.warehouse.execute(
        "UPDATE invoicing.contract_line_customer SET split_percent = 50 WHERE customer_id = 'Contoso'"
    )
    assert "split_not_complete" in reasons(life.create().refused)[CONTRACT]


def test_second_creation_finds_nothing_left(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    life.create()
    assert "nothing is ready" in reasons(life.create().refused)[CONTRACT]


def test_request_that_is_tried_again_gives_the_invoices_it_made(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    first = life.create(key="one")
    assert life.create(key="one") == first


def test_nothing_asked_for_is_nothing_done(life: Life) -> None:
    assert life.create("Nobody").invoices == ()
    assert life.warehouse.read("SELECT FROM invoicing.invoice_change") == []


def test_creation_is_told_among_the_changes(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    life.create()
    changes = life.warehouse.read("SELECT action, changed_by, version FROM analytics.invoice_changes")
    assert [tuple(change) for change in changes] == [("created", "ann", 1)]
