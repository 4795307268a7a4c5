"""Taking over one table, derived from its description: what of the file is not in the warehouse yet, and writing that.

Only what differs is written, so that a load of what is known costs reading alone and locks no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import insert

from invoicing.source.staging import analyze, driver_of
from invoicing.source.tables import Column, Table

# From so many rows on, statistics are renewed at once: the statements that follow, and the next run, are planned by them.
_ANALYZE_ROWS = 1_000


@dataclass(frozen=True)
class Changes:
    """Rows of a file that the warehouse does not have, or has otherwise."""

    inserted: int
    changed: int

    @property
    def rows(self) -> int:
        return self.inserted + self.changed


def create_changes_table(connection: sa.Connection, table: Table) -> None:
    """An empty temporary table for the rows of a file that differ. It goes at the commit."""
    driver_of(connection).execute(
        sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {}, is_new boolean NOT NULL) ON COMMIT DROP").format(
            sql.Identifier(table.changed), sql.Identifier(table.staged)
        )
    )


def find_changes(connection: sa.Connection, table: Table) -> None:
    """Fills the table of what differs: the rows as the warehouse will have them, with the line they stand on."""
    names = table.column_names
    delivered = _delivered(table)
    known = sa.table(table.target, *map(sa.column, names), schema="invoicing").alias("known")
    is_new = known.c[table.key[0]].is_(None)
    others = [name for name in names if name not in table.key]
    differs = sa.tuple_(*(delivered.c[name] for name in others)).is_distinct_from(
        sa.tuple_(*(known.c[name] for name in others))
    )
    rows = (
        sa.select(*delivered.c, is_new.label("is_new"))
        .outerjoin(known, sa.and_(*(delivered.c[name] == known.c[name] for name in table.key)))
        .where(sa.or_(is_new, differs))
    )
    connection.execute(sa.insert(_changed(table)).from_select([*delivered.c.keys(), "is_new"], rows))
    analyze(connection, f"pg_temp.{table.changed}")


def count_changes(connection: sa.Connection, table: Table) -> Changes:
    """How many rows differ."""
    is_new = _changed(table).c.is_new
    counted = sa.select(sa.func.count().filter(is_new), sa.func.count().filter(sa.not_(is_new)))
    inserted, changed = connection.execute(counted).one()
    return Changes(inserted, changed)


def find_changed_contracts(connection: sa.Connection, changes: Mapping[Table, Changes]) -> list[str]:
    """The contracts that were known before, and of which a row of a table that decides about limits differs."""
    tables = {table: _changed(table) for table, found in changes.items() if table.decides_limits and found.rows}
    if not tables:
        return []
    differing = sa.union(*(sa.select(changed.c.contract_id) for changed in tables.values()))
    new = (
        sa.select(changed.c.contract_id).where(changed.c.is_new)
        for table, changed in tables.items()
        if table.key == ("contract_id",)
    )
    return list(connection.scalars(sa.except_(differing, *new)))


def merge(connection: sa.Connection, table: Table, rows: int) -> None:
    """Writes the `rows` that differ, in the order of the key."""
    names = table.column_names
    changed = _changed(table)
    target = sa.table(table.target, *map(sa.column, names), schema="invoicing")
    ordered = sa.select(*(changed.c[name] for name in names)).order_by(*(changed.c[name] for name in table.key))
    writing = insert(target).from_select(names, ordered)
    connection.execute(
        writing.on_conflict_do_update(
            index_elements=table.key,
            set_={name: writing.excluded[name] for name in names if name not in table.key},
        )
    )
    analyze_if_many(connection, table.target, rows)


def analyze_if_many(connection: sa.Connection, target: str, written: int) -> None:
    """Renews the statistics of a table of the warehouse that got many rows."""
    if written >= _ANALYZE_ROWS:
        analyze(connection, f"invoicing.{target}")


def _delivered(table: Table) -> sa.Subquery:
    """The staged rows with what an empty field means filled in, and money in the decimals of its currency."""
    staged = sa.table(table.staged, *map(sa.column, ("file_line", *table.column_names)), schema="pg_temp").alias(
        "staged"
    )
    contract = sa.table("contract_currencies", sa.column("contract_id"), sa.column("decimals"), schema="pg_temp").alias(
        "contract"
    )

    def value(column: Column) -> sa.ColumnElement[Any]:
        found: sa.ColumnElement[Any] = staged.c[column.name]
        if column.default is not None:
            found = sa.func.coalesce(found, sa.literal_column(column.default))
        if column.money:
            found = sa.func.rules.rounded(found, contract.c.decimals)
        return found.label(column.name)

    rows = sa.select(staged.c.file_line, *map(value, table.columns))
    if any(column.money for column in table.columns):
        rows = rows.join(contract, staged.c.contract_id == contract.c.contract_id)
    return rows.subquery("delivered")


def _changed(table: Table) -> sa.TableClause:
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in table.column_names]
    return sa.table(table.changed, sa.column("file_line"), *columns, sa.column("is_new"), schema="pg_temp")
