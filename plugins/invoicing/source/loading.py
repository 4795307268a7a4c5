"""Loading a source folder into the warehouse: checked as a whole, then taken over in one transaction, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from invoicing.source.checks import check_files
from invoicing.source.folder import find_files
from invoicing.source.problems import Problems
from invoicing.source.rules import check_invoiced, check_rules
from invoicing.source.staging import Progress, create_staging_table, silent, stage_file
from invoicing.source.tables import TABLES, Table
from invoicing.warehouse.lease import refuse_while_running
from invoicing.warehouse.statements import execute
from invoicing.warehouse.transactions import writing

# Sorts and hashes of a large load stay in memory; Postgres' default of 4 MB would send them to disk.
_WORK_MEMORY = "128MB"
# From so many rows on, statistics are renewed at once: the statements that follow, and the next run, are planned by them.
_ANALYZE_ROWS = 1_000


@dataclass(frozen=True)
class TableResult:
    """What a load did to one table: rows of the file, and those of them that were new or said something else."""

    name: str
    rows: int
    inserted: int
    changed: int


@dataclass(frozen=True)
class LoadResult:
    """What a load did: one entry per file, and how many customers' shares in billables it recorded or changed."""

    tables: tuple[TableResult, ...]
    recorded_shares: int


def load_folder(engine: sa.Engine, folder: Path, *, wait_seconds: int, progress: Progress | None = None) -> LoadResult:
    """Loads every file of a folder in the native format (data contract, section 1), all or nothing.

    An upsert by key: what is in already and says the same is not touched. Transactions and milestones that are new or
    bill otherwise are split among the customers of their line and recorded as actuals.

    Args:
        wait_seconds: how long to wait for another writer.
        progress: is told how far the load is.

    Raises:
        LoadRefusedError: the folder has problems; they are listed and nothing was loaded.
        RunHeldError: a run is in progress.
        WarehouseUnavailableError, WarehouseRefusedError: as `invoicing.warehouse.transactions.writing`.
    """
    progress = progress or silent
    problems = Problems()
    files = find_files(folder, problems)
    if not files:
        problems.refuse_if_any(str(folder))
    with writing(engine, wait_seconds) as connection:
        refuse_while_running(connection, f"loading {folder}")
        connection.execute(sa.text("SELECT set_config('work_mem', :size, true)"), {"size": _WORK_MEMORY})
        rows = _stage(connection, files, problems, progress)
        progress("checking", sum(rows.values()), None)
        _check(connection, files, problems)
        problems.refuse_if_any(str(folder))
        progress("taking over", sum(rows.values()), None)
        return _take_over(connection, rows)


def _stage(
    connection: sa.Connection, files: dict[Table, Path], problems: Problems, progress: Progress
) -> dict[Table, int]:
    """Rows of each file, now in its staging table. Tables without a file have an empty one."""
    for table in TABLES:
        create_staging_table(connection, table)
    rows = {table: stage_file(connection, table, path, problems, progress) for table, path in files.items()}
    for derived in ("contract_currencies", "line_splits"):
        execute(connection, f"source/stage_{derived}")
        _analyze(connection, f"pg_temp.{derived}")
    return rows


def _check(connection: sa.Connection, files: dict[Table, Path], problems: Problems) -> None:
    check_files(connection, files, problems)
    check_rules(connection, files, problems)
    if problems.total:
        return
    for kind in ("milestones", "transactions"):
        execute(connection, f"source/find_changed_{kind}")
        execute(connection, f"source/find_waiting_{kind}")
        _analyze(connection, f"pg_temp.changed_{kind}")
    check_invoiced(connection, files, problems)


def _take_over(connection: sa.Connection, rows: dict[Table, int]) -> LoadResult:
    tables = tuple(_merge(connection, table, count) for table, count in rows.items())
    # Not now(), when the transaction began: that may lie before the end of a run which this load had to wait for.
    recorded_at: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    shares = sum(_record_shares(connection, kind, recorded_at) for kind in ("milestone", "transaction"))
    return LoadResult(tables, shares)


def _merge(connection: sa.Connection, table: Table, rows: int) -> TableResult:
    known = _count_known(connection, table)
    written = _write(connection, f"source/merge_{table.name}", table.target)
    inserted = rows - known
    return TableResult(table.name, rows, inserted, written - inserted)


def _record_shares(connection: sa.Connection, kind: str, recorded_at: datetime) -> int:
    recorded = _write(connection, f"source/record_{kind}_shares", "actual", recorded_at=recorded_at)
    return recorded + _write(connection, f"source/cancel_{kind}_shares", "actual", recorded_at=recorded_at)


def _write(connection: sa.Connection, statement: str, target: str, **parameters: datetime) -> int:
    """Runs a statement that writes to a table, and returns how many rows it wrote."""
    written = execute(connection, statement, **parameters).rowcount
    if written >= _ANALYZE_ROWS:
        _analyze(connection, f"invoicing.{target}")
    return written


def _analyze(connection: sa.Connection, table: str) -> None:
    connection.execute(sa.text(f"ANALYZE {table}"))


def _count_known(connection: sa.Connection, table: Table) -> int:
    """How many staged rows have their key in the warehouse already."""
    staged = sa.table(table.staged, *(sa.column(name) for name in table.key), schema="pg_temp")
    target = sa.table(table.target, *(sa.column(name) for name in table.key), schema="invoicing")
    same = sa.and_(*(staged.c[name] == target.c[name] for name in table.key))
    return connection.execute(sa.select(sa.func.count()).select_from(staged.join(target, same))).scalar_one()
