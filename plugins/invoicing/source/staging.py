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
from invoicing.source.tables import LINE, Table

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
    _driver(connection).execute(
        sql.SQL("CREATE TEMPORARY TABLE {} ({} bigint NOT NULL, {}) ON COMMIT DROP").format(
            sql.Identifier(table.staged), sql.Identifier(LINE), columns
        )
    )


def stage_file(connection: sa.Connection, table: Table, path: Path, problems: Problems, progress: Progress) -> int:
    """Checks a file batch by batch, copies it into its staging table and returns how many rows it has."""
    rows = 0
    with _driver(connection).cursor() as cursor:
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


def _driver(connection: sa.Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
