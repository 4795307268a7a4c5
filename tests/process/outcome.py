"""Rows of private tables, for the tests that still look at them."""

from __future__ import annotations

from collections.abc import Collection

from tests.process.warehouse import Warehouse
from tests.world.reads import Amount, accounting, billed, exceptions, run_status, totals

__all__ = ["Amount", "accounting", "billed", "exceptions", "run_status", "totals"]

# What a run is for. The other tables that it writes are its ledger and its staging.
RESULTS = ("invoice", "invoice_line", "invoice_line_detail", "invoice_schedule", "milestone", "billing_exception")
DRAFTS = RESULTS[:3]
STAGING = ("run_due_line", "run_selection", "run_invoice_line")


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
