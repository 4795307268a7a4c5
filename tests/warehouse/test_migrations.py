"""The schema: made once, checked by anyone who works on it, documented, and open to analysts as far as it should be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from invoicing.errors import NotFoundError, SchemaError
from invoicing.money import currency_decimals
from invoicing.settings import PROJECT_ROOT
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine
from tests.world.names import october
from tests.world.world import World

# Data contract, section 3: the columns of each view, in order.
VIEWS = {
    "invoices": (
        "invoice_id, invoice_number, contract_id, contract_name, customer_id, customer_name, currency, run_date, origin, "
        "status, chargeable_amount, non_chargeable_amount, complimentary_amount, retainer_applied_amount, tax_amount, "
        "total_amount, line_count, detail_count, corrects_invoice_id, created_at, confirmed_at"
    ),
    "invoice_lines": (
        "invoice_id, contract_id, contract_line_id, contract_line_name, billing_method, chargeable_amount, "
        "non_chargeable_amount, complimentary_amount, tax_amount, detail_count"
    ),
    "invoice_line_details": (
        "invoice_id, contract_id, contract_line_id, detail_id, transaction_id, milestone_id, customer_id, "
        "transaction_class, transaction_date, description, role_id, resource_id, quantity, unit_price, amount, "
        "tax_amount, billing_type, original_quantity"
    ),
    "actuals": (
        "actual_id, contract_id, contract_line_id, customer_id, currency, transaction_id, milestone_id, kind, "
        "transaction_class, transaction_date, accounting_date, quantity, unit_price, amount, tax_amount, billing_type, "
        "billing_status, adjustment_status, reverses_actual_id, replaces_actual_id, invoice_id, recorded_at"
    ),
    "invoice_schedule": (
        "contract_id, contract_line_id, run_date, transaction_cutoff_date, milestone_id, run_status, invoice_count, "
        "ran_at"
    ),
    "invoice_runs": (
        "run_id, attempt, run_date, is_latest, trigger, status, started_at, ended_at, due_lines, ready_transactions, "
        "invoices, invoice_lines, details, invoices_written, quarantined_contracts, skipped_reason"
    ),
    "run_amounts": (
        "run_id, attempt, run_date, is_latest, currency, ready_amount, chargeable_amount, non_chargeable_amount, "
        "complimentary_amount, tax_amount, total_amount"
    ),
    "run_accounting": "run_id, attempt, run_date, is_latest, reason, currency, transactions, amount",
    "invoice_changes": (
        "invoice_id, changed_at, changed_by, action, detail_id, field, old_value, new_value, contract_id, "
        "contract_line_id, version, request_key"
    ),
    "approvals": ("approval_id, asked_at, asked_by, answered_at, answered_by, answer, reason, invoices, amounts"),
    "customers": "customer_id, name",
    "contracts": (
        "contract_id, name, currency, state, contracted_amount, billed_amount, open_amount, ready_amount, "
        "advance_balance, next_run_date"
    ),
    "milestones": (
        "contract_id, contract_line_id, milestone_id, customer_id, name, milestone_date, currency, amount, tax_amount, "
        "billing_status, invoice_id"
    ),
    "forecast": (
        "run_date, contract_id, currency, due_lines, ready_amount, not_ready_amount, milestone_amount, typical_amount"
    ),
    "limits": (
        "contract_id, level, contract_line_id, customer_id, currency, limit_amount, committed_amount, invoiced_amount, "
        "remaining_amount"
    ),
    "billing_exceptions": (
        "detected_at, run_date, severity, code, contract_id, contract_line_id, customer_id, transaction_id, milestone_id, "
        "message"
    ),
    "unbilled_backlog": (
        "contract_id, contract_line_id, customer_id, transaction_id, transaction_date, transaction_class, quantity, "
        "amount, currency, billing_type, billing_status, limit_status, limit_level, next_run_date, age_days"
    ),
    "role_utilization": (
        "role_id, role_name, week_start, capacity_hours, billable_hours, utilization_percent, target_utilization_percent, "
        "difference_percent"
    ),
}


@pytest.fixture(scope="module")
def migrated(new_database: Callable[[str], sa.URL], template: str) -> sa.Engine:
    """A migrated warehouse that no test changes."""
    return create_engine(new_database(template))


@pytest.fixture
def unborn(new_database: Callable[[str], sa.URL], bare: str, administer: Callable[[str], None]) -> Iterator[sa.Engine]:
    """A database without a schema."""
    url = new_database(bare)
    yield create_engine(url)
    administer(f"DROP DATABASE {url.database} WITH (FORCE)")


def read(engine: sa.Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def change(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


# Upgrading


def test_upgrade_brings_the_schema_of_this_package(unborn: sa.Engine) -> None:
    assert migrations.upgrade(unborn) == migrations.check(unborn) == migrations.HEAD


def catalog(engine: sa.Engine) -> list[tuple[object, ...]]:
    """Every table, view, index, type and column with its comment, and the definitions of views."""
    return read(
        engine,
        """
        SELECT
            c.oid, n.nspname, c.relname, c.relkind, CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END AS definition,
            c.relacl::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(c.oid, a.attnum)
        FROM pg_catalog.pg_class AS c
        INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid
        INNER JOIN pg_catalog.pg_attribute AS a ON c.oid = a.attrelid
        WHERE n.nspname IN ('invoicing', 'analytics', 'public') AND a.attnum > 0
        ORDER BY n.nspname, c.relname, a.attnum
        """,
    )


def test_upgrade_of_what_is_up_to_date_changes_nothing_of_the_schema(unborn: sa.Engine) -> None:
    migrations.upgrade(unborn)
    before = catalog(unborn)
    migrations.upgrade(unborn)
    assert catalog(unborn) == before


def rows(engine: sa.Engine) -> list[tuple[object, ...]]:
    """Every row of every table, with the transaction that wrote it."""
    tables = read(engine, "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'invoicing'")
    selects = [f"SELECT '{table}', t::text, xmin::text FROM invoicing.{table} AS t" for (table,) in tables]
    return read(engine, f"{' UNION ALL '.join(selects)} ORDER BY 1, 2")


def test_upgrade_of_what_is_up_to_date_changes_no_row(unborn: sa.Engine) -> None:
    migrations.upgrade(unborn)
    world = World(unborn)
    world.contract(currency="EUR")
    world.line()
    world.transaction("T", october(1))
    world.load()
    change(unborn, "UPDATE invoicing.currency SET decimals = 4 WHERE currency = 'EUR'")
    before = rows(unborn)
    migrations.upgrade(unborn)
    assert rows(unborn) == before


def test_upgrade_records_every_currency_with_its_decimals(migrated: sa.Engine) -> None:
    assert read(migrated, "SELECT currency, decimals FROM invoicing.currency ORDER BY 1") == sorted(
        currency_decimals().items()
    )


@pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("RSD", 2)])
def test_decimals_are_the_minor_units_of_iso_4217(migrated: sa.Engine, currency: str, decimals: int) -> None:
    assert read(migrated, f"SELECT decimals FROM invoicing.currency WHERE currency = '{currency}'") == [(decimals,)]


def test_currency_that_no_contract_uses_takes_other_decimals(unborn: sa.Engine) -> None:
    migrations.upgrade(unborn)
    migrations.upgrade(unborn, other_decimals={"RSD": 0})
    assert read(unborn, "SELECT decimals FROM invoicing.currency WHERE currency = 'RSD'") == [(0,)]


def test_currency_that_a_contract_uses_keeps_its_decimals(unborn: sa.Engine) -> None:
    migrations.upgrade(unborn)
    world = World(unborn)
    world.contract(currency="RSD")
    world.load()
    migrations.upgrade(unborn, other_decimals={"RSD": 0})
    assert read(unborn, "SELECT decimals FROM invoicing.currency WHERE currency = 'RSD'") == [(2,)]


def test_upgrade_that_fails_leaves_nothing(unborn: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk on fire")

    monkeypatch.setattr(migrations, "_record_currencies", fail)
    with pytest.raises(OSError, match="disk on fire"):
        migrations.upgrade(unborn)
    assert catalog(unborn) == []


def test_upgrade_of_a_newer_schema_is_refused(unborn: sa.Engine) -> None:
    migrations.upgrade(unborn)
    change(unborn, "UPDATE public.schema_version SET version_num = '9999_later'")
    with pytest.raises(SchemaError, match="newer than this package"):
        migrations.upgrade(unborn)


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("CREATE SCHEMA invoicing CREATE TABLE theirs ()", "table invoicing.theirs"),
        ("CREATE SCHEMA rules CREATE VIEW theirs AS SELECT 1 AS one", "view rules.theirs"),
        ("CREATE SCHEMA analytics CREATE TABLE invoices ()", "table analytics.invoices"),
        ("CREATE SCHEMA analytics CREATE VIEW customers AS SELECT 1 AS one", "view analytics.customers"),
        ("CREATE TABLE public.schema_version (installed_rank int)", "public.schema_version"),
    ],
)
def test_upgrade_names_what_stands_in_its_place_and_leaves_it(unborn: sa.Engine, made: str, named: str) -> None:
    change(unborn, made)
    before = catalog(unborn)
    with pytest.raises(SchemaError, match=f"{named}.*rename it, or name another database"):
        migrations.upgrade(unborn)
    assert catalog(unborn) == before


def test_upgrade_of_what_is_up_to_date_names_what_has_taken_a_place_since(unborn: sa.Engine) -> None:
    migrations.upgrade(unborn)
    change(unborn, "DROP VIEW analytics.customers; CREATE TABLE analytics.customers ()")
    with pytest.raises(SchemaError, match=r"table analytics\.customers"):
        migrations.upgrade(unborn)


@pytest.mark.parametrize("schema", ["invoicing", "rules", "analytics"])
def test_upgrade_uses_an_empty_schema_that_somebody_made(unborn: sa.Engine, schema: str) -> None:
    change(unborn, f"CREATE SCHEMA {schema}")
    assert migrations.upgrade(unborn) == migrations.HEAD


def test_upgrade_grants_nothing_of_others(unborn: sa.Engine) -> None:
    change(unborn, "CREATE SCHEMA analytics CREATE TABLE salaries ()")
    migrations.upgrade(unborn)
    query = "SELECT has_table_privilege('invoicing_analyst', 'analytics.salaries', 'SELECT')"
    assert read(unborn, query) == [(False,)]


UPGRADE = """
import sys
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, parse_url
import alembic.command

