"""Which transactions and milestones a due line bills, and why the others wait."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.settings import Settings
from tests.process.outcome import DRAFTS, accounting, billed, dump, exceptions, run_status
from tests.process.warehouse import LINE, Warehouse, october

DAY = october(5)
CLASSES = ("time", "expense", "material", "fee")

# How an invoice stops being the runs' own.
TOUCHED = pytest.mark.parametrize("touched", ["edited", "in_review", "confirmed", "paid"])


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with a line of time and material, due on 5 and 19 October."""
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, october(19))
    return emptied


@pytest.fixture
def prototype(emptied: Warehouse) -> Warehouse:
    """An active contract with a fixed-price line, and nothing due yet."""
    emptied.contract()
    emptied.line("prototype", method="fixed_price")
    return emptied


def set_status(warehouse: Warehouse, transaction_id: str, status: str) -> None:
    """As a source does that changes its mind."""
    for table in ("transaction", "actual"):
        assert warehouse.execute(
            f"""
            UPDATE invoicing.{table} SET billing_status = CAST(:status AS invoicing.billing_status)
            WHERE transaction_id = :transaction_id
            """,
            status=status,
            transaction_id=transaction_id,
        )


def make_ready(warehouse: Warehouse, milestone_id: str) -> None:
    for table in ("milestone", "actual"):
        assert warehouse.execute(
            f"UPDATE invoicing.{table} SET billing_status = 'ready_to_invoice' WHERE milestone_id = :milestone_id",
            milestone_id=milestone_id,
        )


def touch(warehouse: Warehouse, touched: str) -> None:
    """What people do to the invoices of 5 October."""
    change = "edited_at = now()" if touched == "edited" else f"status = '{touched}'"
    assert warehouse.execute(f"UPDATE invoicing.invoice SET {change} WHERE run_date = '2026-10-05'")
    if touched in ("confirmed", "paid"):
        warehouse.execute(
            """
            UPDATE invoicing.actual AS a SET billing_status = 'invoice_posted'
            FROM invoicing.invoice_line_detail AS d INNER JOIN invoicing.invoice AS i USING (contract_id, invoice_id)
            WHERE i.run_date = '2026-10-05' AND (a.contract_id, a.actual_id) = (d.contract_id, d.actual_id)
            """
        )


# Cut-off


def test_transaction_of_the_cutoff_is_billed(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(4))
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


