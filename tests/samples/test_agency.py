"""The generated firm: its files follow the data contract, repeat to the byte and hold every case on purpose."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from invoicing.money import currency_decimals
from samples.agency import generate
from samples.agency.catalogue import FREQUENCIES
from samples.agency.files import FileFormat
from samples.agency.schedules import run_dates
from tests.samples.native_format import COLUMNS, PRIMARY_KEYS, Row, Rows, Tables, dangling, header, read_folder

START = date(2025, 11, 20)


def generate_small(directory: Path, *, seed: int = 7, file_format: FileFormat = "csv") -> None:
    """A firm that takes a blink to write."""
    generate(directory, start_date=START, contracts=25, transactions=2_000, seed=seed, file_format=file_format)


# Files


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_those_of_the_data_contract(folder: Path, table: str) -> None:
    assert header(folder / f"{table}.csv") == COLUMNS[table].split(", ")


@pytest.mark.parametrize("table", COLUMNS)
def test_primary_keys_are_unique(tables: Tables, table: str) -> None:
    keys = [tuple(row[column] for column in PRIMARY_KEYS[table]) for row in tables[table]]
    assert len(keys) == len(set(keys))


def test_every_reference_leads_somewhere(tables: Tables) -> None:
    assert dangling(tables) == []


def test_every_id_has_the_prefix(tables: Tables) -> None:
    ids = {row[column] for rows in tables.values() for row in rows for column in row if column.endswith("_id")} - {""}
    assert [each for each in ids if not each.startswith("AG-")] == []


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_same_seed_gives_equal_bytes(tmp_path: Path, file_format: FileFormat) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for directory in (one, two):
        generate_small(directory, file_format=file_format)
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }


def test_another_seed_gives_other_transactions(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    generate_small(one, seed=1)
    generate_small(two, seed=2)
    assert (one / "transactions.csv").read_bytes() != (two / "transactions.csv").read_bytes()


def test_parquet_holds_the_values_of_csv(tmp_path: Path) -> None:
    generate_small(tmp_path)
    generate_small(tmp_path, file_format="parquet")
    for table, rows in read_folder(tmp_path).items():
        stored = pyarrow.parquet.read_table(tmp_path / f"{table}.parquet").to_pylist()
        for row, texts in zip(stored, rows, strict=True):
            assert row == {column: parsed(text, row[column]) for column, text in texts.items()}


def parsed(text: str, like: Any) -> Any:
    """The text of a CSV field as a value of the other value's type; empty is null."""
    if text == "":
        return None
    if isinstance(like, bool):
        return text == "true"
    return date.fromisoformat(text) if isinstance(like, date) else type(like)(text)


# Size


def test_default_firm_has_about_three_hundred_lines(tables: Tables) -> None:
    assert 270 <= len(tables["contract_lines"]) <= 330


@pytest.mark.parametrize(("contracts", "transactions"), [(20, 0), (20, 1), (60, 5_000)])
def test_size_is_as_asked_for(tmp_path: Path, contracts: int, transactions: int) -> None:
    rows = generate(tmp_path, start_date=START, contracts=contracts, transactions=transactions)
    assert (rows["project_contracts"], rows["transactions"]) == (contracts, transactions)


def test_too_few_contracts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 20"):
        generate(tmp_path, start_date=START, contracts=19)


@pytest.mark.parametrize("seed", range(5))
def test_smallest_firm_has_every_currency(tmp_path: Path, seed: int) -> None:
    generate(tmp_path, start_date=START, contracts=20, transactions=10, seed=seed)
    assert len({row["currency"] for row in read_folder(tmp_path)["project_contracts"]}) == 5


def test_transactions_lie_within_the_twelve_months(tables: Tables) -> None:
    days = {row["transaction_date"] for row in tables["transactions"]}
    assert (min(days), max(days)) == ("2025-11-20", "2026-11-19")


# Money


def test_amounts_have_no_more_decimals_than_their_currency(tables: Tables) -> None:
    decimals = {row["contract_id"]: currency_decimals()[row["currency"]] for row in tables["project_contracts"]}
    columns = {"amount", "tax_amount", "unit_price", "contracted_amount", "not_to_exceed_limit"}
    wrong = [
        (table, column, row[column])
        for table, rows in tables.items()
        for row in rows
        for column in columns & row.keys()
        if len(row[column].partition(".")[2]) > decimals[row["contract_id"]]
    ]
    assert wrong == []


def test_given_amounts_are_rounded_half_away_from_zero(tables: Tables) -> None:
    decimals = {row["contract_id"]: currency_decimals()[row["currency"]] for row in tables["project_contracts"]}
    for row in tables["transactions"]:
        if row["amount"]:
            unit = Decimal(1).scaleb(-decimals[row["contract_id"]])
            exact = Decimal(row["quantity"]) * Decimal(row["unit_price"])
            assert Decimal(row["amount"]) == exact.quantize(unit, ROUND_HALF_UP)  # which means away from zero


