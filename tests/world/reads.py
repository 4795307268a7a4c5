"""What runs and people left behind, read through the views that analysts read; or all rows that there are, as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from invoicing.ledger.runs import Run, find_attempt
from invoicing.lifecycle.invoices import as_they_stand
from invoicing.warehouse.transactions import reading
from tests.world.names import CONTRACT, LINE
from tests.world.place import Place, Readable, Warehouse
from tests.world.stored import LEDGER, LEDGER_COLUMNS

# As Postgres gives it, and as tests write it.
Amount = Decimal | int

# What a run is for.
DRAFTS = ("invoices", "invoice_lines", "invoice_line_details")
RESULTS = (*DRAFTS, "invoice_schedule", "billing_exceptions")


def billed(world: Readable, contract_id: str = CONTRACT) -> dict[date, list[str]]:
    """The transactions and milestones on the invoices of each run date; one that is on two invoices stands there twice."""
    rows = world.read(
        """
        SELECT i.run_date, coalesce(d.transaction_id, d.milestone_id) AS billed_id
        FROM analytics.invoices AS i LEFT JOIN analytics.invoice_line_details AS d USING (contract_id, invoice_id)
        WHERE i.contract_id = :contract_id
        ORDER BY i.run_date, billed_id
        """,
        contract_id=contract_id,
    )
    found: dict[date, list[str]] = {}
    for row in rows:
        found.setdefault(row.run_date, []).extend([] if row.billed_id is None else [row.billed_id])
    return found


def totals(world: Readable, column: str = "total_amount") -> dict[str, Amount]:
    """An amount of the only invoice of each customer."""
    rows = world.read(f"SELECT customer_id, {column} AS amount FROM analytics.invoices")
    found: dict[str, Amount] = {row.customer_id: row.amount for row in rows}
    assert len(found) == len(rows), "a customer has several invoices"
    return found


def run_status(world: Readable, run_date: date, line_id: str = LINE, contract_id: str = CONTRACT) -> str:
    """How the day ended for a line."""
    rows = world.read(
        """
        SELECT DISTINCT run_status FROM analytics.invoice_schedule
        WHERE (contract_id, contract_line_id, run_date) = (:contract_id, :line_id, :run_date)
        """,
        contract_id=contract_id,
        line_id=line_id,
        run_date=run_date,
    )
    (row,) = rows
    return str(row.run_status)


def exceptions(world: Readable, contract_id: str = CONTRACT) -> list[str]:
    """Codes of the open problems of a contract."""
    rows = world.read(
        "SELECT code FROM analytics.billing_exceptions WHERE contract_id = :contract_id ORDER BY code",
        contract_id=contract_id,
    )
    return [row.code for row in rows]


def accounting(world: Readable, run: Run) -> dict[str, tuple[int, Amount]]:
    """Number and amount of the actuals by what happened to them in an attempt of a run."""
    rows = world.read(
        """
        SELECT reason, transactions, amount FROM analytics.run_accounting
        WHERE (run_id, attempt) = (:run_id, :attempt)
        """,
        run_id=run.run_id,
        attempt=run.attempt,
    )
    return {row.reason: (row.transactions, row.amount) for row in rows}


def run_of(place: Place, run_key: str) -> Run:
    """The run of a key as it stands in the ledger."""
    with reading(place.engine) as connection:
        run = find_attempt(connection, run_key)
    assert run
    return run


def count(world: Readable, view: str) -> int:
    """How many rows a view has."""
    (row,) = world.read(f"SELECT count(*) AS rows FROM analytics.{view}")
    return int(row.rows)


def invoice_of(world: Readable, run_date: date, customer_id: str = "Fabrikam", contract_id: str = CONTRACT) -> UUID:
    """The only invoice of a customer on a date."""
    (row,) = world.read(
        """
        SELECT invoice_id FROM analytics.invoices
        WHERE (contract_id, customer_id, run_date) = (:contract_id, :customer_id, :run_date)
        """,
        contract_id=contract_id,
        customer_id=customer_id,
        run_date=run_date,
    )
    found: UUID = row.invoice_id
    return found


def versions(world: Warehouse) -> dict[UUID, int]:
    """The version of each invoice: which change said something new of it last."""
    ids = [row.invoice_id for row in world.read("SELECT invoice_id FROM analytics.invoices")]
    with reading(world.engine) as connection:
        return {invoice.invoice_id: invoice.version for invoice in as_they_stand(connection, ids)}


def shown(world: Readable, views: Collection[str] = RESULTS, *, moments: bool = True) -> dict[str, list[str]]:
    """Every row of views as text, in a fixed order; without `moments`, less all instants."""
    return _rows(world, "analytics", views, moments)


def dump(world: Readable, *, ledger: bool = True, moments: bool = True) -> dict[str, list[str]]:
    """Every row that the warehouse keeps, by table, as text in a fixed order.

    Without the `ledger`, what each attempt of a run leaves behind is not looked at.
    """
    tables = world.read("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'invoicing' ORDER BY 1")
    names = [row.tablename for row in tables if ledger or not LEDGER.fullmatch(row.tablename)]
    return _rows(world, "invoicing", names, moments, {} if ledger else LEDGER_COLUMNS)


def _rows(
    world: Readable,
    schema: str,
    names: Collection[str],
    moments: bool,
    less: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, list[str]]:
    instants = world.read(
        "SELECT DISTINCT column_name FROM information_schema.columns"
        " WHERE table_schema = :schema AND data_type = 'timestamp with time zone'",
        schema=schema,
    )
    without = [] if moments else [row.column_name for row in instants]
    rows = world.read(
        " UNION ALL ".join(
            f"SELECT '{name}' AS name, CAST(to_jsonb(t) - CAST(:less_{name} AS text[]) AS text) AS content"
            f" FROM (SELECT * FROM {schema}.{name} OFFSET 0) AS t"  # shards of Citus know no names of a row's columns
            for name in names
        )
        + " ORDER BY name, content",
        **{f"less_{name}": [*without, *less.get(name, ())] for name in names},
    )
    return {name: [row.content for row in rows if row.name == name] for name in names}
