"""Staging: each file in a temporary table of its own, which the checks and the take-over work on as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import psycopg
import pyarrow as pa
import sqlalchemy as sa
from psycopg import sql
from pyarrow import csv as arrow_csv

from invoicing.source.parsing import check_batch
from invoicing.source.problems import Problems
from invoicing.source.reading import read_batches
from invoicing.source.tables import LINE, TABLES, Table
from invoicing.warehouse.locks import SLOTS
from invoicing.warehouse.statements import Statement, execute

DERIVE_CONTRACT_CURRENCIES = Statement("source/staging/derive_contract_currencies")
DERIVE_LINE_SPLITS = Statement("source/staging/derive_line_splits")
SUM_CHANGES = Statement("source/staging/sum_changes")

_OF_CONTRACTS = [table for table in TABLES if "contract_id" in table.column_names]
_WITHOUT_HEADER = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")


class Progress(Protocol):
    """Told how far a load is: `what` it works on, `rows` done, `fraction` of it from 0 to 1 (None: not known)."""

    def __call__(self, what: str, rows: int, fraction: float | None) -> None: ...


def silent(what: str, rows: int, fraction: float | None) -> None:
    """The `Progress` of a load that nobody watches."""


def create_staging_table(connection: sa.Connection, table: Table) -> None:
    """An empty temporary table with the columns of a source table, all nullable, and `line`. It goes at the commit."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.kind.sql_type)) for column in table.columns
    )
    driver_of(connection).execute(
        sql.SQL("CREATE TEMPORARY TABLE {} ({} bigint NOT NULL, {}) ON COMMIT DROP").format(
            sql.Identifier(table.staged), sql.Identifier(LINE), columns
        )
    )


def stage_file(connection: sa.Connection, table: Table, path: Path, problems: Problems, progress: Progress) -> int:
    """Checks a file batch by batch, copies it into its staging table and returns how many rows it has."""
    rows = 0
    with driver_of(connection).cursor() as cursor:
        for batch in read_batches(path, table, problems):
            checked = check_batch(batch, path.name, table, problems)
            _copy(cursor, table, checked)
            rows += checked.num_rows
            progress(path.name, rows, batch.fraction)
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.staged)))
    return rows


def _copy(cursor: psycopg.Cursor[Any], table: Table, batch: Any) -> None:
    """One COPY a batch. Arrow writes the CSV, so that no value becomes a Python object."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table.staged), sql.SQL(", ").join(map(sql.Identifier, batch.schema.names))
    )
    text = pa.BufferOutputStream()
    arrow_csv.write_csv(batch, text, _WITHOUT_HEADER)
    with cursor.copy(statement) as copy:
        copy.write(memoryview(text.getvalue()))


def derive(connection: sa.Connection) -> None:
    """What the warehouse will say of contracts and splits once the files are taken over; asked again, as it stands by then."""
    for statement, name in ((DERIVE_CONTRACT_CURRENCIES, "contract_currencies"), (DERIVE_LINE_SPLITS, "line_splits")):
        connection.execute(sa.text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
        execute(connection, statement)
        analyze(connection, f"pg_temp.{name}")


def slots_of(connection: sa.Connection) -> list[int]:
    """The slots of the contracts in the files. A contract that is new has none in the warehouse, so they are computed here, as in
    invoicing.project_contract.
    """
    staged = (sa.table(table.staged, sa.column("contract_id"), schema="pg_temp") for table in _OF_CONTRACTS)
    named = sa.union(
        *(sa.select(table.c.contract_id).where(table.c.contract_id.is_not(None)) for table in staged)
    ).subquery()
    slot = sa.func.abs(sa.func.mod(sa.func.hashtextextended(named.c.contract_id, 0), SLOTS))
    return list(connection.scalars(sa.select(slot).distinct()))


def sum_changes(connection: sa.Connection, slots: list[int]) -> tuple[int, int]:
    """How the contracts of slots are now, to be compared with how they are later."""
    row = execute(connection, SUM_CHANGES, slots=slots).one()
    return row.contracts, row.changes


def analyze(connection: sa.Connection, table: str) -> None:
    """Renews the statistics of a table: plans go by them."""
    connection.execute(sa.text(f"ANALYZE {table}"))


def driver_of(connection: sa.Connection) -> psycopg.Connection[Any]:
    """The driver's own connection, for what SQLAlchemy has no words for."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
