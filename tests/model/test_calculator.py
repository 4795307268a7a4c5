"""The calculator against examples worked by hand."""

import csv
from dataclasses import astuple
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.model.calculator import Accounted
from tests.model.invoices import InvoiceKey
from tests.model.life import Model
from tests.model.records import DueRow, ScheduleKey
from tests.model.shares import split
from tests.model.source import Contract, Customer, Line, LineCustomer, Milestone, Schedule, Source, Transaction


def october(day: int) -> date:
    return date(2020, 10, day)


def november(day: int) -> date:
    return date(2020, 11, day)


def work(transaction_id: str, day: date, **columns: object) -> Transaction:
    """A ready transaction of 100 on the line "work"."""
    return Transaction("Adatum", transaction_id, "work", day, **columns)  # type: ignore[arg-type]


def milestone(milestone_id: str, day: date, amount: str = "5000", **columns: object) -> Milestone:
    return Milestone("Adatum", milestone_id, "prototype", day, Decimal(amount), **columns)  # type: ignore[arg-type]


def schedule(*days: date, line: str = "work") -> tuple[Schedule, ...]:
    return tuple(Schedule("Adatum", line, day) for day in days)


def shares(*percents: str, line: str = "work") -> tuple[LineCustomer, ...]:
    """Line customers first, second and third; the last of them takes the rounding."""
    names = ("first", "second", "third")
    return tuple(
        LineCustomer("Adatum", line, names[nth], Decimal(percent), nth == len(percents) - 1)
        for nth, percent in enumerate(percents)
    )


ADATUM = Source(
    customers=(Customer("first"), Customer("second"), Customer("third")),
    project_contracts=(Contract("Adatum"),),
    contract_lines=(Line("Adatum", "prototype", "fixed_price"), Line("Adatum", "work"), Line("Adatum", "expenses")),
    contract_line_customers=tuple(shares("100", line=line)[0] for line in ("prototype", "work", "expenses")),
)


def adatum(**rows: object) -> Model:
    calculator = Model()
    calculator.load(ADATUM.followed_by(Source(**rows)))  # type: ignore[arg-type]
    return calculator


def invoiced(calculator: Model) -> dict[date, set[str]]:
    """The transactions and milestones on the invoices of each run date."""
    found: dict[date, set[str]] = {}
    for invoice in calculator.shown_invoices:
        ids = {detail.transaction_id or detail.milestone_id or "" for detail in invoice.details}
        found.setdefault(invoice.key.run_date, set()).update(ids)
    return found


def key(day: date, customer_id: str = "first") -> InvoiceKey:
    return InvoiceKey("Adatum", customer_id, "USD", day)


def accounted(count: int, amount: str) -> Accounted:
    return Accounted(count, Decimal(amount))


# The example of the field: a prototype with two milestones, work every second Monday, expenses every first Monday


@pytest.fixture
def field_example() -> Model:
    expense = Transaction("Adatum", "flight", "expenses", october(4), transaction_class="expense")
    return adatum(
        transactions=(work("early", october(1)), work("late", october(5)), work("last", november(1)), expense),
        invoice_schedules=(
            *schedule(october(5), october(19), november(2), november(16)),
            *schedule(october(5), november(2), line="expenses"),
        ),
        milestones=(milestone("design", october(5)), milestone("build", november(3), "12000")),
    )


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


# Splitting


def test_split_leaves_the_rest_to_the_rounding_customer() -> None:
    parts = split(Decimal(100), shares("33.3333", "33.3333", "33.3334"), 2)
    assert parts == {"first": Decimal("33.33"), "second": Decimal("33.33"), "third": Decimal("33.34")}


def test_split_rounds_half_away_from_zero() -> None:
    assert split(Decimal("-0.01"), shares("50", "50"), 2) == {"first": Decimal("-0.01"), "second": Decimal(0)}


def test_split_gives_nothing_to_zero_percent() -> None:
    assert split(Decimal(5), shares("0", "100"), 2) == {"second": Decimal(5)}