def test_time_is_booked_in_quarter_hours(tables: Tables) -> None:
    hours = {Decimal(row["quantity"]) for row in tables["transactions"] if row["transaction_class"] == "time"}
    assert {quantity % Decimal("0.25") for quantity in hours} == {0}


def test_milestones_add_up_to_the_contracted_amount(tables: Tables, lines: dict[str, Row]) -> None:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in tables["milestones"]:
        sums[row["contract_line_id"]] += Decimal(row["amount"])
    fixed = {line: total for line, total in sums.items() if lines[line]["billing_method"] == "fixed_price"}
    assert fixed == {line: Decimal(lines[line]["contracted_amount"]) for line in fixed}


# Splits


def splits(tables: Tables) -> Iterator[Rows]:
    """The customers of each line that has any."""
    by_line: defaultdict[str, Rows] = defaultdict(list)
    for row in tables["contract_line_customers"]:
        by_line[row["contract_line_id"]].append(row)
    yield from by_line.values()


def test_percents_of_a_line_sum_to_exactly_100(tables: Tables) -> None:
    assert {sum(Decimal(row["split_percent"]) for row in split) for split in splits(tables)} == {Decimal(100)}


def test_each_line_has_one_rounding_customer_with_a_share(tables: Tables) -> None:
    rounding = [[row for row in split if row["is_rounding_customer"] == "true"] for split in splits(tables)]
    assert all(len(rows) == 1 and rows[0]["split_percent"] != "0" for rows in rounding)


@pytest.mark.parametrize("percents", [("60", "40"), ("33.3333", "33.3333", "33.3334"), ("55", "45", "0")])
def test_split_occurs(tables: Tables, percents: tuple[str, ...]) -> None:
    assert percents in {tuple(row["split_percent"] for row in split) for split in splits(tables)}


def test_some_transactions_name_a_customer_of_a_split_line(tables: Tables) -> None:
    parties = Counter(row["contract_line_id"] for row in tables["contract_line_customers"])
    named = [parties[row["contract_line_id"]] for row in tables["transactions"] if row["customer_id"]]
    assert named
    assert min(named) > 1


# Schedules


def test_run_dates_follow_the_frequency_of_the_line(tables: Tables, lines: dict[str, Row]) -> None:
    frequencies = {each.frequency_id: each for each in FREQUENCIES}
    scheduled: defaultdict[str, list[str]] = defaultdict(list)
    for row in tables["invoice_schedules"]:
        scheduled[row["contract_line_id"]].append(row["run_date"])
    for line, days in scheduled.items():
        start, end = (date.fromisoformat(lines[line][f"billing_{edge}_date"]) for edge in ("start", "end"))
        assert days == [str(day) for day in run_dates(frequencies[lines[line]["invoice_frequency_id"]], start, end)]


def test_frequencies_are_those_of_the_catalogue(tables: Tables) -> None:
    expected = [(each.frequency_id, each.name, each.period, each.run_days) for each in FREQUENCIES]
    assert [tuple(row.values()) for row in tables["invoice_frequencies"]] == expected


def test_cutoff_is_the_day_before_the_run_date(tables: Tables) -> None:
    days = [
        date.fromisoformat(row["run_date"]) - date.fromisoformat(row["transaction_cutoff_date"])
        for row in tables["invoice_schedules"]
    ]
    assert set(days) == {timedelta(days=1)}


# Cases


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("project_contracts", "state", {"draft", "on_hold", "active", "closed"}),
        ("project_contracts", "currency", {"USD", "EUR", "GBP", "JPY", "KWD"}),
        ("contract_lines", "billing_method", {"time_and_material", "fixed_price"}),
        ("milestones", "billing_status", {"ready_to_invoice", "not_ready"}),
        ("transactions", "transaction_class", {"time", "expense", "material", "fee"}),
        ("transactions", "billing_type", {"chargeable", "non_chargeable", "complimentary"}),
        ("transactions", "billing_status", {"ready_to_invoice", "unbilled", "canceled"}),
    ],
)
def test_every_value_of_the_data_contract_occurs(tables: Tables, table: str, column: str, values: set[str]) -> None:
    assert {row[column] for row in tables[table]} == values


def test_most_transactions_leave_the_amount_empty(tables: Tables) -> None:
    given = sum(row["amount"] != "" for row in tables["transactions"])
    assert 0.03 < given / len(tables["transactions"]) < 0.07


def test_some_quantities_are_negative(tables: Tables) -> None:
    assert any(row["quantity"].startswith("-") for row in tables["transactions"])


def test_recent_transactions_are_more_often_not_ready(tables: Tables) -> None:
    def unbilled(rows: Rows) -> float:
        return sum(row["billing_status"] == "unbilled" for row in rows) / len(rows)

    recent = [row for row in tables["transactions"] if row["transaction_date"] >= "2026-11-01"]
    older = [row for row in tables["transactions"] if row["transaction_date"] < "2026-08-01"]
    assert unbilled(recent) > 5 * unbilled(older)