def test_transaction_after_the_cutoff_waits(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", DAY, "100")
    day = warehouse.run(DAY)
    assert (billed(warehouse), accounting(warehouse, day.run)) == ({}, {"after_cutoff": (1, 100)})


def test_transaction_after_the_cutoff_goes_onto_the_next_run(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", DAY)
    warehouse.run(DAY)
    warehouse.run(october(19))
    assert billed(warehouse) == {october(19): ["T1"]}


@pytest.mark.parametrize(("day", "is_billed"), [(october(7), True), (october(8), False)])
def test_cutoff_that_was_given_replaces_the_day_before(emptied: Warehouse, day: date, is_billed: bool) -> None:
    emptied.contract()
    emptied.line()
    emptied.schedule(october(12), cutoff=october(7))
    emptied.transaction("T1", day)
    emptied.run(october(12))
    assert billed(emptied) == ({october(12): ["T1"]} if is_billed else {})


def test_cutoff_may_lie_after_the_run_date(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, cutoff=october(9))
    emptied.transaction("T1", october(9))
    emptied.run(DAY)
    assert billed(emptied) == {DAY: ["T1"]}


def test_no_transaction_is_too_old(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", date(1999, 12, 31))
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


def test_transaction_goes_to_the_oldest_due_row_that_admits_it(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(4))
    warehouse.transaction("T2", DAY)
    warehouse.run(october(19))
    assert billed(warehouse) == {DAY: ["T1"], october(19): ["T2"]}


def test_transaction_goes_to_the_oldest_due_row_though_a_later_one_has_an_earlier_cutoff(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, cutoff=october(4))
    emptied.schedule(october(12), cutoff=october(2))
    emptied.schedule(october(19), cutoff=october(18))
    emptied.transaction("T1", october(2))
    emptied.transaction("T2", october(11))
    emptied.run(october(19))
    assert billed(emptied) == {DAY: ["T1"], october(19): ["T2"]}


def test_transaction_after_the_cutoff_that_two_rows_share_is_accounted_for_once(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, october(6), cutoff=october(4))
    emptied.transaction("T1", october(4), "100")
    emptied.transaction("T2", DAY, "30")
    day = emptied.run(october(6))
    assert billed(emptied) == {DAY: ["T1"]}
    assert accounting(emptied, day.run) == {"invoiced": (1, 100), "after_cutoff": (1, 30)}


# Readiness


def test_transaction_that_is_not_ready_waits(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100", status="unbilled")
    day = warehouse.run(DAY)
    assert (billed(warehouse), accounting(warehouse, day.run)) == ({}, {"not_ready": (1, 100)})


def test_transaction_made_ready_after_its_first_cutoff_goes_onto_the_next_run(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), status="unbilled")
    warehouse.run(DAY)
    set_status(warehouse, "T1", "ready_to_invoice")
    warehouse.run(october(19))
    assert billed(warehouse) == {october(19): ["T1"]}


def test_transaction_recorded_late_goes_onto_the_next_run(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(october(19))
    assert billed(warehouse) == {october(19): ["T1"]}


def test_transaction_recorded_late_joins_its_draft_when_the_day_is_run_again(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    warehouse.transaction("T2", october(2))
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_transaction_recorded_late_gets_a_draft_when_the_day_is_run_again(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


def test_transaction_on_a_later_draft_stays_there_when_an_earlier_day_is_run_again(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(october(19))
    warehouse.run(DAY)
    assert billed(warehouse) == {october(19): ["T1"]}


def test_canceled_transaction_is_never_billed(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), status="canceled")
    warehouse.run(DAY)
    warehouse.run(october(19))
    assert billed(warehouse) == {}


def test_canceled_transaction_is_not_accounted_for(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), status="canceled")
    assert accounting(warehouse, warehouse.run(DAY).run) == {}


def test_posted_transaction_is_not_billed_again(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    set_status(warehouse, "T1", "invoice_posted")
    day = warehouse.run(DAY)
    assert (billed(warehouse), accounting(warehouse, day.run)) == ({}, {})


def test_nothing_ready_makes_no_invoice(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), status="unbilled")
    day = warehouse.run(DAY)
    assert (billed(warehouse), day.run.invoices) == ({}, 0)


def test_nothing_ready_is_a_successful_run(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), status="unbilled")
    day = warehouse.run(DAY)
    assert (day.run.status, run_status(warehouse, DAY)) == ("succeeded", "run_successful")


def test_nothing_ready_is_said(warehouse: Warehouse) -> None:
    assert warehouse.run(DAY).run.skipped_reason == "nothing is ready for the lines due on 2026-10-05"


# Classes


@pytest.mark.parametrize("transaction_class", CLASSES)
def test_class_that_the_line_includes_is_billed(emptied: Warehouse, transaction_class: str) -> None:
    emptied.contract()
    emptied.line(excludes=tuple(name for name in CLASSES if name != transaction_class))
    emptied.schedule(DAY)
    emptied.transaction("T1", october(1), transaction_class=transaction_class)
    emptied.run(DAY)
    assert (billed(emptied), exceptions(emptied)) == ({DAY: ["T1"]}, [])


@pytest.mark.parametrize("transaction_class", CLASSES)
def test_class_that_the_line_does_not_include_waits(emptied: Warehouse, transaction_class: str) -> None:
    emptied.contract()
    emptied.line(excludes=(transaction_class,))
    emptied.schedule(DAY)
    emptied.transaction("T1", october(1), "100", transaction_class=transaction_class)
    day = emptied.run(DAY)
    assert (billed(emptied), accounting(emptied, day.run)) == ({}, {"class_not_included": (1, 100)})


def test_class_that_the_line_does_not_include_is_reported(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(excludes=("fee",))
    emptied.schedule(DAY)
    emptied.transaction("T1", october(1), transaction_class="fee")
    emptied.run(DAY)
    assert exceptions(emptied) == ["ready_class_not_included"]


def test_fixed_price_line_bills_no_transactions(prototype: Warehouse) -> None:
    prototype.schedule(DAY, line_id="prototype")
    prototype.milestone("M1", DAY, line_id="prototype")
    prototype.transaction("T1", october(1), "100", line_id="prototype")
    day = prototype.run(DAY)
    assert billed(prototype) == {DAY: ["M1"]}
    assert accounting(prototype, day.run) == {"class_not_included": (1, 100)}


# Other invoices


def test_transaction_on_a_manual_invoice_is_not_billed_again(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.invoice SET origin = 'manual'")
    day = warehouse.run(october(19))
    assert billed(warehouse) == {DAY: ["T1"]}
    assert accounting(warehouse, day.run) == {"on_a_draft": (1, 100)}


@TOUCHED
def test_touched_invoice_is_left_alone(warehouse: Warehouse, touched: str) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.transaction("T2", october(2), "200")
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.actual SET billing_status = 'unbilled' WHERE transaction_id = 'T2'")
    touch(warehouse, touched)
    before = dump(warehouse, DRAFTS)
    warehouse.transaction("T3", october(3), "300")
    warehouse.run(DAY)
    assert dump(warehouse, DRAFTS) == before


@pytest.mark.parametrize(
    ("touched", "waiting"), [("edited", (2, 300)), ("in_review", (2, 300)), ("confirmed", (1, 200)), ("paid", (1, 200))]
)
def test_transaction_that_would_go_onto_a_touched_invoice_waits(
    warehouse: Warehouse, touched: str, waiting: tuple[int, int]
) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.run(DAY)
    touch(warehouse, touched)
    warehouse.transaction("T2", october(2), "200")
    day = warehouse.run(DAY)
    assert accounting(warehouse, day.run) == {"on_a_draft": waiting}


@TOUCHED
def test_transaction_that_waited_for_a_touched_invoice_goes_onto_the_next_run(
    warehouse: Warehouse, touched: str
) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    touch(warehouse, touched)
    warehouse.transaction("T2", october(2))
    warehouse.run(DAY)
    warehouse.run(october(19))
    assert billed(warehouse) == {DAY: ["T1"], october(19): ["T2"]}


@TOUCHED
def test_transaction_goes_to_the_next_due_row_when_the_invoice_of_the_oldest_was_touched(
    warehouse: Warehouse, touched: str
) -> None:
    warehouse.line("travel")
    warehouse.schedule(DAY, line_id="travel")
    warehouse.transaction("T1", october(1), line_id="travel")
    warehouse.run(DAY)
    touch(warehouse, touched)
    warehouse.execute("UPDATE invoicing.invoice_schedule SET run_status = 'run_failed' WHERE contract_line_id = 'work'")
    warehouse.transaction("T2", october(2))
    warehouse.run(october(19))
    assert billed(warehouse) == {DAY: ["T1"], october(19): ["T2"]}


def test_invoice_of_another_customer_that_was_touched_holds_nobody_up(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(percents={"Fabrikam": "50", "Northwind": "50"})
    emptied.schedule(DAY)
    emptied.transaction("T1", october(1))
    emptied.run(DAY)
    emptied.execute("UPDATE invoicing.invoice SET status = 'in_review' WHERE customer_id = 'Fabrikam'")
    emptied.transaction("T2", october(2))
    emptied.run(DAY)
    assert billed(emptied) == {DAY: ["T1", "T1", "T2"]}


# What leaves a draft


@pytest.mark.parametrize("status", ["unbilled", "canceled"])
def test_transaction_no_longer_ready_leaves_its_draft_when_the_day_is_run_again(
    warehouse: Warehouse, status: str
) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.transaction("T2", october(2), "200")
    warehouse.run(DAY)
    set_status(warehouse, "T2", status)
    warehouse.run(DAY)
    (invoice,) = warehouse.read("SELECT total_amount, detail_count FROM analytics.invoices")
    assert (billed(warehouse), tuple(invoice)) == ({DAY: ["T1"]}, (100, 1))


@pytest.mark.parametrize("status", ["unbilled", "canceled"])
def test_emptied_draft_disappears(warehouse: Warehouse, status: str) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    set_status(warehouse, "T1", status)
    warehouse.run(DAY)
    assert billed(warehouse) == {}


def test_emptied_line_leaves_the_others_of_its_draft(warehouse: Warehouse) -> None:
    warehouse.line("travel")
    warehouse.schedule(DAY, line_id="travel")
    warehouse.transaction("T1", october(1), "100")
    warehouse.transaction("T2", october(1), "200", line_id="travel")
    warehouse.run(DAY)
    set_status(warehouse, "T1", "canceled")
    warehouse.run(DAY)
    (line,) = warehouse.read("SELECT contract_line_id, chargeable_amount FROM analytics.invoice_lines")
    assert (billed(warehouse), tuple(line)) == ({DAY: ["T2"]}, ("travel", 200))


def test_other_days_keep_what_is_no_longer_ready(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    set_status(warehouse, "T1", "unbilled")
    warehouse.run(october(19))
    assert billed(warehouse) == {DAY: ["T1"]}


def test_transaction_that_left_its_draft_comes_back_when_it_is_ready_again(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    set_status(warehouse, "T1", "unbilled")
    warehouse.run(DAY)
    set_status(warehouse, "T1", "ready_to_invoice")
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


def test_class_no_longer_included_leaves_its_draft_when_the_day_is_run_again(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.transaction("T2", october(1), transaction_class="expense")
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.contract_line SET includes_expense = false")
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1"]}


def test_amount_that_changed_is_billed_when_the_day_is_run_again(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.actual SET unit_price = 90, amount = 90")
    warehouse.run(DAY)
    (invoice,) = warehouse.read("SELECT total_amount, detail_count FROM analytics.invoices")
    (detail,) = warehouse.read("SELECT unit_price, amount FROM analytics.invoice_line_details")
    assert (tuple(invoice), tuple(detail)) == ((90, 1), (90, 90))


def test_quantity_that_changed_at_the_same_amount_is_billed_when_the_day_is_run_again(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.actual SET quantity = 4, unit_price = 25")
    warehouse.run(DAY)
    (detail,) = warehouse.read("SELECT quantity, unit_price, amount FROM analytics.invoice_line_details")
    assert tuple(detail) == (4, 25, 100)


# Milestones


def test_milestone_that_is_not_ready_on_its_date_makes_no_invoice(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    assert billed(prototype) == {}


def test_milestone_that_is_not_ready_on_its_date_is_reported(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    assert exceptions(prototype) == ["milestone_not_ready"]


def test_date_of_a_milestone_that_is_not_ready_has_run(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    assert run_status(prototype, DAY, "prototype") == "run_successful"


def test_milestone_is_not_reported_before_its_date(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(october(4))
    assert exceptions(prototype) == []


def test_late_milestone_waits_for_a_manual_invoice(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.milestone("M2", october(12), line_id="prototype")
    prototype.run(DAY)
    make_ready(prototype, "M1")
    prototype.run(october(12))
    assert billed(prototype) == {october(12): ["M2"]}


def test_late_milestone_is_reported(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    make_ready(prototype, "M1")
    prototype.run(october(12))
    assert exceptions(prototype) == ["milestone_late"]


def test_milestone_made_ready_is_billed_when_its_day_is_run_again(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    make_ready(prototype, "M1")
    prototype.run(DAY)
    assert billed(prototype) == {DAY: ["M1"]}


@pytest.fixture
def billing_late(prototype: Warehouse) -> Warehouse:
    """`prototype` with late_milestones = bill, and a milestone of 5 October that was made ready on the 6th."""
    prototype.settings = Settings(late_milestones="bill")
    prototype.milestone("M1", DAY, line_id="prototype", ready=False)
    prototype.run(DAY)
    make_ready(prototype, "M1")
    return prototype


def test_late_milestone_can_be_billed_on_the_next_run_date_of_its_line(billing_late: Warehouse) -> None:
    billing_late.milestone("M2", october(12), line_id="prototype")
    billing_late.run(october(12))
    assert billed(billing_late) == {october(12): ["M1", "M2"]}


def test_late_milestone_can_be_billed_on_the_next_run_date_of_its_contract(billing_late: Warehouse) -> None:
    billing_late.line()
    billing_late.schedule(october(12), october(19))
    billing_late.run(october(12))
    billing_late.run(october(19))
    assert billed(billing_late) == {october(12): ["M1"]}


def test_late_milestone_is_not_billed_on_a_day_without_a_run_date_of_its_contract(billing_late: Warehouse) -> None:
    billing_late.line()
    billing_late.schedule(october(12))
    billing_late.run(october(11))
    assert billed(billing_late) == {}


def test_late_milestone_is_not_billed_on_the_run_date_of_another_contract(billing_late: Warehouse) -> None:
    billing_late.contract("Contoso")
    billing_late.line(contract_id="Contoso")
    billing_late.schedule(october(12), contract_id="Contoso")
    billing_late.run(october(12))
    assert billed(billing_late) == {}


def test_milestone_is_never_billed_before_its_date(prototype: Warehouse) -> None:
    prototype.settings = Settings(late_milestones="bill")
    prototype.milestone("M1", october(12), line_id="prototype")
    prototype.line()
    prototype.schedule(DAY)
    prototype.run(DAY)
    assert billed(prototype) == {}


def test_milestone_of_a_touched_invoice_is_billed_late(prototype: Warehouse) -> None:
    prototype.settings = Settings(late_milestones="bill")
    prototype.line()
    prototype.schedule(DAY, october(12))
    prototype.transaction("T1", october(1))
    prototype.run(DAY)
    touch(prototype, "in_review")
    prototype.milestone("M1", DAY, line_id="prototype")
    prototype.run(october(12))
    assert billed(prototype) == {DAY: ["T1"], october(12): ["M1"]}


def test_late_milestone_keeps_its_invoice_when_a_day_is_run_again(billing_late: Warehouse) -> None:
    billing_late.line()
    billing_late.schedule(october(12))
    billing_late.run(october(12))
    billing_late.run(DAY)
    assert billed(billing_late) == {october(12): ["M1"]}


def test_milestone_and_transactions_share_an_invoice(prototype: Warehouse) -> None:
    prototype.milestone("M1", DAY, line_id="prototype")
    prototype.line()
    prototype.schedule(DAY)
    prototype.transaction("T1", october(1), line_id=LINE)
    prototype.run(DAY)
    (invoice,) = prototype.read("SELECT line_count, detail_count FROM analytics.invoices")
    assert tuple(invoice) == (2, 2)
