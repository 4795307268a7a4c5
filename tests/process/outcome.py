"""What runs left behind: read through the views that analysts read, or row by row."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from invoicing.process.ledger import Run
from tests.process.warehouse import CONTRACT, LINE, Warehouse

# As Postgres gives it, and as tests write it.
Amount = Decimal | int

# What a run is for. The other tables that it writes are its ledger and its staging.
RESULTS = ("invoice", "invoice_line", "invoice_line_detail", "invoice_schedule", "milestone", "billing_exception")
DRAFTS = RESULTS[:3]
STAGING = ("run_due_line", "run_selection", "run_invoice_line")


def billed(warehouse: Warehouse, contract_id: str = CONTRACT) -> dict[date, list[str]]:
    """The transactions and milestones on the invoices of each run date; one that is on two invoices stands there twice."""
    rows = warehouse.read(
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


def totals(warehouse: Warehouse, column: str = "total_amount") -> dict[str, Amount]:
    """An amount of the only invoice of each customer."""
    rows = warehouse.read(f"SELECT customer_id, {column} AS amount FROM analytics.invoices")
    found: dict[str, Amount] = {row.customer_id: row.amount for row in rows}
    assert len(found) == len(rows), "a customer has several invoices"
    return found


def run_status(warehouse: Warehouse, run_date: date, line_id: str = LINE, contract_id: str = CONTRACT) -> str:
    """How the day ended for a line."""
    rows = warehouse.read(
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


def exceptions(warehouse: Warehouse, contract_id: str = CONTRACT) -> list[str]:
    """Codes of the open problems of a contract."""
    rows = warehouse.read(
        "SELECT code FROM analytics.billing_exceptions WHERE contract_id = :contract_id ORDER BY code",
        contract_id=contract_id,
    )
    return [row.code for row in rows]


def accounting(warehouse: Warehouse, run: Run) -> dict[str, tuple[int, Amount]]:
    """Number and amount of the actuals by what became of them."""
    rows = warehouse.read(
        "SELECT reason, transactions, amount FROM analytics.run_accounting WHERE run_id = :run_id", run_id=run.run_id
    )
    return {row.reason: (row.transactions, row.amount) for row in rows}


def dump(
    warehouse: Warehouse, tables: Collection[str] | None = None, *, without: Collection[str] = ()
) -> dict[str, list[str]]:
    """Every row of the tables (all, if none are named) as text, in a fixed order; `without` some columns."""
    if tables is None:
        query = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'invoicing' ORDER BY 1"
        tables = [row.tablename for row in warehouse.read(query)]
    rows = warehouse.read(
        " UNION ALL ".join(
            f"SELECT '{table}' AS name, CAST(to_jsonb(t) - CAST(:without AS text[]) AS text) AS content"
            f" FROM invoicing.{table} AS t"
            for table in tables
        )
        + " ORDER BY name, content",
        without=list(without),
    )
    return {table: [row.content for row in rows if row.name == table] for table in tables}


def count(warehouse: Warehouse, table: str) -> int:
    (row,) = warehouse.read(f"SELECT count(*) AS rows FROM invoicing.{table}")
    return int(row.rows)
