"""Checks across rows and files: keys, references, decimals, splits, currencies, run days."""

from __future__ import annotations

import pytest

from tests.source.folders import SourceFolder, load, problems_of
from tests.world.stored import source_rows
from tests.world.world import World

# Keys


@pytest.mark.parametrize(
    ("table", "column", "key"),
    [
        ("customers", "customer_id", "customer_id 'fabrikam'"),
        ("transactions", "transaction_id", "contract_id 'C-1', transaction_id 'T-1'"),
        ("invoice_schedules", "run_date", "contract_id 'C-1', contract_line_id 'work', run_date '2020-10-05'"),
        ("resource_capacity", "date", "resource_id 'jonas', date '2020-10-05'"),
    ],
)
def test_key_that_stands_twice_names_both_lines(
    empty: World, source: SourceFolder, table: str, column: str, key: str
) -> None:
    first = len(source.tables[table]) + 1
    problems = problems_of(empty, source.add(table).write())
    assert problems == [
        f"{table}.csv, line {first + 1}, column {column}: {key} stands on line {first} already; keep one of the two"
    ]


def test_every_further_row_of_a_key_is_a_problem(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.add("roles").add("roles").write())
    assert [problem.partition(":")[0] for problem in problems] == [
        "roles.csv, line 3, column role_id",
        "roles.csv, line 4, column role_id",
    ]


# References


@pytest.mark.parametrize(
    ("table", "changes", "reason"),
    [
        ("contract_lines", {"contract_id": "C-9"}, "no contract has contract_id 'C-9', neither in project_contracts"),
        ("contract_lines", {"invoice_frequency_id": "f"}, "no invoice frequency has invoice_frequency_id 'f', neither"),
        ("contract_customers", {"contract_id": "C-9"}, "no contract has contract_id 'C-9'"),
        ("contract_customers", {"customer_id": "x"}, "no customer has customer_id 'x', neither in customers"),
        (
            "contract_line_customers",
            {"contract_line_id": "x"},
            "no contract line has contract_id 'C-1', contract_line_id 'x', neither in contract_lines",
        ),
        ("contract_line_customers", {"customer_id": "x"}, "no customer has customer_id 'x'"),
        ("transactions", {"contract_id": "C-9"}, "no contract line has contract_id 'C-9', contract_line_id 'work'"),
        ("transactions", {"contract_line_id": "x"}, "no contract line has contract_id 'C-1', contract_line_id 'x'"),
        ("transactions", {"customer_id": "x"}, "no customer has customer_id 'x'"),
        ("transactions", {"role_id": "x"}, "no role has role_id 'x', neither in roles nor in the warehouse; add it"),
        ("transactions", {"resource_id": "x"}, "no resource has resource_id 'x'"),
        ("invoice_schedules", {"contract_line_id": "x"}, "no contract line has contract_id 'C-1', contract_line_id"),
        ("milestones", {"contract_line_id": "x"}, "no contract line has contract_id 'C-1', contract_line_id 'x'"),
        ("milestones", {"customer_id": "x"}, "no customer has customer_id 'x'"),
        ("retainers", {"contract_id": "C-9"}, "no contract has contract_id 'C-9'"),
        ("retainers", {"customer_id": "x"}, "no customer has customer_id 'x'"),
        ("resources", {"default_role_id": "x"}, "no role has default_role_id 'x', neither in roles"),
        ("resource_capacity", {"resource_id": "x"}, "no resource has resource_id 'x'"),
    ],
)
def test_reference_to_nothing_is_refused(
    empty: World, source: SourceFolder, table: str, changes: dict[str, str], reason: str
) -> None:
    problems = problems_of(empty, source.change(table, **changes).write())
    (column,) = changes
    column = "contract_line_id" if table == "transactions" and column == "contract_id" else column
    assert any(problem.startswith(f"{table}.csv, line 2, column {column}: {reason}") for problem in problems)


