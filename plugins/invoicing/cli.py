"""The console script `invoicing`: everything that the DAGs do, without Airflow, through the very same functions.

Exit status: 0 done; 1 refused or failed, with the reason on standard error; 2 wrong usage.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import pendulum
import sqlalchemy as sa
import typer

from invoicing import reports
from invoicing.errors import AccountingError, InvoicingError
from invoicing.process.day import Day, preview_day, run_day
from invoicing.process.due_lines import refuse_future
from invoicing.process.explain import explain_transaction
from invoicing.process.verify import verify as verify_warehouse
from invoicing.settings import Settings, read_settings
from invoicing.source.loading import load_folder
from invoicing.source.progress import progress_bar
from invoicing.warehouse import embedded, migrations
from invoicing.warehouse.connection import create_engine, warehouse_url
from invoicing.warehouse.transactions import reading

app = typer.Typer(help="Batch invoicing of project contracts.", no_args_is_help=True, pretty_exceptions_enable=False)
db = typer.Typer(help="The schema of the warehouse, and the embedded warehouse.", no_args_is_help=True)
app.add_typer(db, name="db")

console = reports.wide_enough()
errors = reports.wide_enough(stderr=True)

Warehouse = Annotated[
    str | None,
    typer.Option("--warehouse", metavar="URL", help="The warehouse; default: the environment, else embedded."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
RunDate = Annotated[datetime, typer.Option("--run-date", formats=["%Y-%m-%d"], help="The day.")]
AnyRunDate = Annotated[datetime | None, typer.Option("--run-date", formats=["%Y-%m-%d"], help="Only this day.")]
Contracts = Annotated[
    list[str] | None, typer.Option("--contract", metavar="ID", help="Only this contract; may be repeated.")
]
Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many rows; 0: all.")]


# Named before the command, for all of them; an option of the command itself goes before it.
_warehouse: ContextVar[str | None] = ContextVar("warehouse", default=None)


@app.callback()
def _options(warehouse: Warehouse = None) -> None:
    _warehouse.set(warehouse)


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except InvoicingError as error:
        errors.print(str(error), markup=False)
        sys.exit(1)


def _url(settings: Settings, url: str | None) -> sa.URL:
    return warehouse_url(settings, url or _warehouse.get())


def _engine(settings: Settings, url: str | None) -> sa.Engine:
    engine = create_engine(_url(settings, url))
    migrations.check(engine)
    return engine


@db.command("upgrade")
def db_upgrade(warehouse: Warehouse = None, json: Json = False) -> None:
    """Creates or migrates the schema."""
    settings = read_settings()
    revision = migrations.upgrade(create_engine(_url(settings, warehouse)), settings.wait_seconds)
    _say({"revision": revision}, f"The warehouse has schema {revision}.", json)


@db.command("check")
def db_check(warehouse: Warehouse = None, json: Json = False) -> None:
    """Says whether the schema is current."""
    revision = migrations.check(create_engine(_url(read_settings(), warehouse)))
    _say({"revision": revision}, f"The warehouse has schema {revision}, which is current.", json)


@db.command("url")
def db_url(warehouse: Warehouse = None) -> None:
    """Prints where the warehouse is, without its password; starts the embedded one."""
    typer.echo(_url(read_settings(), warehouse).set(drivername="postgresql").render_as_string(hide_password=True))


@db.command("stop")
def db_stop() -> None:
    """Stops the embedded warehouse."""
    typer.echo("The embedded warehouse has stopped." if embedded.stop(read_settings()) else "It was not running.")


@db.command("remove")
def db_remove(
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask.", prompt="Delete the embedded warehouse and all its data?")
    ],
) -> None:
    """Deletes the embedded warehouse with all its data."""
    if yes:
        typer.echo(f"{embedded.remove(read_settings())} is gone.")


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with one CSV or Parquet file per table.")],
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Loads a folder in the native format, all or nothing."""
    settings = read_settings()
    engine = _engine(settings, warehouse)
    with progress_bar(errors) as progress:
        result = load_folder(engine, folder, wait_seconds=settings.wait_seconds, progress=progress)
    if json:
        typer.echo(reports.to_json(result))
    else:
        for table in result.tables:
            console.print(
                f"{table.name}: {table.rows:,} rows, {table.inserted:,} new, {table.changed:,} changed", highlight=False
            )


