"""`invoicing create`, `confirm`, `pay`, `correct`: what is done to many invoices at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

import pandas as pd
import pendulum
import typer

from invoicing import reports
from invoicing.cli.options import (
    AnyRunDate,
    Contracts,
    Invoice,
    Invoices,
    Json,
    Milestones,
    Transactions,
    Until,
    Warehouse,
)
from invoicing.cli.output import console, count, tell
from invoicing.cli.session import new_request, open_engine
from invoicing.errors import ApprovalNeededError, ItemsRefusedError, OptionsError
from invoicing.lifecycle.approval import find_approval, needed
from invoicing.lifecycle.choice import Choice, choose_alone
from invoicing.lifecycle.confirmation import confirm_invoices
from invoicing.lifecycle.correction import correct_invoices
from invoicing.lifecycle.creation import create_invoices
from invoicing.lifecycle.invoices import Handled, Refused, find_invoices
from invoicing.lifecycle.payment import pay_invoices
from invoicing.settings import Settings, read_settings
from invoicing.warehouse.transactions import writing

_MOST_NAMED = 20


def create(
    contract: Annotated[list[str], typer.Option("--contract", metavar="ID", help="This contract; may be repeated.")],
    until: Until = None,
    transaction: Transactions = None,
    milestone: Milestones = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Creates invoices by hand, of everything that is ready and dated up to today, up to --until, or of exactly what is named."""
    settings = read_settings()
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        done = create_invoices(
            connection,
            contract,
            today=_today(settings),
            settings=settings,
            request=new_request("create"),
            until=until.date() if until else None,
            transaction_ids=transaction or None,
            milestone_ids=milestone or None,
        )
    _print(done, "created", json)


def confirm(
    invoice: Invoices = None,
    run_date: AnyRunDate = None,
    contract: Contracts = None,
    everything: Annotated[bool, typer.Option("--all", help="All drafts there are.")] = False,
    exception: Annotated[
        list[str] | None,
        typer.Option("--except", metavar="INVOICE", help="But not this one, by id or number; may be repeated."),
    ] = None,
    accounting_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Of the actuals that are written; default: today."),
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", help="Refuse when it is not at this version; with one invoice.")
    ] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Confirms invoices, one way: by id, by run date, by contract, or all."""
    if version is not None and len(invoice or ()) != 1:
        raise OptionsError("--version goes with one invoice")
    choice = Choice(
        invoices=invoice or (),
        run_date=run_date.date() if run_date else None,
        contract_ids=contract or (),
        everything=everything,
        except_invoices=exception or (),
    )
    settings, request = read_settings(), new_request("confirm")
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        chosen = choose_alone(connection, choice, request)
        done = confirm_invoices(
            connection,
            {found.invoice_id: version if choice.invoices else found.version for found in chosen.invoices},
            today=_today(settings),
            settings=settings,
            request=request,
            accounting_date=accounting_date.date() if accounting_date else None,
        )
        lacking = None if done.approval_id is None else find_approval(connection, done.approval_id)
    done = _with(done, chosen.missing)
    if json:
        typer.echo(reports.to_json({**vars(done), "left_out": chosen.left_out}))
    else:
        _show(done, "confirmed")
        if chosen.left_out:
            tell(f"Left out: {_named(chosen.left_out)}")
    if lacking is not None:
        raise ApprovalNeededError(f"{needed(lacking, settings)}. {_refusals(done)}")
    _refuse(done)


def pay(
    invoice: Annotated[list[str], typer.Argument(metavar="INVOICE", help="Ids or numbers.")],
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Says that confirmed invoices are paid."""
    settings = read_settings()
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        named, unknown = find_invoices(connection, invoice)
        done = pay_invoices(connection, named, request=new_request("pay"))
    _print(_with(done, unknown), "paid", json)


def correct(
    invoice: Invoice,
    detail: Annotated[
        list[int] | None, typer.Option("--detail", metavar="ID", help="Only this detail; may be repeated.")
    ] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Makes a corrective draft of a confirmed invoice, all quantities 0."""
    settings = read_settings()
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        named, unknown = find_invoices(connection, [invoice])
        done = correct_invoices(
            connection, named, today=_today(settings), request=new_request("correct"), detail_ids=detail or None
        )
    _print(_with(done, unknown), "drafted", json)


def _today(settings: Settings) -> date:
    return pendulum.now(settings.timezone).date()


def _with(done: Handled, unknown: Sequence[Refused]) -> Handled:
    return replace(done, refused=(*unknown, *done.refused))


def _print(done: Handled, did: str, json: bool) -> None:
    if json:
        typer.echo(reports.to_json({"invoices": done.invoices, "refused": done.refused}))
    else:
        _show(done, did)
    _refuse(done)


def _show(done: Handled, did: str) -> None:
    if done.invoices:
        rows = pd.DataFrame([vars(invoice) for invoice in done.invoices])
        reports.print_table(rows, reports.COLUMNS["handled"], console)
        tell(f"{count(len(done.invoices), 'invoice')} {did}.")
    elif not done.refused:
        tell("There is no such draft.")


def _refuse(done: Handled) -> None:
    """Raises:
    ItemsRefusedError: some were refused; the others are done.
    """
    if done.refused:
        raise ItemsRefusedError(_refusals(done))


def _refusals(done: Handled) -> str:
    return f"{len(done.refused)} refused: {_named(done.refused)}"


def _named(refused: Sequence[Refused]) -> str:
    more = f"; and {len(refused) - _MOST_NAMED} more" if len(refused) > _MOST_NAMED else ""
    return f"{'; '.join(map(str, refused[:_MOST_NAMED]))}{more}"