engine = create_engine(parse_url(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(migrations.upgrade(engine))
"""


def test_processes_that_upgrade_at_once_both_succeed(unborn: sa.Engine) -> None:
    url = unborn.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, url],
            cwd=PROJECT_ROOT,
            env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "plugins")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [process.communicate(timeout=120) for process in processes]
    assert [output for output, _ in found] == [f"{migrations.HEAD}\n"] * 2, found
    assert migrations.check(unborn) == migrations.HEAD


def test_revisions_follow_each_other_in_the_order_of_their_names() -> None:
    """`check` relies on it, so that it need not import Alembic."""
    config = Config()
    config.set_main_option("script_location", str(migrations.VERSIONS.parent))
    scripts = reversed(list(ScriptDirectory.from_config(config).walk_revisions()))
    assert [script.revision for script in scripts] == migrations.REVISIONS


# Checking


def test_check_names_the_schema(migrated: sa.Engine) -> None:
    assert migrations.check(migrated) == migrations.HEAD


def test_check_says_that_the_schema_is_missing_and_what_to_do(unborn: sa.Engine) -> None:
    with pytest.raises(SchemaError, match="has no schema yet; run `invoicing db upgrade`"):
        migrations.check(unborn)


def test_check_says_that_the_schema_is_older_and_what_to_do(
    migrated: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "HEAD", "9999_later")
    expected = f"has schema {migrations.REVISIONS[-1]}, this package needs 9999_later; run `invoicing db upgrade`"
    with pytest.raises(SchemaError, match=expected):
        migrations.check(migrated)


def test_check_says_that_the_schema_is_newer_and_what_to_do(unborn: sa.Engine) -> None:
    change(unborn, "CREATE TABLE public.schema_version AS SELECT '9999_later' AS version_num")
    with pytest.raises(
        SchemaError, match="has schema 9999_later, which is newer than this package; upgrade the package"
    ):
        migrations.check(unborn)


def test_check_of_a_set_up_that_was_broken_off_says_that_the_schema_is_missing(unborn: sa.Engine) -> None:
    change(unborn, "CREATE TABLE public.schema_version (version_num text)")
    with pytest.raises(SchemaError, match="has no schema yet"):
        migrations.check(unborn)


# Views for analysts


@pytest.fixture(scope="module")
def columns(migrated: sa.Engine) -> dict[str, list[tuple[str, str | None]]]:
    """Names and comments of the columns of each view."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for view, column, comment in read(
        migrated,
        """
        SELECT c.relname, a.attname, col_description(c.oid, a.attnum)
        FROM pg_catalog.pg_class AS c INNER JOIN pg_catalog.pg_attribute AS a ON c.oid = a.attrelid
        WHERE c.relnamespace = 'analytics'::regnamespace AND a.attnum > 0
        ORDER BY c.relname, a.attnum
        """,
    ):
        found.setdefault(str(view), []).append((str(column), None if comment is None else str(comment)))
    return found


def test_analytics_has_the_views_of_the_contract_alone(columns: dict[str, list[tuple[str, str | None]]]) -> None:
    assert set(columns) == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_view_has_the_columns_of_the_contract(columns: dict[str, list[tuple[str, str | None]]], view: str) -> None:
    assert ", ".join(name for name, _ in columns[view]) == VIEWS[view]


@pytest.mark.parametrize("view", VIEWS)
def test_columns_have_comments(columns: dict[str, list[tuple[str, str | None]]], view: str) -> None:
    assert [name for name, comment in columns[view] if not (comment or "").strip()] == []


def test_views_have_comments(migrated: sa.Engine) -> None:
    found = read(
        migrated,
        """
        SELECT relname FROM pg_catalog.pg_class
        WHERE relnamespace = 'analytics'::regnamespace AND coalesce(obj_description(oid, 'pg_class'), '') = ''
        """,
    )
    assert found == []


def test_schemas_have_comments(migrated: sa.Engine) -> None:
    query = "SELECT obj_description(%(name)s::regnamespace, 'pg_namespace')"
    with migrated.connect() as connection:
        assert connection.exec_driver_sql(query, {"name": "analytics"}).scalar_one()
        assert connection.exec_driver_sql(query, {"name": "invoicing"}).scalar_one()


# What analysts may do


@pytest.fixture
def analyst(migrated: sa.Engine) -> Iterator[sa.Connection]:
    """A session as the role invoicing_analyst."""
    with migrated.connect() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE invoicing_analyst")
        yield connection


def assert_denied(analyst: sa.Connection, statement: str) -> None:
    with pytest.raises(sa.exc.ProgrammingError) as refusal, analyst.begin_nested():
        analyst.exec_driver_sql(statement)
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege), statement