def test_amount_is_rounded_before_it_is_split() -> None:
    calculator = Model()
    calculator.load(
        Source(
            project_contracts=(Contract("Adatum"),),
            contract_lines=(Line("Adatum", "work"),),
            contract_line_customers=shares("50", "50"),
            transactions=(work("half", october(1), quantity=Decimal("0.5"), unit_price=Decimal("0.03")),),
        )
    )
    parts = {actual.customer_id: (actual.worth.quantity, actual.worth.amount) for actual in calculator.actuals}
    assert parts == {
        "first": (Decimal("0.25"), Decimal("0.01")),  # of 0.02, not of 0.015
        "second": (Decimal("0.25"), Decimal("0.01")),
    }


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1"), ("USD", "0.53"), ("KWD", "0.525")])
def test_amount_is_rounded_to_the_decimals_of_the_currency(currency: str, amount: str) -> None:
    calculator = adatum(
        project_contracts=(Contract("Adatum", currency),),
        transactions=(work("some", october(1), quantity=Decimal("0.35"), unit_price=Decimal("1.5")),),
    )
    assert [actual.worth.amount for actual in calculator.actuals] == [Decimal(amount)]


def test_transaction_of_a_named_customer_is_theirs_alone() -> None:
    calculator = adatum(transactions=(work("own", october(1), customer_id="third"),))
    assert [actual.customer_id for actual in calculator.actuals] == ["third"]


def test_milestone_is_one_of_its_amount_and_its_quantity_is_split() -> None:
    calculator = adatum(
        contract_line_customers=shares("60", "40", line="prototype"),
        milestones=(milestone("design", october(5), "10", tax_amount=Decimal(1)),),
    )
    parts = {(actual.customer_id, *(str(figure) for figure in astuple(actual.worth))) for actual in calculator.actuals}
    assert parts == {("first", "0.6000", "10", "6.00", "0.60"), ("second", "0.4000", "10", "4.00", "0.40")}


def test_each_customer_gets_their_own_invoice() -> None:
    calculator = adatum(
        contract_line_customers=shares("60", "40"),
        transactions=(work("shared", october(1)),),
        invoice_schedules=schedule(october(5)),
    )
    calculator.run(october(5))
    assert {invoice.key: invoice.total_amount for invoice in calculator.shown_invoices} == {
        key(october(5), "first"): 60,
        key(october(5), "second"): 40,
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


# Running again


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


@pytest.fixture
def touched() -> Model:
    """An invoice of 5 October that somebody took to review, and a transaction that came too late for it."""
    calculator = adatum(transactions=(work("kept", october(1)),), invoice_schedules=schedule(october(5), october(12)))
    calculator.run(october(5))
    calculator.review(*calculator.invoices)
    calculator.load(Source(transactions=(work("waiting", october(2)),)))
    return calculator


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


def test_mended_contract_is_invoiced_by_a_later_run() -> None:
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
        "invoiced": accounted(2, "200"),
        "not_ready": accounted(1, "100"),
        "after_cutoff": accounted(1, "100"),
        "class_not_included": accounted(1, "100"),
    }


def test_class_not_included_comes_before_not_ready() -> None:
    calculator = adatum(
        contract_lines=(Line("Adatum", "work", includes_time=False),),
        transactions=(work("neither", october(9), billing_status="unbilled"),),
        invoice_schedules=schedule(october(5)),
    )
    assert set(calculator.run(october(5)).accounting) == {"class_not_included"}


def test_sales_on_the_draft_of_another_day_are_accounted_as_such() -> None:
    calculator = adatum(transactions=(work("before", october(1)),), invoice_schedules=schedule(october(5), october(12)))
    calculator.run(october(5))
    assert calculator.run(october(12)).accounting == {"on_a_draft": accounted(1, "100")}


def test_sales_that_a_touched_draft_cannot_take_are_accounted_as_on_a_draft(touched: Model) -> None:
    assert touched.run(october(5)).accounting == {"on_a_draft": accounted(2, "200")}


def test_sales_of_a_quarantined_contract_are_accounted_as_such() -> None:
    assert broken(()).run(october(5)).accounting == {"quarantined": accounted(1, "100")}


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
            }
        ]
