"""Loading as a whole: an upsert, all or nothing, once a run has ended, and never against an invoice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from invoicing.errors import RunHeldError, WarehouseUnavailableError
from invoicing.source.loading import LoadResult, TableResult, load_folder
from invoicing.source.tables import TABLES_BY_NAME
from invoicing.warehouse.transactions import take_writer_lock
from tests.source.folders import SourceFolder, dump, execute, load, problems_of, rows_of

INVOICE = UUID("7a1ff4f3-0000-4000-8000-000000000001")


def result_of(result: LoadResult, table: str) -> TableResult:
    return next(entry for entry in result.tables if entry.name == table)


# Upsert


def test_loading_again_changes_nothing(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    before = dump(engine)
    result = load(engine, source.write())
    assert dump(engine) == before
    assert result.recorded_shares == 0
    assert {(table.inserted, table.changed) for table in result.tables} == {(0, 0)}


def test_numbers_written_otherwise_change_nothing(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    before = dump(engine)
    source.change("transactions", quantity="7.500", unit_price="100.1", amount="750.75", tax_amount="0.00")
    load(engine, source.change("milestones", amount="5000.00").change("retainers", amount="500.00").write())
    assert dump(engine) == before


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
        ("contract_lines", {"billing_method": "fixed_price"}),
        ("contract_line_customers", {"not_to_exceed_limit": "12.50"}),
        ("invoice_schedules", {"transaction_cutoff_date": "2020-10-01"}),
        ("milestones", {"name": "Other"}),
        ("retainers", {"description": "Other"}),
        ("transactions", {"description": "Other"}),
    ],
)
def test_changed_row_is_taken_over_and_counted(
    engine: sa.Engine, source: SourceFolder, table: str, values: dict[str, str]
) -> None:
    load(engine, source.write())
    before = dump(engine)
    result = load(engine, source.change(table, **values).write())
    assert {entry.name: entry.changed for entry in result.tables if entry.changed or entry.inserted} == {table: 1}
    assert [name for name, rows in dump(engine).items() if rows != before[name]] == [TABLES_BY_NAME[table].target]


def test_row_that_is_no_longer_in_the_file_stays(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.add("customers", customer_id="third").write())
    del source.tables["customers"][2]
    assert result_of(load(engine, source.write()), "customers").rows == 2
    assert rows_of(engine, "SELECT count(*) FROM invoicing.customer") == [(3,)]


def test_new_and_changed_rows_are_counted_apart(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    source.change("transactions", category="x").add("transactions", transaction_id="T-2")
    assert result_of(load(engine, source.write()), "transactions") == TableResult("transactions", 2, 1, 1)


@pytest.mark.parametrize(("method", "included"), [("time_and_material", True), ("fixed_price", False)])
def test_what_a_line_includes_goes_by_its_billing_method_where_nothing_is_said(
    engine: sa.Engine, source: SourceFolder, method: str, included: bool
) -> None:
    load(engine, source.change("contract_lines", billing_method=method, includes_fee="true").write())
    assert rows_of(
        engine, "SELECT includes_time, includes_expense, includes_material, includes_fee FROM invoicing.contract_line"
    ) == [(included, included, included, True)]


def test_amounts_carry_the_decimals_of_the_currency(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("contract_lines", contracted_amount="17000").write())
    assert rows_of(engine, "SELECT contracted_amount::text FROM invoicing.contract_line") == [("17000.00",)]
    assert rows_of(engine, "SELECT amount::text, tax_amount::text FROM invoicing.milestone") == [("5000.00", "0.00")]
    assert rows_of(engine, "SELECT amount::text FROM invoicing.retainer") == [("500.00",)]


# Schedule rows and milestones that have run

SCHEDULE = "SELECT run_status::text, ran_at IS NOT NULL FROM invoicing.invoice_schedule"
MILESTONE = "SELECT run_status::text, ran_at IS NOT NULL FROM invoicing.milestone"


def test_row_that_another_system_has_run_is_marked_by_the_file(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("invoice_schedules", run_status="run_successful").write())
    assert rows_of(engine, SCHEDULE) == [("run_successful", False)]


def test_row_may_be_marked_as_run_elsewhere_later(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    load(engine, source.change("invoice_schedules", run_status="run_failed").write())
    assert rows_of(engine, SCHEDULE) == [("run_failed", False)]


def test_empty_run_status_says_nothing(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("invoice_schedules", run_status="run_successful").write())
    load(engine, source.change("invoice_schedules", run_status="").write())
    assert rows_of(engine, SCHEDULE) == [("run_successful", False)]


@pytest.mark.parametrize("status", ["", "not_run", "run_failed"])
def test_row_that_a_run_of_ours_has_run_stays_run(engine: sa.Engine, source: SourceFolder, status: str) -> None:
    load(engine, source.write())
    execute(engine, "UPDATE invoicing.invoice_schedule SET run_status = 'run_successful', ran_at = now()")
    load(engine, source.change("invoice_schedules", run_status=status, transaction_cutoff_date="2020-10-03").write())
    assert rows_of(engine, SCHEDULE) == [("run_successful", True)]


def test_cutoff_of_a_row_that_a_run_of_ours_has_run_stays(engine: sa.Engine, source: SourceFolder) -> None:
    cutoff = "SELECT transaction_cutoff_date FROM invoicing.invoice_schedule"
    load(engine, source.write())
    execute(engine, "UPDATE invoicing.invoice_schedule SET run_status = 'run_successful', ran_at = now()")
    before = rows_of(engine, cutoff)
    load(engine, source.change("invoice_schedules", transaction_cutoff_date="2020-09-03").write())
    assert rows_of(engine, cutoff) == before


def test_milestone_that_moves_to_another_date_is_due_again(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    execute(engine, "UPDATE invoicing.milestone SET run_status = 'run_successful', ran_at = now()")
    load(engine, source.change("milestones", milestone_date="2020-11-05").write())
    assert rows_of(engine, MILESTONE) == [("not_run", False)]


def test_milestone_that_stays_on_its_date_stays_run(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    execute(engine, "UPDATE invoicing.milestone SET run_status = 'run_successful', ran_at = now()")
    load(engine, source.change("milestones", billing_status="ready_to_invoice", name="Other").write())
    assert rows_of(engine, MILESTONE) == [("run_successful", True)]


# All or nothing


def test_refused_load_leaves_the_warehouse_as_it_was(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    before = dump(engine)
    source.change("customers", name="Other").add("customers", customer_id="third")
    assert problems_of(engine, source.change("transactions", quantity="8").change("roles", name="").write())
    assert dump(engine) == before


@pytest.mark.parametrize("step", ["transactions.csv", "checking", "taking over"])
def test_lost_connection_leaves_nothing_behind(engine: sa.Engine, source: SourceFolder, step: str) -> None:
    before = dump(engine)

    def end_the_connection(what: str, rows: int, fraction: float | None) -> None:
        if what == step:
            execute(
                engine,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )

    with pytest.raises(WarehouseUnavailableError):
        load_folder(engine, source.write(), wait_seconds=10, progress=end_the_connection)
    assert dump(engine) == before


def test_load_ends_without_temporary_tables(engine: sa.Engine, source: SourceFolder) -> None:
    pooled = sa.create_engine(engine.url, pool_size=1, max_overflow=0)
    for _ in range(2):
        load(pooled, source.write())
    pooled.dispose()
    assert rows_of(engine, "SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'") == []


# Beside others


def test_load_waits_for_a_run_in_progress(engine: sa.Engine, source: SourceFolder) -> None:
    execute(
        engine,
        "INSERT INTO invoicing.invoice_run (run_key, run_date, trigger, lease_until)"
        " VALUES ('scheduled/2020-10-05', '2020-10-05', 'scheduled', now() + interval '1 hour')",
    )
    folder = source.write()
    with pytest.raises(RunHeldError, match=r"loading .*source has to wait: run 1 of 2020-10-05 .* is in progress"):
        load(engine, folder)
    assert rows_of(engine, "SELECT * FROM invoicing.customer") == []


@contextmanager
def another_writer(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.begin() as connection:
        take_writer_lock(connection, 1)
        yield connection


def test_load_gives_up_on_another_writer_in_time(engine: sa.Engine, source: SourceFolder) -> None:
    folder = source.write()
    with another_writer(engine), pytest.raises(WarehouseUnavailableError, match="somebody else is changing"):
        load_folder(engine, folder, wait_seconds=1)


def test_shares_are_dated_after_the_wait_for_another_writer(engine: sa.Engine, source: SourceFolder) -> None:
    loading = threading.Thread(target=load, args=(engine, source.write()))
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with another_writer(engine) as connection:
        loading.start()
        while rows_of(engine, waiting) == [(0,)]:
            pass
        released: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    loading.join()
    assert rows_of(engine, "SELECT bool_and(recorded_at > :released) FROM invoicing.actual", released=released) == [
        (True,)
    ]


# Never against an invoice


def put_on_invoice(engine: sa.Engine, kind: str, status: str) -> None:
    """An invoice of one customer with the shares of that kind."""
    execute(
        engine,
        "INSERT INTO invoicing.invoice (contract_id, invoice_id, customer_id, currency, run_date, origin, status,"
        " chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount)"
        " VALUES ('C-1', :invoice, 'adatum', 'USD', '2020-10-05', 'scheduled', :status, 0, 0, 0, 0)",
        invoice=INVOICE,
        status=status,
    )
    execute(
        engine,
        "INSERT INTO invoicing.invoice_line_detail SELECT contract_id, actual_id, :invoice, contract_line_id,"
        " billing_type, quantity, unit_price, amount, tax_amount FROM invoicing.actual"
        " WHERE kind = cast(:kind AS invoicing.actual_kind)",
        invoice=INVOICE,
        kind=kind,
    )


BILLS = {
    "contract_line_id": "other",
    "customer_id": "adatum",
    "transaction_class": "expense",
    "transaction_date": "2020-10-03",
    "quantity": "8",
    "unit_price": "100.20",
    "amount": "750.76",
    "tax_amount": "0.01",
    "billing_type": "complimentary",
    "billing_status": "canceled",
}


@pytest.mark.parametrize(("column", "value"), BILLS.items())
def test_what_bills_of_a_transaction_on_an_invoice_cannot_change(
    engine: sa.Engine, source: SourceFolder, column: str, value: str
) -> None:
    load(engine, source.change("transactions", amount="750.75").add("contract_lines", contract_line_id="other").write())
    put_on_invoice(engine, "unbilled_sales", "draft")
    assert problems_of(engine, source.change("transactions", **{column: value}).write()) == [
        "transactions.csv, line 2, column transaction_id: transaction 'T-1' of contract 'C-1' is on invoice"
        f" {INVOICE} of 2020-10-05 (draft); load it as it was, or delete that draft first"
    ]


def test_transaction_on_a_confirmed_invoice_is_for_a_correction(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    put_on_invoice(engine, "unbilled_sales", "confirmed")
    (problem,) = problems_of(engine, source.change("transactions", quantity="8").write())
    assert problem.endswith("(confirmed); load it as it was, and correct the invoice instead")


def test_posted_transaction_cannot_change(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    execute(engine, "UPDATE invoicing.actual SET billing_status = 'invoice_posted'")
    (problem,) = problems_of(engine, source.change("transactions", quantity="8").write())
    assert problem.endswith("transaction 'T-1' of contract 'C-1' is invoiced and posted; load it as it was")


def test_milestone_on_an_invoice_cannot_change(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    put_on_invoice(engine, "milestone", "in_review")
    (problem,) = problems_of(engine, source.change("milestones", milestone_date="2020-11-05").write())
    assert problem.startswith(
        "milestones.csv, line 2, column milestone_id: milestone 'M-1' of contract 'C-1' is on invoice"
        f" {INVOICE} of 2020-10-05 (in_review); "
    )


def test_what_describes_a_transaction_on_an_invoice_may_change(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    put_on_invoice(engine, "unbilled_sales", "confirmed")
    put = rows_of(engine, "SELECT a::text FROM invoicing.actual AS a ORDER BY 1")
    source.change("transactions", description="Other", category="x", unit="day", role_id="", resource_id="")
    assert problems_of(engine, source.write()) == []
    assert rows_of(engine, "SELECT description, category FROM invoicing.transaction") == [("Other", "x")]
    assert rows_of(engine, "SELECT a::text FROM invoicing.actual AS a ORDER BY 1") == put


def test_invoiced_transaction_loads_again_as_it_was(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    put_on_invoice(engine, "unbilled_sales", "draft")
    put_on = dump(engine)
    load(engine, source.write())
    assert dump(engine) == put_on


def test_named_customers_invoiced_transaction_loads_again_with_the_lines_first_customers(
    engine: sa.Engine, source: SourceFolder
) -> None:
    customers = source.tables.pop("contract_line_customers")
    load(engine, source.change("transactions", customer_id="adatum").write())
    put_on_invoice(engine, "unbilled_sales", "draft")
    source.tables["contract_line_customers"] = customers
    assert problems_of(engine, source.write()) == []


def test_large_load_leaves_statistics_for_the_next_run(engine: sa.Engine, source: SourceFolder) -> None:
    row = source.tables["transactions"][0]
    source.tables["transactions"] = [{**row, "transaction_id": f"T-{number}"} for number in range(1_000)]
    load(engine, source.write())
    estimates = rows_of(
        engine, "SELECT relname, reltuples FROM pg_class WHERE relname IN ('transaction', 'actual') ORDER BY 1"
    )
    assert estimates == [("actual", 2_002), ("transaction", 1_000)]
