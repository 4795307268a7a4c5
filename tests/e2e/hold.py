"""Holds a step of a run in the middle of its transaction, until the test lets it go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from tests.e2e.rest import wait_until
from tests.process.warehouse import Warehouse

_KEY = 4711

# A table that each step writes after it has written others.
MIDDLE = {
    "find_due_contract_lines": "billing_exception",
    "filter_ready_transactions": "run_invoice_line",
    "write_draft_invoices": "invoice_line_detail",
    "close_run": "invoice_schedule",
}


class Hold:
    def __init__(self, connection: sa.Connection, table: str) -> None:
        self._connection = connection
        self._table = table

    def wait_until_reached(self, steps: int = 1, seconds: float = 300) -> None:
        """Waits until a step is held, or several that run side by side."""
        query = f"SELECT count(*) FROM pg_catalog.pg_locks WHERE objid = {_KEY} AND NOT granted"
        wait_until(
            lambda: self._connection.exec_driver_sql(query).scalar_one() >= steps,
            seconds,
            f"no step came to write {self._table}",
        )


@contextmanager
def holding(warehouse: Warehouse, table: str) -> Iterator[Hold]:
    """Within the block, whoever is about to write to a table waits; afterwards everything goes on."""
    warehouse.execute(
        f"""
        CREATE OR REPLACE FUNCTION public.wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared({_KEY});
            RETURN NULL;
        END $$
        """
    )
    trigger = f"CREATE TRIGGER wait_for_the_test BEFORE INSERT OR UPDATE ON invoicing.{table}"
    warehouse.execute(f"{trigger} FOR EACH STATEMENT EXECUTE FUNCTION public.wait_for_the_test()")
    with warehouse.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_KEY})")
        yield Hold(connection, table)
