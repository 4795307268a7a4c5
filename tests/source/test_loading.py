"""Loading as a whole: an upsert, all or nothing, and each waits for those who work on its contracts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from invoicing.errors import WarehouseUnavailableError
from invoicing.source.loading import LoadResult, TableResult, load_folder
from invoicing.source.tables import TABLES_BY_NAME
from invoicing.warehouse.locks import SLOTS, lock_slots
from tests.servers import not_on_citus
from tests.source.folders import SourceFolder, load, problems_of
from tests.world.reads import dump
from tests.world.steps import Steps
from tests.world.stored import source_rows
from tests.world.world import World

RUN_DATE = date(2020, 10, 5)


def written(world: World, table: str, *columns: str) -> list[str]:
    """Of the only row, how its numbers are written."""
    (row,) = source_rows(world, table, *columns)
    return [str(value) for value in row]


def result_of(result: LoadResult, table: str) -> TableResult:
    return next(entry for entry in result.tables if entry.name == table)


# Upsert


def test_loading_again_changes_nothing(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    before = dump(world)
    result = load(world, source.write())
    assert dump(world) == before
    assert result.recorded_shares == 0
    assert {(table.inserted, table.changed) for table in result.tables} == {(0, 0)}


def test_numbers_written_otherwise_change_nothing(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    before = dump(world)
    source.change("transactions", quantity="7.500", unit_price="100.1", amount="750.75", tax_amount="0.00")
    load(world, source.change("milestones", amount="5000.00").change("retainers", amount="500.00").write())
    assert dump(world) == before


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("customers", {"name": "Other"}),
        ("invoice_frequencies", {"period": "monthly", "run_days": "last"}),
        ("roles", {"target_utilization_percent": ""}),
        ("resources", {"target_utilization_percent": "75"}),
        ("resource_capacity", {"capacity_hours": "4"}),
        ("project_contracts", {"state": "closed"}),
        ("contract_customers", {"payment_terms_days": ""}),
        ("contract_lines", {"name": "Other"}),
        ("contract_line_customers", {"not_to_exceed_limit": "12.50"}),
        ("opening_balances", {"as_of": "2020-10-01"}),
        ("invoice_schedules", {"transaction_cutoff_date": "2020-10-01"}),
        ("milestones", {"name": "Other"}),
        ("retainers", {"description": "Other"}),
        ("transactions", {"description": "Other"}),
    ],
)
def test_changed_row_is_taken_over_and_counted(
    world: World, source: SourceFolder, table: str, values: dict[str, str]
) -> None:
    load(world, source.write())
    before = dump(world)
    result = load(world, source.change(table, **values).write())
    assert {entry.name: entry.changed for entry in result.tables if entry.changed or entry.inserted} == {table: 1}
    changed = [name for name, rows in dump(world).items() if rows != before[name]]
    assert changed == sorted({"change", "project_contract", TABLES_BY_NAME[table].target})


def test_row_that_is_no_longer_in_the_file_stays(world: World, source: SourceFolder) -> None:
    load(world, source.add("customers", customer_id="third").write())
    del source.tables["customers"][2]
    assert result_of(load(world, source.write()), "customers").rows == 2
    assert len(source_rows(world, "customers")) == 3


def test_new_and_changed_rows_are_counted_apart(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    source.change("transactions", category="x").add("transactions", transaction_id="T-2")
    assert result_of(load(world, source.write()), "transactions") == TableResult("transactions", 2, 1, 1)


@pytest.mark.parametrize(("method", "included"), [("time_and_material", True), ("fixed_price", False)])
def test_what_a_line_includes_goes_by_its_billing_method_where_nothing_is_said(
    world: World, source: SourceFolder, method: str, included: bool
) -> None:
    load(world, source.change("contract_lines", billing_method=method, includes_fee="true").write())
    classes = ("includes_time", "includes_expense", "includes_material", "includes_fee")
    assert source_rows(world, "contract_lines", *classes) == [(included, included, included, True)]


def test_amounts_carry_the_decimals_of_the_currency(world: World, source: SourceFolder) -> None:
    load(world, source.change("contract_lines", contracted_amount="17000").write())
    assert written(world, "contract_lines", "contracted_amount") == ["17000.00"]
    assert written(world, "milestones", "amount", "tax_amount") == ["5000.00", "0.00"]
    assert written(world, "retainers", "amount") == ["500.00"]


# Schedule rows and milestones that have run


def schedule(world: World, columns: str = "run_status, ran_at IS NOT NULL AS ran") -> list[tuple[object, ...]]:
    return [tuple(row) for row in world.read(f"SELECT {columns} FROM analytics.invoice_schedule ORDER BY milestone_id")]


def test_row_that_another_system_has_run_is_marked_by_the_file(world: World, source: SourceFolder) -> None:
    load(world, source.change("invoice_schedules", run_status="run_successful").write())
    assert schedule(world) == [("run_successful", False)]


def test_row_may_be_marked_as_run_elsewhere_later(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    load(world, source.change("invoice_schedules", run_status="run_failed").write())
    assert schedule(world) == [("run_failed", False)]


def test_empty_run_status_says_nothing(world: World, source: SourceFolder) -> None:
    load(world, source.change("invoice_schedules", run_status="run_successful").write())
    load(world, source.change("invoice_schedules", run_status="").write())
    assert schedule(world) == [("run_successful", False)]


@pytest.fixture
def fixed_price(source: SourceFolder) -> SourceFolder:
    """The line is of fixed price, and its milestone alone has a run date."""
    del source.tables["invoice_schedules"]
    return source.change("contract_lines", billing_method="fixed_price")


def test_milestone_that_moves_to_another_date_is_due_again(world: World, fixed_price: SourceFolder) -> None:
    load(world, fixed_price.write())
    world.run(RUN_DATE)
    load(world, fixed_price.change("milestones", milestone_date="2020-11-05").write())
    assert schedule(world) == [("not_run", False)]


def test_milestone_that_stays_on_its_date_stays_run(world: World, fixed_price: SourceFolder) -> None:
    load(world, fixed_price.write())
    world.run(RUN_DATE)
    load(world, fixed_price.change("milestones", billing_status="ready_to_invoice", name="Other").write())
    assert schedule(world) == [("run_successful", True)]


# All or nothing


def test_refused_load_leaves_the_warehouse_as_it_was(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    before = dump(world)
    source.change("customers", name="Other").add("customers", customer_id="third")
    assert problems_of(world, source.change("transactions", quantity="8").change("roles", name="").write())
    assert dump(world) == before


@pytest.mark.parametrize("step", ["transactions.csv", "checking", "taking over"])
def test_lost_connection_leaves_nothing_behind(own_world: World, source: SourceFolder, step: str) -> None:
    before = dump(own_world)

    def end_the_connection(what: str, rows: int, fraction: float | None) -> None:
        if what == step:
            own_world.read(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with pytest.raises(WarehouseUnavailableError):
        load_folder(own_world.engine, source.write(), wait_seconds=10, progress=end_the_connection)
    assert dump(own_world) == before


def test_load_ends_without_temporary_tables(world: World, source: SourceFolder) -> None:
    pooled = sa.create_engine(world.engine.url, pool_size=1, max_overflow=0)
    for _ in range(2):
        load(world.at(pooled), source.write())
    pooled.dispose()
    assert world.read("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'") == []


# Beside others


def test_load_does_not_wait_for_a_run_in_progress(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    Steps(world, RUN_DATE).find_due()
    load(world, source.change("customers", name="Other").write())
    assert source_rows(world, "customers", "name")[0] == ("Other",)


@contextmanager
def another_writer(world: World) -> Iterator[sa.Connection]:
    with world.engine.begin() as connection:
        lock_slots(connection, range(SLOTS))
        yield connection


def waiting(world: World) -> int:
    """How many wait for a lock."""
    (row,) = world.read("SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return int(row.waiting)


def test_load_gives_up_on_another_writer_in_time(world: World, source: SourceFolder) -> None:
    folder = source.write()
    with another_writer(world), pytest.raises(WarehouseUnavailableError, match="somebody else is changing"):
        load_folder(world.engine, folder, wait_seconds=1)


def test_shares_are_dated_after_the_wait_for_another_writer(world: World, source: SourceFolder) -> None:
    loading = threading.Thread(target=load, args=(world, source.write()))
    with another_writer(world) as connection:
        loading.start()
        while not waiting(world):
            pass
        released: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    loading.join()
    recorded = world.read("SELECT bool_and(recorded_at > :released) FROM analytics.actuals", released=released)
    assert recorded == [(True,)]


def test_load_checks_again_what_another_load_has_changed_while_it_waited(
    world: World, source: SourceFolder, tmp_path: Path
) -> None:
    before = SourceFolder(tmp_path / "before").only("customers", "project_contracts")
    load(world, before.write())
    before.change("project_contracts", currency="JPY", not_to_exceed_limit="").write()
    del source.tables["project_contracts"]
    source.change("transactions", amount="750.75").write()
    found: list[str] = []
    first = threading.Thread(target=load, args=(world, before.path))
    second = threading.Thread(target=lambda: found.extend(problems_of(world, source.path)))
    with another_writer(world):
        for number, loading in enumerate((first, second), start=1):
            loading.start()
            while waiting(world) < number:
                pass
    first.join()
    second.join()
    assert (
        "transactions.csv, line 2, column amount: '750.75' has more decimals than JPY, which has 0; round it" in found
    )


@not_on_citus("the workers have the statistics")
def test_large_load_leaves_statistics_for_the_next_run(own_world: World, source: SourceFolder) -> None:
    row = source.tables["transactions"][0]
    source.tables["transactions"] = [{**row, "transaction_id": f"T-{number}"} for number in range(1_000)]
    load(own_world, source.write())
    large = {table: len(rows) for table, rows in dump(own_world).items() if len(rows) >= 1_000}
    estimates = own_world.read(
        "SELECT relname, reltuples FROM pg_class WHERE relname = ANY(:large) AND relkind = 'r'", large=list(large)
    )
    assert sum(large.values()) > 3_000  # the transactions, and a share of each customer in each
    assert dict(map(tuple, estimates)) == large
