"""Days that run again, and rows that come late, worked by hand."""

from __future__ import annotations

import pytest

from tests.model.adatum import adatum, invoiced, milestone, october, schedule, work
from tests.model.life import Model
from tests.model.source import Source, Transaction


def test_repeated_day_changes_nothing(field_example: Model) -> None:
    field_example.run(october(5))
    first = field_example.shown_invoices
    field_example.run(october(5))
    assert field_example.shown_invoices == first


def test_repeated_day_takes_what_became_ready() -> None:
    unready = work("slow", october(1), billing_status="unbilled")
    calculator = adatum(transactions=(unready,), invoice_schedules=schedule(october(5)))
    calculator.run(october(5))
    calculator.load(Source(transactions=(work("slow", october(1)),)))
    calculator.run(october(5))
    assert invoiced(calculator) == {october(5): {"slow"}}


def test_old_row_entered_late_does_not_rob_the_draft_of_another_day() -> None:
    calculator = adatum(transactions=(work("kept", october(1)),), invoice_schedules=schedule(october(12)))
    calculator.run(october(12))
    calculator.load(Source(invoice_schedules=schedule(october(5))))
    calculator.run(october(13))
    assert invoiced(calculator) == {october(12): {"kept"}}


def test_invoice_without_details_disappears_when_its_day_is_derived_afresh() -> None:
    calculator = adatum(transactions=(work("moved", october(1)),), invoice_schedules=schedule(october(12)))
    calculator.run(october(12))
    calculator.load(Source(invoice_schedules=schedule(october(5))))
    calculator.run(october(12))
    assert invoiced(calculator) == {october(5): {"moved"}}


# Drafts that somebody touched


def test_touched_draft_stays_as_it_is(touched: Model) -> None:
    touched.run(october(5))
    assert invoiced(touched) == {october(5): {"kept"}}


def test_what_a_touched_draft_cannot_take_waits_for_the_next_run_date(touched: Model) -> None:
    touched.run(october(5))
    touched.run(october(12))
    assert invoiced(touched) == {october(5): {"kept"}, october(12): {"waiting"}}


@pytest.mark.parametrize("repeats", [1, 2])
def test_rows_entered_late_go_to_the_oldest_invoice_that_nobody_touched(touched: Model, repeats: int) -> None:
    expense = Transaction("Adatum", "flight", "expenses", october(1), transaction_class="expense")
    rows = schedule(october(5), october(12), line="expenses")
    touched.load(Source(transactions=(expense,), invoice_schedules=rows))
    for _ in range(repeats):
        touched.run(october(12))
    assert invoiced(touched) == {october(5): {"kept"}, october(12): {"flight", "waiting"}}


def test_row_entered_late_does_not_rob_a_draft_for_an_invoice_that_somebody_touched(touched: Model) -> None:
    expense = Transaction("Adatum", "flight", "expenses", october(1), transaction_class="expense")
    touched.load(Source(transactions=(expense,), invoice_schedules=schedule(october(12), line="expenses")))
    touched.run(october(12))
    touched.load(Source(invoice_schedules=schedule(october(5), line="expenses")))
    touched.run(october(12))
    assert invoiced(touched) == {october(5): {"kept"}, october(12): {"flight", "waiting"}}


def test_late_milestone_is_billed_on_the_oldest_invoice_that_nobody_touched(touched: Model) -> None:
    touched.load(Source(milestones=(milestone("late", october(4)),)))
    touched.run(october(12), catch_up_days=7, late_milestones="bill")
    assert invoiced(touched) == {october(5): {"kept"}, october(12): {"late", "waiting"}}


def test_milestone_waits_when_somebody_touched_the_invoice_of_its_date(touched: Model) -> None:
    touched.load(Source(milestones=(milestone("design", october(5)),)))
    touched.run(october(12))
    assert invoiced(touched) == {october(5): {"kept"}, october(12): {"waiting"}}


def test_confirmed_sales_are_no_longer_accounted_for() -> None:
    calculator = adatum(transactions=(work("posted", october(1)),), invoice_schedules=schedule(october(5)))
    calculator.run(october(5))
    calculator.confirm(calculator.invoices, [], 2020, "request")
    assert calculator.run(october(5)).accounting == {}
