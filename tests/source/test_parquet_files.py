"""Reading Parquet: the types that tools write, and what cannot be read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.source.folders import SourceFolder, load, problems_of
from tests.world.stored import source_rows
from tests.world.world import World

HOURS = ["8", "7.5", "0"]
DAYS = ["2020-10-05", "2020-10-06", "2020-10-07"]


def capacity(**columns: Any) -> dict[str, Any]:
    return {"resource_id": ["jonas"] * 3, "date": DAYS, "capacity_hours": HOURS} | columns


@pytest.mark.parametrize(
    "columns",
    [
        {"capacity_hours": pa.array([8.0, 7.5, 0.0])},
        {"capacity_hours": pa.array([Decimal("8"), Decimal("7.5"), Decimal("0")], pa.decimal128(38, 10))},
        {"capacity_hours": pa.array(HOURS).dictionary_encode()},
        {"capacity_hours": pa.array(HOURS, pa.large_string())},
        {"capacity_hours": pa.array([text.encode() for text in HOURS])},
        {"date": pa.array([date.fromisoformat(day) for day in DAYS])},
        {"date": pa.array([datetime.fromisoformat(day) for day in DAYS], pa.timestamp("ns"))},
    ],
    ids=["float", "decimal", "dictionary", "large text", "bytes", "date", "midnight"],
)
def test_types_that_tools_write_mean_the_same(world: World, source: SourceFolder, columns: dict[str, Any]) -> None:
    assert problems_of(world, source.write_parquet("resource_capacity", **capacity(**columns))) == []
    assert source_rows(world, "resource_capacity", "date", "capacity_hours") == [
        (date.fromisoformat(day), Decimal(hours)) for day, hours in zip(DAYS, HOURS, strict=True)
    ]


def test_whole_numbers_may_be_ids(world: World, source: SourceFolder) -> None:
    source.change("resources", default_role_id="7").change("transactions", role_id="7")
    assert problems_of(world, source.write_parquet("roles", role_id=[7], name=["Seven"])) == []
    assert source_rows(world, "roles", "role_id") == [("7",)]


def test_small_and_large_floats_are_read_without_exponent(world: World, source: SourceFolder) -> None:
    folder = source.write_parquet("resource_capacity", **capacity(capacity_hours=[1e-7, 2.5e11, 1e-10]))
    assert problems_of(world, folder) == []
    assert source_rows(world, "resource_capacity", "capacity_hours") == [
        (Decimal("0.0000001"),),
        (Decimal("250000000000"),),
        (Decimal("0.0000000001"),),
    ]


def test_booleans_are_read(world: World, source: SourceFolder) -> None:
    folder = source.write_parquet("contract_customers", contract_id=["C-1"], customer_id=["adatum"], is_primary=[False])
    load(world, folder)
    assert source_rows(world, "contract_customers", "is_primary") == [(False,)]


def test_empty_text_is_null(empty: World, source: SourceFolder) -> None:
    folder = source.write_parquet("roles", role_id=["developer"], name=[""])
    assert problems_of(empty, folder) == ["roles.parquet, line 1, column name: is empty; a value is required"]


def test_line_of_a_problem_is_the_row(empty: World, source: SourceFolder) -> None:
    folder = source.write_parquet("resource_capacity", **capacity(capacity_hours=[8.0, float("nan"), float("-inf")]))
    assert problems_of(empty, folder) == [
        "resource_capacity.parquet, line 2, column capacity_hours: 'nan' is not a finite number; write the number, or"
        " leave the field empty",
        "resource_capacity.parquet, line 3, column capacity_hours: '-inf' is not a finite number; write the number, or"
        " leave the field empty",
    ]


def test_time_of_day_in_a_date_is_refused(empty: World, source: SourceFolder) -> None:
    moments = [datetime.fromisoformat(text) for text in ("2020-10-05", "2020-10-06T09:30", "2020-10-07")]
    problems = problems_of(empty, source.write_parquet("resource_capacity", **capacity(date=moments)))
    assert "resource_capacity.parquet, line 2, column date: '2020-10-06 09:30:00.000000' is not a date" in problems[1]


def test_nested_column_is_refused(empty: World, source: SourceFolder) -> None:
    (problem,) = problems_of(empty, source.write_parquet("roles", role_id=["developer"], name=[["D"]]))
    assert problem.startswith("roles.parquet, column name: has type list<")
    assert problem.endswith("write plain numbers, dates, booleans or text")


def test_column_that_stands_twice_is_refused(empty: World, source: SourceFolder) -> None:
    folder = source.write_parquet("roles", role_id=["developer"], name=["D"])
    parquet.write_table(pa.table([["d"], ["D"], ["E"]], ["role_id", "name", "name"]), folder / "roles.parquet")
    (problem,) = problems_of(empty, folder)
    assert problem.startswith("roles.parquet, column name: stands more than once")


def test_file_that_is_no_parquet_is_refused(empty: World, source: SourceFolder) -> None:
    source.only("customers")
    (problem,) = problems_of(empty, source.write_text("roles.parquet", "role_id,name\n"))
    assert problem.startswith("roles.parquet: cannot be read as Parquet, write it again: ")


def test_damaged_parquet_is_refused(empty: World, source: SourceFolder) -> None:
    folder = source.write_parquet("resource_capacity", **capacity())
    file = folder / "resource_capacity.parquet"
    data = bytearray(file.read_bytes())
    data[4:60] = b"\xff" * 56
    file.write_bytes(data)
    (problem,) = problems_of(empty, folder)
    assert problem.startswith("resource_capacity.parquet: cannot be read as Parquet, write it again: ")
