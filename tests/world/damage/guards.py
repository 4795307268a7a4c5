"""How damage is done: past all guards, in a transaction of its own or in one that is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tests.world.place import Place

Target = Place | sa.Connection


@contextmanager
def _past_guards(target: Target) -> Iterator[sa.Connection]:
    if isinstance(target, sa.Connection):
        _lift(target)
        yield target
    else:
        with target.engine.begin() as connection:
            _lift(connection)
            yield connection


def _lift(connection: sa.Connection) -> None:
    # Of Citus, which tells its nodes what is set from here on; placeholders to plain Postgres.
    connection.exec_driver_sql("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
    connection.exec_driver_sql("SET LOCAL citus.propagate_set_commands = 'local'")
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def inflict(target: Target, statement: str, *, at_least: int | None = 1, **parameters: Any) -> int:
    """For the modules of `damage` alone: a statement that changes `at_least` so many rows (None: it is about no rows)."""
    with _past_guards(target) as connection:
        rows = connection.execute(sa.text(statement), parameters).rowcount
    assert at_least is None or rows >= at_least, f"changed {rows} rows: {statement}"
    return rows


def change(target: Target, table: str, condition: str, columns: Mapping[str, Any], **parameters: Any) -> None:
    """For the modules of `damage` alone: new values for the columns of the rows of `table`, called t in the condition."""
    values = ", ".join(f"{name} = :new_{name}" for name in columns)
    new = {f"new_{name}": value for name, value in columns.items()}
    inflict(target, f"UPDATE invoicing.{table} AS t SET {values} WHERE {condition}", **parameters, **new)


def empty(engine: sa.Engine) -> None:
    """Deletes every row, but the currencies that a migrated warehouse has."""
    with engine.begin() as connection:
        _lift(connection)
        tables = connection.exec_driver_sql(
            "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'invoicing' AND tablename <> 'currency'"
        )
        connection.exec_driver_sql("; ".join(f"DELETE FROM invoicing.{row.tablename}" for row in tables))
