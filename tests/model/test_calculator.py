"""The calculator against examples of a day, worked by hand."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.model.adatum import adatum, invoiced, milestone, november, october, schedule, work
from tests.model.life import Model
from tests.model.records import DueRow, ScheduleKey
from tests.model.source import Contract, Line, Schedule, Source

# The example of the field: a prototype with two milestones, work every second Monday, expenses every first Monday


def test_nothing_is_invoiced_the_day_before_a_run_date(field_example: Model) -> None:
    field_example.run(october(4))
    assert not field_example.shown_invoices


def test_lines_with_one_run_date_share_one_invoice(field_example: Model) -> None:
    field_example.run(october(5))
    (invoice,) = field_example.shown_invoices
    assert [line.contract_line_id for line in invoice.lines] == ["expenses", "prototype", "work"]


def test_milestone_and_transactions_add_up_on_the_invoice(field_example: Model) -> None:
    field_example.run(october(5))
    assert field_example.shown_invoices[0].total_amount == 5200


def test_days_without_a_run_date_add_no_invoice(field_example: Model) -> None:
    for day in range(5, 19):
        field_example.run(october(day))
    assert set(invoiced(field_example)) == {october(5)}


def test_daily_runs_invoice_each_run_date_with_something_ready(field_example: Model) -> None:
    for days in range(45):
        field_example.run(october(4) + timedelta(days=days))
    assert invoiced(field_example) == {
        october(5): {"design", "early", "flight"},
        october(19): {"late"},
        november(2): {"last"},
        november(3): {"build"},
    }


# What a run takes


def test_cutoff_is_inclusive() -> None:
    calculator = adatum(
        transactions=(work("on", october(4)), work("after", october(5))), invoice_schedules=schedule(october(5))
    )
    calculator.run(october(5))
    assert invoiced(calculator) == {october(5): {"on"}}


def test_cutoff_may_lie_after_the_run_date() -> None:
    calculator = adatum(
        transactions=(work("ahead", october(9)),),
        invoice_schedules=(Schedule("Adatum", "work", october(5), transaction_cutoff_date=october(9)),),
    )
    calculator.run(october(5))
    assert invoiced(calculator) == {october(5): {"ahead"}}


def test_missed_days_are_caught_up_under_their_own_dates() -> None:
    calculator = adatum(
        transactions=(work("early", october(1)), work("late", october(8))),
        invoice_schedules=schedule(october(5), october(12)),
    )
    calculator.run(october(30))
    assert invoiced(calculator) == {october(5): {"early"}, october(12): {"late"}}


@pytest.mark.parametrize(("days", "due"), [(35, 1), (36, 0)])
def test_catch_up_reaches_exactly_as_far_as_set(days: int, due: int) -> None:
    calculator = adatum(invoice_schedules=schedule(october(5)))
    assert calculator.run(october(5) + timedelta(days=days)).due_lines == due


def test_oldest_row_that_admits_a_transaction_takes_it() -> None:
    calculator = adatum(
        transactions=(work("mine", october(8)),),
        invoice_schedules=(
            Schedule("Adatum", "work", october(12), transaction_cutoff_date=october(1)),
            *schedule(october(19), october(26)),
        ),
    )
    calculator.run(october(26))
    assert invoiced(calculator) == {october(19): {"mine"}}


def test_row_run_elsewhere_is_never_due() -> None:
    calculator = adatum(invoice_schedules=(Schedule("Adatum", "work", october(5), run_status="run_successful"),))
    assert calculator.run(october(5)).due_lines == 0


def test_contract_on_hold_is_not_due() -> None:
    calculator = adatum(
        project_contracts=(Contract("Adatum", state="on_hold"),), invoice_schedules=schedule(october(5))
    )
    assert calculator.run(october(5)).due_lines == 0


def test_row_ends_successful_without_an_invoice() -> None:
    calculator = adatum(invoice_schedules=schedule(october(5)))
    calculator.run(october(5))
    assert calculator.schedule == {ScheduleKey(DueRow("Adatum", "work", october(5))): "run_successful"}


def test_row_and_milestone_on_one_date_are_one_due_row() -> None:
    calculator = adatum(
        invoice_schedules=schedule(october(5), line="prototype"), milestones=(milestone("design", october(5)),)
    )
    assert calculator.run(october(5)).due_lines == 1


def test_only_chargeable_details_add_to_the_total() -> None:
    transactions = [
        work(billing_type, october(1), billing_type=billing_type, tax_amount=Decimal(25))
        for billing_type in ("chargeable", "non_chargeable", "complimentary")
    ]
    calculator = adatum(transactions=tuple(transactions), invoice_schedules=schedule(october(5)))
    calculator.run(october(5))
    (invoice,) = calculator.shown_invoices
    assert [*invoice.totals, invoice.total_amount] == [100, 100, 100, 25, 125]


# Milestones


def test_late_milestone_waits_for_a_manual_invoice() -> None:
    calculator = adatum(
        invoice_schedules=schedule(october(12)), milestones=(milestone("late", october(5), billing_status="not_ready"),)
    )
    calculator.run(october(5))
    calculator.load(Source(milestones=(milestone("late", october(5)),)))
    calculator.run(october(12))
    assert not calculator.shown_invoices


@pytest.mark.parametrize("repeats", [1, 2])
def test_late_milestone_can_be_billed_on_the_next_run_date_of_the_contract(repeats: int) -> None:
    calculator = adatum(
        invoice_schedules=schedule(october(12), october(19)),
        milestones=(milestone("late", october(5), billing_status="not_ready"),),
    )
    calculator.run(october(5))
    calculator.load(Source(milestones=(milestone("late", october(5)),)))
    for _ in range(repeats):
        calculator.run(october(12), late_milestones="bill")
    assert invoiced(calculator) == {october(12): {"late"}}


# Native files


def test_native_files_spell_values_as_the_contract_says(tmp_path: Path) -> None:
    line = Line("a,b", 'c"d', includes_time=True, includes_fee=False)
    Source(contract_lines=(line,)).write_native(tmp_path)
    with (tmp_path / "contract_lines.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [
            {
                "contract_id": "a,b",
                "contract_line_id": 'c"d',
                "billing_method": "time_and_material",
                "includes_time": "true",
                "includes_expense": "",
                "includes_material": "",
                "includes_fee": "false",
                "name": "Line",
                "not_to_exceed_limit": "",
            }
        ]