@pytest.mark.parametrize("view", VIEWS)
def test_analyst_reads(analyst: sa.Connection, view: str) -> None:
    assert analyst.exec_driver_sql(f"SELECT * FROM analytics.{view}").all() == []


def test_analyst_changes_nothing(migrated: sa.Engine) -> None:
    found = read(
        migrated,
        """
        SELECT relname FROM pg_catalog.pg_class
        WHERE relnamespace IN ('analytics'::regnamespace, 'invoicing'::regnamespace) AND relkind IN ('r', 'v')
            AND has_table_privilege('invoicing_analyst', oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        """,
    )
    assert found == []


def test_analyst_reads_nothing_in_invoicing(migrated: sa.Engine, analyst: sa.Connection) -> None:
    relations = read(
        migrated,
        "SELECT relname FROM pg_class WHERE relnamespace = 'invoicing'::regnamespace AND relkind IN ('r', 'v')",
    )
    assert len(relations) > 20
    for (relation,) in relations:
        assert_denied(analyst, f"SELECT FROM invoicing.{relation}")


def test_analyst_does_not_read_the_version_of_the_schema(analyst: sa.Connection) -> None:
    assert_denied(analyst, "SELECT FROM public.schema_version")


@pytest.mark.parametrize("schema", ["analytics", "invoicing", "public"])
def test_analyst_makes_nothing(analyst: sa.Connection, schema: str) -> None:
    assert_denied(analyst, f"CREATE TABLE {schema}.mine ()")


