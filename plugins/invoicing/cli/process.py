"""`invoicing run`, `explain`, `verify`: the daily Process, and what happened to it."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import pendulum
import typer

from invoicing import reports
from invoicing.audit.explain import explain_transaction
from invoicing.audit.verify import verify as verify_warehouse
from invoicing.cli.options import AnyRunDate, Contracts, Json, RunDate, Warehouse
from invoicing.cli.output import console, count, tell
from invoicing.cli.session import open_engine
from invoicing.errors import AccountingError
from invoicing.process.day import Day, preview_day, run_day
from invoicing.process.due_lines import refuse_future
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import reading


def run(
    run_date: RunDate,
    contract: Contracts = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would write, and write nothing.")] = False,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Runs the Process of one day."""
    settings = read_settings()
    engine = open_engine(settings, warehouse)
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
    if day.run.skipped_reason:
        tell(f"{day.run.run_date}: no invoice, {day.run.skipped_reason}.")
    else:
        reports.print_table(day.invoices, reports.COLUMNS["list_invoices"], console)
        tell(f"{day.run.run_date}: {_outcome(day, preview)}.")
    for draft in day.kept_drafts:
        tell(f"Kept: {draft}")
    for problem in day.quarantined:
        tell(f"Quarantined: contract {problem.contract_id}, {problem.code}: {problem.message}")


def _outcome(day: Day, preview: bool) -> str:
    invoices, details = count(day.figures.invoices, "invoice"), count(day.figures.details, "detail")
    if preview:
        return f"would leave {invoices} with {details}"
    if day.figures.invoices_written == day.figures.invoices:
        return f"wrote {invoices} with {details}"
    return f"{invoices} ({day.figures.invoices_written:,} written or changed now) with {details}"


def explain(
    transaction: Annotated[str, typer.Argument(help="Id of the transaction.")],
    run_date: RunDate,
    contract: Annotated[str | None, typer.Option("--contract", metavar="ID", help="Its contract.")] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Why a transaction was, or was not, invoiced on a run date."""
    settings = read_settings()
    with reading(open_engine(settings, warehouse)) as connection:
        found = explain_transaction(connection, transaction, run_date.date(), settings=settings, contract_id=contract)
    if json:
        typer.echo(reports.to_json(found))
        return
    for share in found:
        tell(str(share))


def verify(run_date: AnyRunDate = None, warehouse: Warehouse = None, json: Json = False) -> None:
    """Recomputes what must hold, and fails when something does not."""
    with reading(open_engine(read_settings(), warehouse)) as connection:
        differences = verify_warehouse(connection, run_date.date() if run_date else None)
    if json:
        typer.echo(reports.to_json({"differences": differences}))
    if differences:
        more = f" (and {len(differences) - 1} more differences)" if len(differences) > 1 else ""
        raise AccountingError(f"{differences[0]}{more}")
    if not json:
        typer.echo("Everything adds up.")
