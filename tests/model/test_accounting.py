"""What a run says of what it did not invoice, worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.model.adatum import accounted, adatum, invoiced, milestone, october, schedule, shares, work
from tests.model.life import Model
from tests.model.source import Line, LineCustomer, Source, Transaction

# Quarantine


BROKEN_SPLITS = {
    "no customers": (),
    "percents below 100": shares("60", "30", line="broken"),
    "no rounding customer": (LineCustomer("Adatum", "broken", "first", Decimal(100), False),),
    "two rounding customers": (*shares("50", line="broken"), LineCustomer("Adatum", "broken", "second", Decimal(50))),
}


def broken(customers: tuple[LineCustomer, ...]) -> Model:
    return adatum(
        contract_lines=(Line("Adatum", "broken"),),
        contract_line_customers=customers,
        transactions=(work("stuck", october(1)),),
        invoice_schedules=(*schedule(october(5)), *schedule(october(5), line="broken")),
    )


@pytest.mark.parametrize("customers", BROKEN_SPLITS.values(), ids=BROKEN_SPLITS.keys())
def test_line_that_cannot_be_split_quarantines_its_contract(customers: tuple[LineCustomer, ...]) -> None:
    calculator = broken(customers)
    assert calculator.run(october(5)).quarantined_contracts == {"Adatum"}


def test_quarantined_contract_gets_no_invoice() -> None:
    calculator = broken(())
    calculator.run(october(5))
    assert not calculator.shown_invoices


def test_due_rows_of_a_quarantined_contract_end_failed() -> None:
    calculator = broken(())
    calculator.run(october(5))
    assert set(calculator.schedule.values()) == {"run_failed"}


def test_fixed_contract_is_invoiced_by_a_later_run() -> None:
    calculator = broken(())
    calculator.run(october(5))
    calculator.load(Source(contract_line_customers=shares("100", line="broken")))
    calculator.run(october(6))
    assert invoiced(calculator) == {october(5): {"stuck"}}


def test_quarantine_leaves_the_drafts_of_the_contract_alone() -> None:
    calculator = adatum(transactions=(work("kept", october(1)),), invoice_schedules=schedule(october(5)))
    calculator.run(october(5))
    before = calculator.shown_invoices
    calculator.load(
        Source(contract_lines=(Line("Adatum", "broken"),), invoice_schedules=schedule(october(5), line="broken"))
    )
    calculator.run(october(5))
    assert calculator.shown_invoices == before


# Accounting


def test_accounting_names_one_reason_for_everything() -> None:
    fixed_price = Transaction("Adatum", "fixed", "prototype", october(1))
    calculator = adatum(
        transactions=(
            work("taken", october(1)),
            work("given", october(1), billing_type="complimentary"),
            work("gone", october(1), billing_status="canceled"),
            work("unready", october(1), billing_status="unbilled"),
            work("late", october(5)),
            fixed_price,
            Transaction("Adatum", "other line", "expenses", october(1)),
        ),
        invoice_schedules=schedule(october(5)),
        milestones=(milestone("design", october(5)),),
    )
    assert calculator.run(october(5)).accounting == {
        ("invoiced", "USD"): accounted(2, "200"),
        ("not_ready", "USD"): accounted(1, "100"),
        ("after_cutoff", "USD"): accounted(1, "100"),
        ("class_not_included", "USD"): accounted(1, "100"),
    }


def test_class_not_included_comes_before_not_ready() -> None:
    calculator = adatum(
        contract_lines=(Line("Adatum", "work", includes_time=False),),
        transactions=(work("neither", october(9), billing_status="unbilled"),),
        invoice_schedules=schedule(october(5)),
    )
    assert set(calculator.run(october(5)).accounting) == {("class_not_included", "USD")}


def test_sales_on_the_draft_of_another_day_are_accounted_as_such() -> None:
    calculator = adatum(transactions=(work("before", october(1)),), invoice_schedules=schedule(october(5), october(12)))
    calculator.run(october(5))
    assert calculator.run(october(12)).accounting == {("on_a_draft", "USD"): accounted(1, "100")}


def test_sales_that_a_touched_draft_cannot_take_are_accounted_as_on_a_draft(touched: Model) -> None:
    assert touched.run(october(5)).accounting == {("on_a_draft", "USD"): accounted(2, "200")}


def test_sales_of_a_quarantined_contract_are_accounted_as_such() -> None:
    assert broken(()).run(october(5)).accounting == {("quarantined", "USD"): accounted(1, "100")}
