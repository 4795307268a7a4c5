"""What goes wrong in a warehouse, done past all its guards. No other module of the tests names private tables and columns.

Each function is named by what goes wrong and speaks of what analysts know: transactions, customers, run dates. It changes
something, or fails. Given a connection instead of a world, it works in that transaction, which may be rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from tests.world.names import CONTRACT, LINE
from tests.world.place import Place

Target = Place | sa.Connection


@contextmanager
def _past_guards(target: Target) -> Iterator[sa.Connection]:
    if isinstance(target, sa.Connection):
        target.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield target
    else:
        with target.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection


def inflict(target: Target, statement: str, *, at_least: int | None = 1, **parameters: Any) -> None:
    """For the modules of `damage` alone: a statement that changes `at_least` so many rows; None: it changes no rows at all."""
    with _past_guards(target) as connection:
        rows = connection.execute(sa.text(statement), parameters).rowcount
    assert at_least is None or rows >= at_least, f"changed {rows} rows: {statement}"


def change(target: Target, table: str, condition: str, columns: Mapping[str, Any], **parameters: Any) -> None:
    """For the modules of `damage` alone: new values for the columns of the rows of `table`, called t in the condition."""
    values = ", ".join(f"{name} = :new_{name}" for name in columns)
    new = {f"new_{name}": value for name, value in columns.items()}
    inflict(target, f"UPDATE invoicing.{table} AS t SET {values} WHERE {condition}", **parameters, **new)


def empty(engine: sa.Engine) -> None:
    """Deletes every row, but the currencies that a migrated warehouse has."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        tables = connection.exec_driver_sql(
            "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'invoicing' AND tablename <> 'currency'"
        )
        connection.exec_driver_sql("; ".join(f"DELETE FROM invoicing.{row.tablename}" for row in tables))


# A source that changes its mind


def source_changes(target: Target, transaction_id: str, contract_id: str = CONTRACT, **columns: Any) -> None:
    """A transaction that one customer pays is delivered with other values, though it is on a draft, where a load refuses it."""
    for table, shares in (("transaction", ""), ("actual", " AND t.kind = 'unbilled_sales' AND t.posting IS NULL")):
        change(
            target,
            table,
            "(t.contract_id, t.transaction_id) = (:contract_id, :transaction_id)" + shares,
            columns,
            contract_id=contract_id,
            transaction_id=transaction_id,
        )


def change_contract_line(target: Target, line_id: str = LINE, contract_id: str = CONTRACT, **columns: Any) -> None:
    """A line reads otherwise, though a load refuses that."""
    change(
        target,
        "contract_line",
        "(t.contract_id, t.contract_line_id) = (:contract_id, :line_id)",
        columns,
        contract_id=contract_id,
        line_id=line_id,
    )


# Contract lines that cannot be invoiced


def break_split(target: Target, line_id: str = LINE, contract_id: str = CONTRACT) -> None:
    """The percents of a line do not come to 100 any more."""
    inflict(
        target,
        """
        UPDATE invoicing.contract_line_customer SET split_percent = split_percent - 1
        WHERE (contract_id, contract_line_id) = (:contract_id, :line_id) AND is_rounding_customer
        """,
        contract_id=contract_id,
        line_id=line_id,
    )


def remove_rounding_customer(target: Target, line_id: str = LINE, contract_id: str = CONTRACT) -> None:
    """Nobody takes what rounding leaves."""
    inflict(
        target,
        """
        UPDATE invoicing.contract_line_customer SET is_rounding_customer = false
        WHERE (contract_id, contract_line_id) = (:contract_id, :line_id) AND is_rounding_customer
        """,
        contract_id=contract_id,
        line_id=line_id,
    )


def remove_line_customers(target: Target, line_id: str = LINE, contract_id: str = CONTRACT) -> None:
    """A line that had customers has none."""
    inflict(
        target,
        """
        DELETE FROM invoicing.contract_line_customer
        WHERE (contract_id, contract_line_id) = (:contract_id, :line_id)
        """,
        contract_id=contract_id,
        line_id=line_id,
    )


# Rows that are due


def set_run_status(
    target: Target, status: str, run_date: date, line_id: str = LINE, contract_id: str = CONTRACT
) -> None:
    """A schedule row, or the milestones of that date, read as if they had run otherwise than they did."""
    done = 0
    with _past_guards(target) as connection:
        for table, day in (("invoice_schedule", "run_date"), ("milestone", "milestone_date")):
            done += connection.execute(
                sa.text(
                    f"""
                    UPDATE invoicing.{table} SET run_status = CAST(:status AS invoicing.run_status)
                    WHERE (contract_id, contract_line_id, {day}) = (:contract_id, :line_id, :run_date)
                    """
                ),
                {"status": status, "contract_id": contract_id, "line_id": line_id, "run_date": run_date},
            ).rowcount
    assert done, f"no row of {line_id} on {run_date}"