def test_analyst_calls_no_function_of_invoicing(migrated: sa.Engine, analyst: sa.Connection) -> None:
    functions = read(migrated, "SELECT proname FROM pg_proc WHERE pronamespace = 'invoicing'::regnamespace")
    assert functions
    for (function,) in functions:
        assert_denied(analyst, f"SELECT 'invoicing.{function}'::regproc")


def test_user_who_is_granted_reads_the_views_and_nothing_else(
    migrated: sa.Engine, administer: Callable[[str], None]
) -> None:
    name = 'Ann "the analyst"'
    quoted = '"Ann ""the analyst"""'
    administer(f"DROP ROLE IF EXISTS {quoted}")
    administer(f"CREATE ROLE {quoted} LOGIN")
    try:
        migrations.grant_analyst(migrated, name)
        with migrated.connect() as connection:
            connection.exec_driver_sql(f"SET LOCAL ROLE {quoted}")
            for view in VIEWS:
                assert connection.exec_driver_sql(f"SELECT * FROM analytics.{view}").all() == []
            assert_denied(connection, "SELECT FROM invoicing.invoice")
    finally:
        administer(f"DROP ROLE {quoted}")


def test_user_who_is_not_there_cannot_be_granted(migrated: sa.Engine) -> None:
    with pytest.raises(NotFoundError, match="the server has no role nobody at all"):
        migrations.grant_analyst(migrated, "nobody at all")


def test_nobody_else_reads_analytics(migrated: sa.Engine, administer: Callable[[str], None]) -> None:
    administer("DROP ROLE IF EXISTS invoicing_stranger")
    administer("CREATE ROLE invoicing_stranger NOLOGIN")
    try:
        with migrated.connect() as connection:
            connection.exec_driver_sql("SET LOCAL ROLE invoicing_stranger")
            for view in VIEWS:
                assert_denied(connection, f"SELECT FROM analytics.{view}")
    finally:
        administer("DROP ROLE invoicing_stranger")


def test_role_that_exists_already_is_kept(unborn: sa.Engine, migrated: sa.Engine) -> None:
    """It belongs to the whole server: `migrated` made it before."""
    query = "SELECT oid FROM pg_catalog.pg_roles WHERE rolname = 'invoicing_analyst'"
    before = read(migrated, query)
    migrations.upgrade(unborn)
    assert before == read(unborn, query) != []