@app.command()
def run(
    run_date: RunDate,
    contract: Contracts = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would write, and write nothing.")] = False,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Runs the Process of one day."""
    settings = read_settings()
    engine = _engine(settings, warehouse)
    day = run_date.date()
    if preview:
        done = preview_day(engine, day, settings=settings, contract_ids=contract)
    else:
        refuse_future(day, pendulum.now(settings.timezone).date())
        done = run_day(engine, day, run_key=f"cli/{day}/{uuid4()}", settings=settings, contract_ids=contract)
    if json:
        typer.echo(reports.to_json({"preview": preview, **vars(done)}))
    else:
        _print_day(done, preview)


def _print_day(day: Day, preview: bool) -> None:
    did = "would write" if preview else "wrote"
    if day.run.skipped_reason:
        console.print(f"{day.run.run_date}: no invoice, {day.run.skipped_reason}.")
    else:
        reports.print_table(day.invoices, reports.COLUMNS["list_invoices"], console)
        console.print(
            f"{day.run.run_date}: {did} {_count(day.run.invoices, 'invoice')} with {_count(day.run.details, 'detail')}.",
            highlight=False,
        )
    for problem in day.quarantined:
        console.print(f"Quarantined: contract {problem.contract_id}, {problem.code}: {problem.message}", markup=False)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@app.command()
def runs(run_date: AnyRunDate = None, limit: Limit = 100, warehouse: Warehouse = None, json: Json = False) -> None:
    """Lists the runs, newest first."""
    _list("list_runs", run_date, None, limit, warehouse, json)


@app.command()
def invoices(
    run_date: AnyRunDate = None,
    contract: Contracts = None,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists the invoices, newest first."""
    _list("list_invoices", run_date, contract, limit, warehouse, json)


@app.command()
def exceptions(
    run_date: AnyRunDate = None,
    contract: Contracts = None,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists the open problems of the data, errors first."""
    _list("list_exceptions", run_date, contract, limit, warehouse, json)


@app.command()
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
    with reading(_engine(read_settings(), warehouse)) as connection:
        rows = reports.read_report(
            connection,
            name,
            run_date=run_date.date() if run_date else None,
            contract_ids=contract or None,
            row_limit=limit + 1 if limit else None,
        )
    more = bool(limit) and len(rows) > limit
    rows = rows.head(limit) if more else rows
    if json:
        typer.echo(reports.to_json(rows))
    else:
        reports.print_table(rows, reports.COLUMNS[name], console)
    if more:
        errors.print(f"Only the first {limit} rows; --limit 0 lists all.")


@app.command()
def explain(
    transaction: Annotated[str, typer.Argument(help="Id of the transaction.")],
    run_date: RunDate,
    contract: Annotated[str | None, typer.Option("--contract", metavar="ID", help="Its contract.")] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Why a transaction was, or was not, invoiced on a run date."""
    settings = read_settings()
    with reading(_engine(settings, warehouse)) as connection:
        found = explain_transaction(connection, transaction, run_date.date(), settings=settings, contract_id=contract)
    if json:
        typer.echo(reports.to_json(found))
        return
    for share in found:
        console.print(str(share), markup=False)


@app.command()
def verify(run_date: AnyRunDate = None, warehouse: Warehouse = None, json: Json = False) -> None:
    """Recomputes what must hold, and fails when something does not."""
    with reading(_engine(read_settings(), warehouse)) as connection:
        differences = verify_warehouse(connection, run_date.date() if run_date else None)
    if json:
        typer.echo(reports.to_json({"differences": differences}))
    if differences:
        more = f" (and {len(differences) - 1} more differences)" if len(differences) > 1 else ""
        raise AccountingError(f"{differences[0]}{more}")
    if not json:
        typer.echo("Everything adds up.")


def _say(value: dict[str, Any], sentence: str, json: bool) -> None:
    typer.echo(reports.to_json(value) if json else sentence)


if __name__ == "__main__":
    main()
