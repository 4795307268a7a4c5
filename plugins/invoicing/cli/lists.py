"""`invoicing runs`, `invoices`, `exceptions`, `backlog`: the reports of include/sql/reports as lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import typer

from invoicing import reports
from invoicing.cli.options import AnyRunDate, Contracts, Json, Limit, Warehouse
from invoicing.cli.output import console, warn
from invoicing.cli.session import open_engine
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import reading


def runs(
    run_date: AnyRunDate = None,
    contract: Contracts = None,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists the attempts of runs, newest first; --contract: those of all contracts, or of this one."""
    _list("list_runs", run_date, contract, limit, warehouse, json)


def invoices(
    run_date: AnyRunDate = None,
    contract: Contracts = None,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists the invoices, newest first."""
    _list("list_invoices", run_date, contract, limit, warehouse, json)


def exceptions(
    run_date: AnyRunDate = None,
    contract: Contracts = None,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists the open problems of the data, errors first."""
    _list("list_exceptions", run_date, contract, limit, warehouse, json)


def backlog(
    run_date: AnyRunDate = None,
    contract: Contracts = None,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists the work not yet billed, newest first; --run-date: what that day is next to bill."""
    _list("list_backlog", run_date, contract, limit, warehouse, json)


def _list(
    name: str, run_date: datetime | None, contract: list[str] | None, limit: int, warehouse: str | None, json: bool
) -> None:
    day = run_date.date() if run_date else None
    print_list(name, limit, warehouse, json, run_date=day, contract_ids=contract or None)


def print_list(name: str, limit: int, warehouse: str | None, json: bool, **narrowed: Any) -> None:
    """Prints a list of include/sql/reports, narrowed by its parameters."""
    with reading(open_engine(read_settings(), warehouse)) as connection:
        rows = reports.read_report(connection, name, **narrowed, row_limit=limit + 1 if limit else None)
    more = bool(limit) and len(rows) > limit
    rows = rows.head(limit) if more else rows
    if json:
        typer.echo(reports.to_json(rows))
    else:
        reports.print_table(rows, reports.COLUMNS[name], console)
    if more:
        warn(f"Only the first {limit} rows; --limit 0 lists all.")
