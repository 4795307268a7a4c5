"""Which transactions and milestones a due line bills, and why the others wait."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.settings import Settings
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CLASSES, LINE, TODAY, october
from tests.world.reads import DRAFTS, accounting, billed, exceptions, invoice_of, run_status, shown, versions
from tests.world.world import World

DAY = october(5)

# How an invoice stops being the runs' own.
TOUCHED = pytest.mark.parametrize("touched", ["edited", "in_review", "confirmed", "paid"])


@pytest.fixture
def due(world: World) -> World:
    """An active contract with a line of time and material, due on 5 and 19 October."""
    world.contract()
    world.line()
    world.schedule(DAY, october(19))
    return world


@pytest.fixture
def prototype(world: World) -> World:
    """An active contract with a fixed-price line, and nothing due yet."""
    world.contract()
    world.line("prototype", method="fixed_price")
    return world


def set_status(world: World, transaction_id: str, status: str) -> None:
    """As a source does that changes its mind."""
    world.revise("transactions", transaction_id, billing_status=status)


def make_ready(world: World, milestone_id: str) -> None:
    world.revise("milestones", milestone_id, billing_status="ready_to_invoice")


def touch(world: World, touched: str) -> None:
    """What people do to the invoice of 5 October."""
    desk, invoice = Desk(world), invoice_of(world, DAY)
    if touched == "edited":
        desk.change(invoice, next(iter(desk.detail_ids(invoice).values())), description="edited")
    elif touched == "in_review":
        desk.review(invoice)
    else:
        assert not desk.confirm(invoice).refused
        if touched == "paid":
            desk.pay(invoice)


# Cut-off


def test_transaction_of_the_cutoff_is_billed(due: World) -> None:
    due.transaction("T1", october(4))
    due.run(DAY)
    assert billed(due) == {DAY: ["T1"]}


def test_transaction_after_the_cutoff_waits(due: World) -> None:
    due.transaction("T1", DAY, "100")
    day = due.run(DAY)
    assert (billed(due), accounting(due, day.run)) == ({}, {"after_cutoff": (1, 100)})


def test_transaction_after_the_cutoff_goes_onto_the_next_run(due: World) -> None:
    due.transaction("T1", DAY)
    due.run(DAY)
    due.run(october(19))
    assert billed(due) == {october(19): ["T1"]}


@pytest.mark.parametrize(("day", "is_billed"), [(october(7), True), (october(8), False)])
def test_cutoff_that_was_given_replaces_the_day_before(world: World, day: date, is_billed: bool) -> None:
    world.contract()
    world.line()
    world.schedule(october(12), cutoff=october(7))
    world.transaction("T1", day)
    world.run(october(12))
    assert billed(world) == ({october(12): ["T1"]} if is_billed else {})


def test_cutoff_may_lie_after_the_run_date(world: World) -> None:
    world.contract()
    world.line()
    world.schedule(DAY, cutoff=october(9))
    world.transaction("T1", october(9))
    world.run(DAY)
    assert billed(world) == {DAY: ["T1"]}


def test_no_transaction_is_too_old(due: World) -> None:
    due.transaction("T1", date(1999, 12, 31))
    due.run(DAY)
    assert billed(due) == {DAY: ["T1"]}


def test_transaction_goes_to_the_oldest_due_row_that_admits_it(due: World) -> None:
    due.transaction("T1", october(4))
    due.transaction("T2", DAY)
    due.run(october(19))
    assert billed(due) == {DAY: ["T1"], october(19): ["T2"]}


def test_transaction_goes_to_the_oldest_due_row_though_a_later_one_has_an_earlier_cutoff(world: World) -> None:
    world.contract()
    world.line()
    world.schedule(DAY, cutoff=october(4))
    world.schedule(october(12), cutoff=october(2))
    world.schedule(october(19), cutoff=october(18))
    world.transaction("T1", october(2))
    world.transaction("T2", october(11))
    world.run(october(19))
    assert billed(world) == {DAY: ["T1"], october(19): ["T2"]}


def test_transaction_after_the_cutoff_that_two_rows_share_is_accounted_for_once(world: World) -> None:
    world.contract()
    world.line()
    world.schedule(DAY, october(6), cutoff=october(4))
    world.transaction("T1", october(4), "100")
    world.transaction("T2", DAY, "30")
    day = world.run(october(6))
    assert billed(world) == {DAY: ["T1"]}
    assert accounting(world, day.run) == {"invoiced": (1, 100), "after_cutoff": (1, 30)}


# Readiness


def test_transaction_that_is_not_ready_waits(due: World) -> None:
    due.transaction("T1", october(1), "100", status="unbilled")
    day = due.run(DAY)
    assert (billed(due), accounting(due, day.run)) == ({}, {"not_ready": (1, 100)})


def test_transaction_made_ready_after_its_first_cutoff_goes_onto_the_next_run(due: World) -> None:
    due.transaction("T1", october(1), status="unbilled")
    due.run(DAY)
    set_status(due, "T1", "ready_to_invoice")
    due.run(october(19))
    assert billed(due) == {october(19): ["T1"]}


def test_transaction_recorded_late_goes_onto_the_next_run(due: World) -> None:
    due.run(DAY)
    due.transaction("T1", october(1))
    due.run(october(19))
    assert billed(due) == {october(19): ["T1"]}


def test_transaction_recorded_late_joins_its_draft_when_the_day_is_run_again(due: World) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    due.transaction("T2", october(2))
    due.run(DAY)
    assert billed(due) == {DAY: ["T1", "T2"]}


def test_transaction_recorded_late_gets_a_draft_when_the_day_is_run_again(due: World) -> None:
    due.run(DAY)
    due.transaction("T1", october(1))
    due.run(DAY)
    assert billed(due) == {DAY: ["T1"]}


def test_transaction_on_a_later_draft_stays_there_when_an_earlier_day_is_run_again(due: World) -> None:
    due.run(DAY)
    due.transaction("T1", october(1))
    due.run(october(19))
    due.run(DAY)
    assert billed(due) == {october(19): ["T1"]}


def test_canceled_transaction_is_never_billed(due: World) -> None:
    due.transaction("T1", october(1), status="canceled")
    due.run(DAY)
    due.run(october(19))
    assert billed(due) == {}


def test_canceled_transaction_is_not_accounted_for(due: World) -> None:
    due.transaction("T1", october(1), status="canceled")
    assert accounting(due, due.run(DAY).run) == {}


def test_posted_transaction_is_not_billed_again(due: World) -> None:
    due.transaction("T1", october(1))
    desk = Desk(due)
    desk.confirm(desk.created())
    day = due.run(DAY)
    assert (billed(due), accounting(due, day.run)) == ({TODAY: ["T1"]}, {})


def test_nothing_ready_makes_no_invoice(due: World) -> None:
    due.transaction("T1", october(1), status="unbilled")
    day = due.run(DAY)
    assert (billed(due), day.figures.invoices) == ({}, 0)


def test_nothing_ready_is_a_successful_run(due: World) -> None:
    due.transaction("T1", october(1), status="unbilled")
    day = due.run(DAY)
    assert (day.run.status, run_status(due, DAY)) == ("succeeded", "run_successful")


def test_nothing_ready_is_said(due: World) -> None:
    assert due.run(DAY).run.skipped_reason == "nothing is ready for the lines due on 2026-10-05"


# Classes


@pytest.mark.parametrize("transaction_class", CLASSES)
def test_class_that_the_line_includes_is_billed(world: World, transaction_class: str) -> None:
    world.contract()
    world.line(excludes=tuple(name for name in CLASSES if name != transaction_class))
    world.schedule(DAY)
    world.transaction("T1", october(1), transaction_class=transaction_class)
    world.run(DAY)
    assert (billed(world), exceptions(world)) == ({DAY: ["T1"]}, [])


@pytest.mark.parametrize("transaction_class", CLASSES)
def test_class_that_the_line_does_not_include_waits(world: World, transaction_class: str) -> None:
    world.contract()
    world.line(excludes=(transaction_class,))
    world.schedule(DAY)
    world.transaction("T1", october(1), "100", transaction_class=transaction_class)
    day = world.run(DAY)
    assert (billed(world), accounting(world, day.run)) == ({}, {"class_not_included": (1, 100)})


def test_class_that_the_line_does_not_include_is_reported(world: World) -> None:
    world.contract()
    world.line(excludes=("fee",))
    world.schedule(DAY)
    world.transaction("T1", october(1), transaction_class="fee")
    world.run(DAY)
    assert exceptions(world) == ["ready_class_not_included"]


def test_fixed_price_line_bills_no_transactions(prototype: World) -> None:
    prototype.schedule(DAY, line_id="prototype")
    prototype.milestone("M1", DAY, line_id="prototype")
    prototype.transaction("T1", october(1), "100", line_id="prototype")
    day = prototype.run(DAY)
    assert billed(prototype) == {DAY: ["M1"]}
    assert accounting(prototype, day.run) == {"class_not_included": (1, 100)}


# Other invoices


def test_transaction_on_a_manual_invoice_is_not_billed_again(due: World) -> None:
    due.transaction("T1", october(1), "100")
    Desk(due).create()
    day = due.run(october(19))
    assert billed(due) == {TODAY: ["T1"]}
    assert accounting(due, day.run) == {"on_a_draft": (1, 100)}


@TOUCHED
def test_touched_invoice_is_left_alone(due: World, touched: str) -> None:
    due.transaction("T1", october(1), "100")
    due.transaction("T2", october(2), "200")
    due.run(DAY)
    touch(due, touched)
    set_status(due, "T2", "unbilled")
    before = shown(due, DRAFTS), versions(due)
    due.transaction("T3", october(3), "300")
    due.run(DAY)
    assert (shown(due, DRAFTS), versions(due)) == before


@pytest.mark.parametrize(
    ("touched", "waiting"), [("edited", (2, 300)), ("in_review", (2, 300)), ("confirmed", (1, 200)), ("paid", (1, 200))]
)
def test_transaction_that_would_go_onto_a_touched_invoice_waits(
    due: World, touched: str, waiting: tuple[int, int]
) -> None:
    due.transaction("T1", october(1), "100")
    due.run(DAY)
    touch(due, touched)
    due.transaction("T2", october(2), "200")
    day = due.run(DAY)
    assert accounting(due, day.run) == {"on_a_draft": waiting}


@TOUCHED
def test_transaction_that_waited_for_a_touched_invoice_goes_onto_the_next_run(due: World, touched: str) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    touch(due, touched)
    due.transaction("T2", october(2))
    due.run(DAY)
    due.run(october(19))
    assert billed(due) == {DAY: ["T1"], october(19): ["T2"]}


@TOUCHED
def test_transaction_goes_to_the_next_due_row_when_the_invoice_of_the_oldest_was_touched(
    due: World, touched: str
) -> None:
    due.line("travel")
    due.schedule(DAY, line_id="travel")
    due.transaction("T1", october(1), line_id="travel")
    due.run(DAY)
    touch(due, touched)
    damage.set_run_status(due, "run_failed", DAY)
    due.transaction("T2", october(2))
    due.run(october(19))
    assert billed(due) == {DAY: ["T1"], october(19): ["T2"]}


def test_invoice_of_another_customer_that_was_touched_holds_nobody_up(world: World) -> None:
    world.contract()
    world.line(percents={"Fabrikam": "50", "Northwind": "50"})
    world.schedule(DAY)
    world.transaction("T1", october(1))
    world.run(DAY)
    touch(world, "in_review")
    world.transaction("T2", october(2))
    world.run(DAY)
    assert billed(world) == {DAY: ["T1", "T1", "T2"]}


# What leaves a draft


@pytest.mark.parametrize("status", ["unbilled", "canceled"])
def test_transaction_no_longer_ready_leaves_its_draft_when_the_day_is_run_again(due: World, status: str) -> None:
    due.transaction("T1", october(1), "100")
    due.transaction("T2", october(2), "200")
    due.run(DAY)
    set_status(due, "T2", status)
    due.run(DAY)
    (invoice,) = due.read("SELECT total_amount, detail_count FROM analytics.invoices")
    assert (billed(due), tuple(invoice)) == ({DAY: ["T1"]}, (100, 1))


@pytest.mark.parametrize("status", ["unbilled", "canceled"])
def test_emptied_draft_disappears(due: World, status: str) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    set_status(due, "T1", status)
    due.run(DAY)
    assert billed(due) == {}


def test_emptied_line_leaves_the_others_of_its_draft(due: World) -> None:
    due.line("travel")
    due.schedule(DAY, line_id="travel")
    due.transaction("T1", october(1), "100")
    due.transaction("T2", october(1), "200", line_id="travel")
    due.run(DAY)
    set_status(due, "T1", "canceled")
    due.run(DAY)
    (line,) = due.read("SELECT contract_line_id, chargeable_amount FROM analytics.invoice_lines")
    assert (billed(due), tuple(line)) == ({DAY: ["T2"]}, ("travel", 200))


def test_transaction_no_longer_ready_leaves_its_draft_with_the_next_run_of_any_day(due: World) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    set_status(due, "T1", "unbilled")
    due.run(october(19))
    assert billed(due) == {}


def test_other_days_keep_what_their_line_does_not_include_any_more(due: World) -> None:
    due.transaction("T1", october(1), transaction_class="expense")
    due.run(DAY)
    due.revise("contract_lines", LINE, includes_expense=False)
    due.run(october(19))
    assert billed(due) == {DAY: ["T1"]}


def test_transaction_that_left_its_draft_comes_back_when_it_is_ready_again(due: World) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    set_status(due, "T1", "unbilled")
    due.run(DAY)
    set_status(due, "T1", "ready_to_invoice")
    due.run(DAY)
    assert billed(due) == {DAY: ["T1"]}


def test_class_no_longer_included_leaves_its_draft_when_the_day_is_run_again(due: World) -> None:
    due.transaction("T1", october(1))
    due.transaction("T2", october(1), transaction_class="expense")
    due.run(DAY)
    due.revise("contract_lines", LINE, includes_expense=False)
    due.run(DAY)
    assert billed(due) == {DAY: ["T1"]}


def test_amount_that_changed_is_billed_when_the_day_is_run_again(due: World) -> None:
    due.transaction("T1", october(1), "100")
    due.run(DAY)
    due.revise("transactions", "T1", unit_price=90, amount=90)
    due.run(DAY)
    (invoice,) = due.read("SELECT total_amount, detail_count FROM analytics.invoices")
    (detail,) = due.read("SELECT unit_price, amount FROM analytics.invoice_line_details")
    assert (tuple(invoice), tuple(detail)) == ((90, 1), (90, 90))


def test_quantity_that_changed_at_the_same_amount_is_billed_when_the_day_is_run_again(due: World) -> None:
    due.transaction("T1", october(1), "100")
    due.run(DAY)
    due.revise("transactions", "T1", quantity=4, unit_price=25)
    due.run(DAY)
    (detail,) = due.read("SELECT quantity, unit_price, amount FROM analytics.invoice_line_details")
    assert tuple(detail) == (4, 25, 100)


# Milestones


def test_milestone_that_is_not_ready_on_its_date_makes_no_invoice(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    assert billed(prototype) == {}


def test_milestone_that_is_not_ready_on_its_date_is_reported(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    assert exceptions(prototype) == ["milestone_not_ready"]


def test_date_of_a_milestone_that_is_not_ready_has_run(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    assert run_status(prototype, DAY, "prototype") == "run_successful"


def test_milestone_is_not_reported_before_its_date(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(october(4))
    assert exceptions(prototype) == []


def test_late_milestone_waits_for_a_manual_invoice(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.milestone("M2", october(12), line_id="prototype")
    prototype.run(DAY)
    make_ready(prototype, "M1")
    prototype.run(october(12))
    assert billed(prototype) == {october(12): ["M2"]}


def test_late_milestone_is_reported(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    make_ready(prototype, "M1")
    prototype.run(october(12))
    assert exceptions(prototype) == ["milestone_late"]


def test_milestone_made_ready_is_billed_when_its_day_is_run_again(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    make_ready(prototype, "M1")
    prototype.run(DAY)
    assert billed(prototype) == {DAY: ["M1"]}


@pytest.fixture
def billing_late(prototype: World) -> World:
    """`prototype` with late_milestones = bill, and a milestone of 5 October that was made ready on the 6th."""
    prototype.settings = Settings(late_milestones="bill")
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    make_ready(prototype, "M1")
    return prototype


def test_late_milestone_can_be_billed_on_the_next_run_date_of_its_line(billing_late: World) -> None:
    billing_late.milestone("M2", october(12), line_id="prototype")
    billing_late.run(october(12))
    assert billed(billing_late) == {october(12): ["M1", "M2"]}


def test_late_milestone_can_be_billed_on_the_next_run_date_of_its_contract(billing_late: World) -> None:
    billing_late.line()
    billing_late.schedule(october(12), october(19))
    billing_late.run(october(12))
    billing_late.run(october(19))
    assert billed(billing_late) == {october(12): ["M1"]}


def test_late_milestone_is_not_billed_on_a_day_without_a_run_date_of_its_contract(billing_late: World) -> None:
    billing_late.line()
    billing_late.schedule(october(12))
    billing_late.run(october(11))
    assert billed(billing_late) == {}


def test_late_milestone_is_not_billed_on_the_run_date_of_another_contract(billing_late: World) -> None:
    billing_late.contract("Contoso")
    billing_late.line(contract_id="Contoso")
    billing_late.schedule(october(12), contract_id="Contoso")
    billing_late.run(october(12))
    assert billed(billing_late) == {}


def test_milestone_is_never_billed_before_its_date(prototype: World) -> None:
    prototype.settings = Settings(late_milestones="bill")
    prototype.milestone("M1", october(12), line_id="prototype")
    prototype.line()
    prototype.schedule(DAY)
    prototype.run(DAY)
    assert billed(prototype) == {}


def test_milestone_of_a_touched_invoice_is_billed_late(prototype: World) -> None:
    prototype.settings = Settings(late_milestones="bill")
    prototype.line()
    prototype.schedule(DAY, october(12))
    prototype.transaction("T1", october(1))
    prototype.run(DAY)
    touch(prototype, "in_review")
    prototype.milestone("M1", DAY, line_id="prototype")
    prototype.run(october(12))
    assert billed(prototype) == {DAY: ["T1"], october(12): ["M1"]}


def test_late_milestone_keeps_its_invoice_when_a_day_is_run_again(billing_late: World) -> None:
    billing_late.line()
    billing_late.schedule(october(12))
    billing_late.run(october(12))
    billing_late.run(DAY)
    assert billed(billing_late) == {october(12): ["M1"]}


def test_milestone_and_transactions_share_an_invoice(prototype: World) -> None:
    prototype.milestone("M1", DAY, line_id="prototype")
    prototype.line()
    prototype.schedule(DAY)
    prototype.transaction("T1", october(1), line_id=LINE)
    prototype.run(DAY)
    (invoice,) = prototype.read("SELECT line_count, detail_count FROM analytics.invoices")
    assert tuple(invoice) == (2, 2)
