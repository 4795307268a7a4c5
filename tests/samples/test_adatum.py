"""The Adatum sample: the example of the Microsoft documentation, with transactions on both sides of every date."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import cast

import pytest

from samples.agency.schedules import Frequency, Period, run_dates
from tests.samples.native_format import COLUMNS, PRIMARY_KEYS, Row, Rows, dangling, header, read_folder

SAMPLES = Path(__file__).parents[2] / "samples"
ADATUM = SAMPLES / "adatum"
TABLES = read_folder(ADATUM)
CUTOFFS = sorted({(row["contract_line_id"], row["transaction_cutoff_date"]) for row in TABLES["invoice_schedules"]})
GROUPS = ("chargeable", "non_chargeable", "complimentary")


def amount(row: Row) -> Decimal:
    """Amount of a transaction as the data contract reads it; ROUND_HALF_UP is half away from zero."""
    if row["amount"]:
        return Decimal(row["amount"])
    return (Decimal(row["quantity"]) * Decimal(row["unit_price"])).quantize(Decimal("0.01"), ROUND_HALF_UP)


def invoice_lines() -> Iterator[list[str]]:
    """Run date, line, details, the amounts by billing type and the tax of what is chargeable, if each day is run."""
    taken: set[str] = set()
    for run_date in sorted({row["run_date"] for row in TABLES["invoice_schedules"]} | {"2020-11-03"}):
        for line in TABLES["contract_lines"]:
            details = list(_ready(line, run_date, taken))
            if details:
                taken |= {row.get("transaction_id", "") for row in details}
                sums = [sum((amount(row) for row in details if _group(row) == group), Decimal(0)) for group in GROUPS]
                tax = sum((Decimal(row["tax_amount"] or 0) for row in details if _group(row) == GROUPS[0]), Decimal(0))
                figures = [f"{figure:,.2f}" for figure in (*sums, tax, sums[0] + tax)]
                yield [run_date, line["contract_line_id"], str(len(details)), *figures]


def _group(row: Row) -> str:
    return row.get("billing_type", GROUPS[0])  # milestones have no billing type: they are charged


def _ready(line: Row, run_date: str, taken: set[str]) -> Iterator[Row]:
    name = line["contract_line_id"]
    for milestone in TABLES["milestones"]:
        if (milestone["contract_line_id"], milestone["milestone_date"]) == (name, run_date):
            yield milestone
    cutoffs = {(row["contract_line_id"], row["run_date"]): row for row in TABLES["invoice_schedules"]}
    if due := cutoffs.get((name, run_date)):
        for row in TABLES["transactions"]:
            included = line[f"includes_{row['transaction_class']}"] == "true"
            ready = row["billing_status"] == "ready_to_invoice" and row["transaction_id"] not in taken
            in_time = row["transaction_date"] <= due["transaction_cutoff_date"]
            if row["contract_line_id"] == name and included and ready and in_time:
                yield row


def ready_on(line: str, day: date) -> Rows:
    """Ready transactions of a line on a day."""
    return [
        row
        for row in TABLES["transactions"]
        if (row["contract_line_id"], row["transaction_date"]) == (line, str(day))
        and row["billing_status"] == "ready_to_invoice"
    ]


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_data_contract(table: str) -> None:
    assert header(ADATUM / f"{table}.csv") == COLUMNS[table].split(", ")


@pytest.mark.parametrize("table", TABLES)
def test_primary_keys_are_unique(table: str) -> None:
    keys = [tuple(row[column] for column in PRIMARY_KEYS[table]) for row in TABLES[table]]
    assert len(keys) == len(set(keys))


def test_every_reference_leads_somewhere() -> None:
    assert dangling(TABLES) == []


def test_every_line_is_paid_by_one_customer() -> None:
    shares = [(row["split_percent"], row["is_rounding_customer"]) for row in TABLES["contract_line_customers"]]
    assert shares == [("100", "true")] * len(TABLES["contract_lines"])


def test_milestones_add_up_to_the_contracted_amount() -> None:
    prototype = TABLES["contract_lines"][0]
    assert sum(Decimal(row["amount"]) for row in TABLES["milestones"]) == Decimal(prototype["contracted_amount"])


@pytest.mark.parametrize("line", ["implementation", "expenses"])
def test_schedule_is_what_the_frequency_generates(line: str) -> None:
    terms = next(row for row in TABLES["contract_lines"] if row["contract_line_id"] == line)
    [row] = [
        row for row in TABLES["invoice_frequencies"] if row["invoice_frequency_id"] == terms["invoice_frequency_id"]
    ]
    frequency = Frequency(row["invoice_frequency_id"], row["name"], cast("Period", row["period"]), row["run_days"])
    start, end = (date.fromisoformat(terms[f"billing_{edge}_date"]) for edge in ("start", "end"))
    scheduled = [row["run_date"] for row in TABLES["invoice_schedules"] if row["contract_line_id"] == line]
    assert scheduled == [str(day) for day in run_dates(frequency, start, end)]


@pytest.mark.parametrize(
    "row", TABLES["invoice_schedules"], ids=lambda row: f"{row['contract_line_id']} {row['run_date']}"
)
def test_cutoff_is_the_day_before_the_run_date(row: Row) -> None:
    run_date, cutoff = (date.fromisoformat(row[column]) for column in ("run_date", "transaction_cutoff_date"))
    assert run_date - cutoff == timedelta(days=1)


@pytest.mark.parametrize(("line", "cutoff"), CUTOFFS)
def test_ready_transactions_lie_on_the_cutoff_date(line: str, cutoff: str) -> None:
    assert ready_on(line, date.fromisoformat(cutoff))


@pytest.mark.parametrize(("line", "cutoff"), CUTOFFS)
def test_ready_transactions_lie_on_the_run_date(line: str, cutoff: str) -> None:
    assert ready_on(line, date.fromisoformat(cutoff) + timedelta(days=1))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("billing_status", "unbilled"),
        ("billing_status", "canceled"),
        ("billing_type", "non_chargeable"),
        ("billing_type", "complimentary"),
        ("amount", ""),
        ("tax_amount", ""),
    ],
)
def test_transactions_hold_the_case(column: str, value: str) -> None:
    matching = [row for row in TABLES["transactions"] if row[column] == value]
    assert 0 < len(matching) < len(TABLES["transactions"])


def test_one_transaction_takes_hours_back() -> None:
    assert [row["transaction_id"] for row in TABLES["transactions"] if row["quantity"].startswith("-")] == ["T-025"]


def test_one_ready_transaction_is_of_a_class_that_its_line_excludes() -> None:
    includes = {row["contract_line_id"]: row for row in TABLES["contract_lines"]}
    strays = [
        row["transaction_id"]
        for row in TABLES["transactions"]
        if includes[row["contract_line_id"]][f"includes_{row['transaction_class']}"] == "false"
    ]
    assert strays == ["M-001"]


def test_some_amounts_need_rounding_half_away_from_zero() -> None:
    products = (Decimal(row["quantity"]) * Decimal(row["unit_price"]) for row in TABLES["transactions"])
    assert [product for product in products if product % Decimal("0.01") == Decimal("0.005")]


def test_documented_invoice_lines_are_what_the_data_give() -> None:
    documented = [
        [cell.strip(" `*") for cell in line.strip("| \n").split("|")]
        for line in (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| 2020-")
    ]
    assert [cells for cells in documented if len(cells) == 8] == list(invoice_lines())
