"""What single values may be; each problem names file, line, column, the value and what to fix."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.source.folders import SourceFolder, problems_of
from tests.world.stored import source_rows
from tests.world.world import World

WRITE_A_NUMBER = "is not a number; write digits and a decimal point alone, such as 1234.50"
NOT_FINITE = "is not a finite number; write the number, or leave the field empty"


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("transactions", "transaction_date", "05/10/2020", "is not a date; write YYYY-MM-DD, such as 2020-10-05"),
        ("transactions", "transaction_date", "2020-10-05T00:00", "is not a date; write YYYY-MM-DD, such as 2020-10-05"),
        ("transactions", "transaction_date", "20201005", "is not a date; write YYYY-MM-DD, such as 2020-10-05"),
        ("transactions", "transaction_date", "2020-W41-1", "is not a date; write YYYY-MM-DD, such as 2020-10-05"),
        ("transactions", "transaction_date", "2021-02-29", "is no day of the calendar; correct it"),
        (
            "contract_lines",
            "billing_end_date",
            "0001-01-01",
            "lies before 1900-01-01; correct it, or leave the field empty where there is no date",
        ),
        ("transactions", "quantity", "seven", WRITE_A_NUMBER),
        ("transactions", "quantity", "1,5", WRITE_A_NUMBER),
        ("transactions", "unit_price", "1 000", WRITE_A_NUMBER),
        ("transactions", "unit_price", "$5", WRITE_A_NUMBER),
        ("transactions", "amount", "1e3", WRITE_A_NUMBER),
        ("transactions", "amount", "1_000", WRITE_A_NUMBER),
        ("transactions", "amount", ".", WRITE_A_NUMBER),
        ("transactions", "amount", "١٢", WRITE_A_NUMBER),
        ("transactions", "tax_amount", "NaN", NOT_FINITE),
        ("transactions", "quantity", "inf", NOT_FINITE),
        ("transactions", "quantity", "-Infinity", NOT_FINITE),
        ("transactions", "quantity", "1234567890123", "has 13 digits before the decimal point, at most 12 fit"),
        ("transactions", "unit_price", "-0.12345678901", "has 11 decimals, at most 10 fit; round it"),
        ("contract_line_customers", "split_percent", "100.5", "is out of range; write a number from 0 to 100"),
        ("contract_line_customers", "split_percent", "-1", "is out of range; write a number from 0 to 100"),
        ("roles", "target_utilization_percent", "101", "is out of range; write a number from 0 to 100"),
        ("resources", "target_utilization_percent", "-0.1", "is out of range; write a number from 0 to 100"),
        ("resource_capacity", "capacity_hours", "-8", "is less than 0; correct it"),
        ("project_contracts", "not_to_exceed_limit", "-1", "is less than 0; correct it"),
        (
            "contract_customers",
            "payment_terms_days",
            "30.5",
            "is not a count of days; write a whole number from 0 to 9999",
        ),
        (
            "contract_customers",
            "payment_terms_days",
            "-1",
            "is not a count of days; write a whole number from 0 to 9999",
        ),
        ("contract_customers", "is_primary", "TRUE", "is not one of true, false"),
        ("contract_lines", "includes_fee", "1", "is not one of true, false"),
        ("project_contracts", "state", "open", "is not one of draft, on_hold, active, closed"),
        ("contract_lines", "billing_method", "milestone", "is not one of time_and_material, fixed_price"),
        ("transactions", "transaction_class", "milestone", "is not one of time, expense, material, fee"),
        ("transactions", "billing_type", "free", "is not one of chargeable, non_chargeable, complimentary"),
        ("transactions", "billing_status", "invoiced", "is not one of unbilled, ready_to_invoice, canceled"),
        ("milestones", "billing_status", "unbilled", "is not one of not_ready, ready_to_invoice"),
        ("retainers", "billing_status", "ready", "is not one of not_ready, ready_to_invoice"),
        ("invoice_schedules", "run_status", "done", "is not one of not_run, run_successful, run_failed"),
        ("invoice_frequencies", "period", "daily", "is not one of weekly, biweekly, monthly"),
        ("customers", "name", "two\nlines", "holds a line break; write it on one line, and look for a quote"),
    ],
)
def test_bad_value_is_named_with_what_to_fix(
    empty: World, source: SourceFolder, table: str, column: str, value: str, reason: str
) -> None:
    problems = problems_of(empty, source.change(table, **{column: value}).write())
    assert any(problem.startswith(f"{table}.csv, line 2, column {column}: {value!r} {reason}") for problem in problems)


@pytest.mark.parametrize(
    ("table", "column"),
    [("customers", "customer_id"), ("customers", "name"), ("transactions", "quantity"), ("milestones", "amount")],
)
def test_required_value_that_is_empty_is_refused(empty: World, source: SourceFolder, table: str, column: str) -> None:
    problems = problems_of(empty, source.change(table, **{column: ""}).write())
    assert problems == [f"{table}.csv, line 2, column {column}: is empty; a value is required"]


@pytest.mark.parametrize("characters", ["x" * 100, "é" * 100])
def test_id_of_a_hundred_characters_fits(scratch: World, source: SourceFolder, characters: str) -> None:
    assert problems_of(scratch, source.add("customers", customer_id=characters).write()) == []


def test_id_of_more_than_a_hundred_characters_is_shortened_in_the_message(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.add("customers", customer_id="é" * 101).write())
    shortened = "'" + "é" * 38 + "…'"
    assert problems == [
        f"customers.csv, line 4, column customer_id: {shortened} has 101 characters, at most 100 fit; shorten it"
    ]


@pytest.mark.parametrize(("table", "column"), [("customers", "name"), ("transactions", "description")])
def test_other_text_of_more_than_a_thousand_characters_is_refused(
    empty: World, source: SourceFolder, table: str, column: str
) -> None:
    (problem,) = problems_of(empty, source.change(table, **{column: "x" * 1001}).write())
    assert problem.endswith("has 1001 characters, at most 1,000 fit; shorten it")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0007.5000000000000", "7.5"),
        ("+7", "7"),
        ("-.5", "-0.5"),
        ("3.", "3"),
        ("999999999999.9999999999", "999999999999.9999999999"),
        ("0000000000000000", "0"),
    ],
)
def test_numbers_may_be_written_in_other_ways(world: World, source: SourceFolder, written: str, number: str) -> None:
    assert problems_of(world, source.change("transactions", quantity=written, amount="1").write()) == []
    assert source_rows(world, "transactions", "quantity") == [(Decimal(number),)]


def test_last_day_of_the_calendar_may_stand_for_no_end(scratch: World, source: SourceFolder) -> None:
    assert problems_of(scratch, source.change("contract_lines", billing_end_date="9999-12-31").write()) == []


def test_unknown_column_is_named_with_a_likely_one(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.change("transactions", Quantities="1").write())
    assert problems == [
        "transactions.csv, line 1, column Quantities: 'Quantities' is no column of transactions; did you mean quantity?"
    ]


def test_unknown_column_without_a_likeness_names_the_columns(empty: World, source: SourceFolder) -> None:
    (problem,) = problems_of(empty, source.change("customers", fax="1").change("customers", 1, fax="2").write())
    assert problem.endswith("'fax' is no column of customers; the columns are: customer_id, name")


def test_missing_required_column_is_named(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.drop("transactions", "quantity").write())
    assert problems == ["transactions.csv, line 1, column quantity: is missing; this column is required"]


def test_missing_optional_columns_are_empty(world: World, source: SourceFolder) -> None:
    for column in ("description", "role_id", "resource_id", "category", "unit", "customer_id", "amount", "tax_amount"):
        source.drop("transactions", column)
    assert problems_of(world, source.write()) == []
    assert source_rows(world, "transactions", "description", "amount", "tax_amount") == [(None, Decimal("750.75"), 0)]


def test_column_that_stands_twice_is_refused(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.write_text("roles.csv", "role_id,name,name\nr,R,S\n"))
    assert problems == [
        "roles.csv, line 1, column name: stands more than once in the header; keep one column of the name"
    ]


def test_problems_of_all_files_are_listed_by_file_and_line(empty: World, source: SourceFolder) -> None:
    source.add("transactions", transaction_id="T-2", quantity="x", unit_price="y")
    source.change("transactions", transaction_date="z").change("roles", name="").change("customers", 1, name="")
    assert [problem.partition(":")[0] for problem in problems_of(empty, source.write())] == [
        "customers.csv, line 3, column name",
        "roles.csv, line 2, column name",
        "transactions.csv, line 2, column transaction_date",
        "transactions.csv, line 3, column quantity",
        "transactions.csv, line 3, column unit_price",
    ]