def test_what_the_warehouse_holds_is_known(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    for table in source.tables:
        assert problems_of(world, SourceFolder(source.path.with_name(table)).only(table).write()) == []


def test_roles_and_resources_are_not_missed_where_none_are_kept(world: World, source: SourceFolder) -> None:
    source.change("contract_lines", invoice_frequency_id="")
    for table in ("roles", "resources", "resource_capacity"):
        del source.tables[table]
    assert problems_of(world, source.write()) == []


def test_rows_that_refer_to_a_bad_row_are_not_bad_for_it(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.change("contract_lines", billing_start_date="soon").write())
    assert [problem.partition(":")[0] for problem in problems] == [
        "contract_lines.csv, line 2, column billing_start_date"
    ]


@pytest.mark.parametrize("key", ["", "x" * 101])
def test_rows_that_refer_to_a_row_of_a_bad_key_are_not_judged(empty: World, source: SourceFolder, key: str) -> None:
    problems = problems_of(empty, source.change("contract_lines", contract_line_id=key).write())
    assert [problem.partition(":")[0] for problem in problems] == [
        "contract_lines.csv, line 2, column contract_line_id"
    ]


def test_rows_that_refer_to_an_unreadable_file_are_not_judged(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.write_text("customers.csv", ""))
    assert [problem.partition(":")[0] for problem in problems] == ["customers.csv, line 1"]


# Currencies and their decimals


@pytest.mark.parametrize("currency", ["USX", "usd", "Euro"])
def test_unknown_currency_is_refused(empty: World, source: SourceFolder, currency: str) -> None:
    assert problems_of(empty, source.change("project_contracts", currency=currency).write()) == [
        f"project_contracts.csv, line 2, column currency: {currency!r} is no currency the warehouse knows;"
        " write an ISO 4217 code such as USD"
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("transactions", "amount"),
        ("transactions", "tax_amount"),
        ("contract_lines", "contracted_amount"),
        ("contract_lines", "not_to_exceed_limit"),
        ("project_contracts", "not_to_exceed_limit"),
        ("contract_customers", "not_to_exceed_limit"),
        ("contract_line_customers", "not_to_exceed_limit"),
        ("milestones", "amount"),
        ("milestones", "tax_amount"),
        ("retainers", "amount"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(
    empty: World, source: SourceFolder, table: str, column: str
) -> None:
    assert problems_of(empty, source.change(table, **{column: "10.0050"}).write()) == [
        f"{table}.csv, line 2, column {column}: '10.005' has more decimals than USD, which has 2; round it"
    ]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "100.0"), ("USD", "100.1000"), ("KWD", "100.123")])
def test_decimals_that_the_currency_has_are_taken(
    world: World, source: SourceFolder, currency: str, amount: str
) -> None:
    source.change("project_contracts", currency=currency).change("contract_customers", not_to_exceed_limit="")
    assert problems_of(world, source.change("transactions", amount=amount).write()) == []


def test_currency_of_a_contract_in_the_warehouse_counts(world: World, source: SourceFolder) -> None:
    source.change("project_contracts", currency="JPY").change("contract_customers", not_to_exceed_limit="")
    load(world, source.write())
    later = SourceFolder(source.path.with_name("later")).only("transactions").change("transactions", amount="1.5")
    assert problems_of(world, later.write()) == [
        "transactions.csv, line 2, column amount: '1.5' has more decimals than JPY, which has 0; round it"
    ]


