"""Checks that every table needs, derived from its description: keys, references, decimals of money.

They are set-based on the staging tables and the warehouse. `invoicing.source.rules` has those of single tables.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from invoicing.source.problems import MAX_LISTED, Problems, shown
from invoicing.source.tables import LINE, TABLES_BY_NAME, Reference, Table

_TOTAL = "problems"


def check_files(connection: sa.Connection, files: dict[Table, Path], problems: Problems) -> None:
    """Adds what is wrong with keys and references of the staged files. Nothing that refers goes astray later: no row is removed."""
    for table, path in files.items():
        _check_keys(connection, table, path.name, problems)
        for reference in table.references:
            if reference.table not in problems.incomplete:
                _check_reference(connection, table, reference, path.name, problems)


def check_money(connection: sa.Connection, files: dict[Table, Path], problems: Problems) -> None:
    """Adds amounts with more decimals than their currency has."""
    for table, path in files.items():
        for column in table.columns:
            if column.money:
                _check_decimals(connection, table, column.name, path.name, problems)


def _check_keys(connection: sa.Connection, table: Table, file: str, problems: Problems) -> None:
    staged = _staged(table)
    keys = [staged.c[name] for name in table.key]
    doubled = (
        sa.select(*keys, sa.func.min(staged.c[LINE]).label("first_line"))
        .where(*(key.is_not(None) for key in keys))
        .group_by(*keys)
        .having(sa.func.count() > 1)
        .subquery()
    )
    query = sa.select(staged.c[LINE], doubled).join(doubled, sa.and_(*(key == doubled.c[key.name] for key in keys)))
    for row in _found(connection, query.where(staged.c[LINE] > doubled.c.first_line), staged, problems):
        reason = f"{named(row, table.key)} stands on line {row['first_line']} already; keep one of the two"
        problems.add(file, row[LINE], table.key[-1], reason)


def _check_reference(
    connection: sa.Connection, table: Table, reference: Reference, file: str, problems: Problems
) -> None:
    parent = TABLES_BY_NAME[reference.table]
    staged = _staged(table)
    columns = [staged.c[name] for name in reference.columns]
    known = sa.union(
        sa.select(*(sa.column(name) for name in parent.key)).select_from(sa.table(parent.target, schema="invoicing")),
        sa.select(*(sa.column(name) for name in parent.key)).select_from(_staged(parent)),
    ).subquery("known")
    pairs = list(zip(columns, (known.c[name] for name in parent.key), strict=True))
    query = (
        sa.select(staged.c[LINE], *columns)
        .outerjoin(known, sa.and_(*(column == key for column, key in pairs)))
        .where(known.c[parent.key[0]].is_(None), *(column.is_not(None) for column in columns))
    )
    if reference.if_kept:
        query = query.where(sa.exists(sa.select(sa.literal(1)).select_from(known.alias())))
    for row in _found(connection, query, staged, problems):
        reason = (
            f"no {parent.noun} has {named(row, reference.columns)}, neither in {parent.name} nor in the warehouse;"
            " add it there, or correct the id"
        )
        problems.add(file, row[LINE], reference.columns[-1], reason)


def _check_decimals(connection: sa.Connection, table: Table, column: str, file: str, problems: Problems) -> None:
    staged = _staged(table)
    contract = sa.table(
        "contract_currencies", sa.column("contract_id"), sa.column("currency"), sa.column("decimals"), schema="pg_temp"
    )
    value = staged.c[column]
    query = (
        sa.select(staged.c[LINE], value.label("value"), contract.c.currency, contract.c.decimals)
        .join(contract, staged.c.contract_id == contract.c.contract_id)
        .where(value != sa.func.round(value, contract.c.decimals))
    )
    for row in _found(connection, query, staged, problems):
        number, currency, decimals = plain(row["value"]), row["currency"], row["decimals"]
        reason = f"{shown(number)} has more decimals than {currency}, which has {decimals}; round it"
        problems.add(file, row[LINE], column, reason)


def _found(connection: sa.Connection, query: sa.Select[Any], staged: sa.TableClause, problems: Problems) -> list[Any]:
    """The first rows that a query finds, by their lines; the others are counted."""
    listed = query.add_columns(sa.func.count().over().label(_TOTAL)).order_by(staged.c[LINE]).limit(MAX_LISTED)
    return counted(connection.execute(listed), problems)


def counted(result: sa.CursorResult[Any], problems: Problems) -> list[Any]:
    """The rows of a check; its column `problems` says how many there are, also beyond those that it returns."""
    rows = list(result.mappings())
    if rows:
        problems.add_unlisted(rows[0][_TOTAL] - len(rows))
    return rows


def _staged(table: Table) -> sa.TableClause:
    return sa.table(table.staged, *(sa.column(name) for name in (LINE, *table.column_names)), schema="pg_temp")


def named(row: Any, columns: tuple[str, ...]) -> str:
    """Columns of a row with their values, as a message names it."""
    return ", ".join(f"{name} {shown(row[name])}" for name in columns)


def plain(number: Decimal) -> str:
    """A number without exponent and needless zeros."""
    return format(number.normalize(), "f")
