"""Loading a source folder into the warehouse: checked as a whole, then taken over in one transaction, or not at all.

Reading and checking, which take the most time, lock nothing. Before the first row is written, the load takes the slots of its
contracts, and checks again where somebody has changed any of them meanwhile.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from invoicing.ledger.changes import Request, open_change, touch_slots
from invoicing.limits.evaluation import evaluate_loaded
from invoicing.source.checks import check_files, check_money
from invoicing.source.folder import find_files
from invoicing.source.merging import (
    Changes,
    count_changes,
    create_changes_table,
    find_changed_contracts,
    find_changes,
    merge,
)
from invoicing.source.problems import Problems
from invoicing.source.rules import check_rules
from invoicing.source.schedule_rows import SCHEDULES, find_changed_rows, follow_milestones, make_due_again, merge_rows
from invoicing.source.shares import find_changed_sources, record_shares
from invoicing.source.staging import Progress, create_staging_table, derive, silent, slots_of, stage_file, sum_changes
from invoicing.source.tables import TABLES, TABLES_BY_NAME, Table
from invoicing.warehouse.locks import lock_request, lock_slots
from invoicing.warehouse.transactions import writing

# Their shares are found from what changed of both, whether the folder has both files or not.
_BILLED = (TABLES_BY_NAME["milestones"], TABLES_BY_NAME["transactions"])


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


def load_folder(
    engine: sa.Engine, folder: Path, *, wait_seconds: int, by: str = "load", progress: Progress | None = None
) -> LoadResult:
    """Loads every file of a folder in the native format (data contract, section 1), all or nothing.

    An upsert by key: what is in already and says the same is not touched. Transactions and milestones that are new or
    bill otherwise are split among the customers of their line and recorded as billables.

    Args:
        wait_seconds: how long to wait for anyone who works on the same contracts.
        by: on whose behalf.
        progress: is told how far the load is.

    Raises:
        LoadRefusedError: the folder has problems; they are listed and nothing was loaded.
        WarehouseUnavailableError, WarehouseRefusedError: as `invoicing.warehouse.transactions.writing`.
    """
    with writing(engine, wait_seconds) as connection:
        return load_into(connection, folder, request=Request(by, f"load/{uuid4()}"), progress=progress or silent)


def load_into(connection: sa.Connection, folder: Path, *, request: Request, progress: Progress = silent) -> LoadResult:
    """As `load_folder`, in the transaction of the caller: what it found under the locks of its slots still holds when this is in."""
    problems = Problems()
    files = find_files(folder, problems)
    if not files:
        problems.refuse_if_any(str(folder))
    rows = _stage(connection, files, problems, progress)
    progress("checking", sum(rows.values()), None)
    slots = slots_of(connection)
    contracts_at = sum_changes(connection, slots)
    check_files(connection, files, problems)
    _check_contracts(connection, files, problems)
    problems.refuse_if_any(str(folder))
    lock_request(connection, request.key)
    lock_slots(connection, slots)
    if sum_changes(connection, slots) != contracts_at:
        _check_contracts(connection, files, problems)
        problems.refuse_if_any(str(folder))
    changes = _find_changes(connection, files)
    progress("taking over", sum(rows.values()), None)
    recorded = _take_over(connection, changes, request, slots)
    tables = (TableResult(table.name, rows[table], *astuple(changes[table])) for table in files)
    return LoadResult(tuple(tables), recorded)


def _stage(
    connection: sa.Connection, files: dict[Table, Path], problems: Problems, progress: Progress
) -> dict[Table, int]:
    """Rows of each file, now in its staging table. Tables without a file have an empty one."""
    for table in TABLES:
        create_staging_table(connection, table)
    return {table: stage_file(connection, table, path, problems, progress) for table, path in files.items()}


def _check_contracts(connection: sa.Connection, files: dict[Table, Path], problems: Problems) -> None:
    """What depends on contracts as they are, which others may change until this load has their slots."""
    derive(connection)
    check_money(connection, files, problems)
    check_rules(connection, files, problems)


def _find_changes(connection: sa.Connection, files: dict[Table, Path]) -> dict[Table, Changes]:
    """What of each file is not in the warehouse yet."""
    for table in dict.fromkeys((*files, *_BILLED)):
        if table is SCHEDULES:
            find_changed_rows(connection)
        else:
            create_changes_table(connection, table)
            find_changes(connection, table)
    return {table: count_changes(connection, table) for table in files}


def _take_over(connection: sa.Connection, changes: dict[Table, Changes], request: Request, slots: list[int]) -> int:
    """Writes what differs, parents first, and returns how many shares that changed."""
    if not any(found.rows for found in changes.values()):
        return 0
    change = open_change(connection, request, "load")
    sources = find_changed_sources(connection)
    for table, found in changes.items():
        if table is SCHEDULES:
            merge_rows(connection)
        elif found.rows:
            merge(connection, table, found.rows)
    touch_slots(connection, change, slots)
    recorded = record_shares(connection, change.change_id) if sources else 0
    evaluate_loaded(connection, find_changed_contracts(connection, changes), change.change_id, has_shares=sources > 0)
    if sources:
        follow_milestones(connection)
        make_due_again(connection, change.change_id)
    return recorded