def test_currency_of_a_contract_with_amounts_cannot_change(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    assert problems_of(world, source.change("project_contracts", currency="EUR").write()) == [
        "project_contracts.csv, line 2, column currency: contract 'C-1' has amounts in USD and cannot become EUR;"
        " keep its currency, or enter another contract"
    ]


def test_currency_of_a_contract_without_amounts_may_change(world: World, source: SourceFolder) -> None:
    source.only("customers", "project_contracts")
    load(world, source.write())
    load(world, source.change("project_contracts", currency="EUR").write())
    assert source_rows(world, "project_contracts", "currency") == [("EUR",)]


# Splits


@pytest.mark.parametrize(("percent", "total"), [("39.99", "99.99"), ("40.0000000001", "100.0000000001"), ("0", "60")])
def test_percents_that_do_not_sum_to_a_hundred_are_refused(
    empty: World, source: SourceFolder, percent: str, total: str
) -> None:
    assert problems_of(empty, source.change("contract_line_customers", 1, split_percent=percent).write()) == [
        "contract_line_customers.csv, line 2, column split_percent: the percents of contract_id 'C-1',"
        f" contract_line_id 'work' sum to {total}; they must sum to 100"
    ]


def test_percents_of_customers_in_the_warehouse_count(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    later = SourceFolder(source.path.with_name("later")).only("contract_line_customers")
    del later.tables["contract_line_customers"][1]
    assert problems_of(world, later.change("contract_line_customers", split_percent="100").write()) == [
        "contract_line_customers.csv, line 2, column split_percent: the percents of contract_id 'C-1', contract_line_id"
        " 'work' sum to 140, 40 of it of customers in the warehouse alone (0 ends a share); they must sum to 100"
    ]


@pytest.mark.parametrize(
    ("first", "second", "found"), [("false", "false", "no rounding customer"), ("true", "true", "2 rounding customers")]
)
def test_line_needs_exactly_one_rounding_customer(
    empty: World, source: SourceFolder, first: str, second: str, found: str
) -> None:
    source.change("contract_line_customers", is_rounding_customer=first)
    assert problems_of(empty, source.change("contract_line_customers", 1, is_rounding_customer=second).write()) == [
        "contract_line_customers.csv, line 2, column is_rounding_customer: contract_id 'C-1', contract_line_id 'work'"
        f" has {found}; mark exactly one customer, of a percent above 0"
    ]


def test_rounding_customer_needs_a_share(empty: World, source: SourceFolder) -> None:
    source.change("contract_line_customers", split_percent="0").change(
        "contract_line_customers", 1, split_percent="100"
    )
    (problem,) = problems_of(empty, source.write())
    assert "has a rounding customer of 0 percent; mark exactly one customer, of a percent above 0" in problem


def test_customer_may_end_a_share_with_a_percent_of_zero(world: World, source: SourceFolder) -> None:
    source.change("contract_line_customers", split_percent="100").change(
        "contract_line_customers", 1, split_percent="0"
    )
    assert problems_of(world, source.write()) == []


def test_split_with_a_bad_percent_is_not_summed(empty: World, source: SourceFolder) -> None:
    (problem,) = problems_of(empty, source.change("contract_line_customers", split_percent="sixty").write())
    assert "'sixty' is not a number" in problem


# Run days


@pytest.mark.parametrize(
    ("period", "run_days"),
    [
        ("weekly", "sunday"),
        ("biweekly", "monday"),
        ("monthly", "1"),
        ("monthly", "31"),
        ("monthly", "last"),
        ("monthly", "first monday"),
        ("monthly", "last friday;15;last;second tuesday"),
    ],
)
def test_run_days_of_the_contract_are_taken(scratch: World, source: SourceFolder, period: str, run_days: str) -> None:
    assert problems_of(scratch, source.change("invoice_frequencies", period=period, run_days=run_days).write()) == []


@pytest.mark.parametrize(
    ("period", "run_days", "hint"),
    [
        ("weekly", "monday;friday", "one weekday, monday to sunday"),
        ("weekly", "Monday", "one weekday, monday to sunday"),
        ("biweekly", "15", "one weekday, monday to sunday"),
        ("monthly", "monday", "one to four of"),
        ("monthly", "0", "one to four of"),
        ("monthly", "32", "one to four of"),
        ("monthly", "1;2;3;4;5", "one to four of"),
        ("monthly", "1; 15", "one to four of"),
        ("monthly", "fifth monday", "one to four of"),
        ("monthly", "1;", "one to four of"),
    ],
)
def test_other_run_days_are_refused(empty: World, source: SourceFolder, period: str, run_days: str, hint: str) -> None:
    (problem,) = problems_of(empty, source.change("invoice_frequencies", period=period, run_days=run_days).write())
    assert problem.startswith(
        f"invoice_frequencies.csv, line 2, column run_days: {run_days!r} are no run days of a {period} frequency; write {hint}"
    )
