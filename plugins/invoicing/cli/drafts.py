"""`invoicing show`, `edit`: one invoice, and the changes to a draft."""

from __future__ import annotations

import json as json_format
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated

import pendulum
import typer

from invoicing import reports
from invoicing.cli.options import Invoice as InvoiceName
from invoicing.cli.options import Json, Warehouse, exact_number
from invoicing.cli.output import console, say, tell
from invoicing.cli.session import new_request, open_engine
from invoicing.errors import OptionsError, UsageError
from invoicing.lifecycle import details, drafts
from invoicing.lifecycle.backlog import BillingType
from invoicing.lifecycle.invoices import Invoice, find_invoice
from invoicing.settings import Settings, read_settings
from invoicing.warehouse.transactions import reading, writing


def show(invoice: InvoiceName, warehouse: Warehouse = None, json: Json = False) -> None:
    """Shows an invoice with its details and who changed it."""
    with reading(open_engine(read_settings(), warehouse)) as connection:
        found = find_invoice(connection, invoice)
        key = {"contract_id": found.contract_id, "invoice_id": found.invoice_id}
        billed = reports.read_report(connection, "list_invoice_details", **key)
        changes = reports.read_report(connection, "list_invoice_changes", **key)
    if json:
        typer.echo(reports.to_json({**found._mapping, "details": billed, "changes": changes}))
        return
    number = f" {found.invoice_number}" if found.invoice_number else ""
    tell(
        f"Invoice{number} {found.invoice_id} of {found.run_date}: {found.origin}, {found.status}, version {found.version}"
    )
    tell(f"Contract {found.contract_id}, {found.contract_name}")
    tell(f"Customer {found.customer_id}, {found.customer_name}")
    tell(
        f"{found.chargeable_amount:,} {found.currency} chargeable, {found.tax_amount:,} tax, {found.total_amount:,} in all"
    )
    reports.print_table(billed, reports.COLUMNS["list_invoice_details"], console)
    if len(changes):
        reports.print_table(changes, reports.COLUMNS["list_invoice_changes"], console)


_Amount = Annotated[Decimal | None, typer.Option(parser=exact_number, metavar="NUMBER")]


def edit(
    invoice: InvoiceName,
    detail: Annotated[int | None, typer.Option("--detail", metavar="ID", help="Change this detail.")] = None,
    quantity: _Amount = None,
    unit_price: _Amount = None,
    billing_type: Annotated[
        BillingType | None, typer.Option(help="chargeable, non_chargeable or complimentary.")
    ] = None,
    tax_amount: _Amount = None,
    description: Annotated[str | None, typer.Option(help="What the customer reads.")] = None,
    remove_detail: Annotated[int | None, typer.Option(metavar="ID", help="Take this detail off.")] = None,
    remove_line: Annotated[str | None, typer.Option(metavar="ID", help="Take this contract line off.")] = None,
    add_detail: Annotated[
        typer.FileText | None, typer.Option(metavar="FILE", help="Add the detail of this JSON file; - reads it here.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Add what became ready since.")] = False,
    in_review: Annotated[bool, typer.Option("--in-review", help="Put it in review.")] = False,
    back_to_draft: Annotated[bool, typer.Option("--back-to-draft", help="End the review.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the draft.")] = False,
    version: Annotated[
        int | None, typer.Option("--version", help="Refuse when somebody else changed it since this version.")
    ] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Changes a draft; one change at a time."""
    changes = details.DetailChanges(quantity, unit_price, billing_type, tax_amount, description)
    if detail is None and changes != details.DetailChanges():
        raise OptionsError("say which detail to change: --detail ID; `invoicing show` lists them")
    settings = read_settings()
    as_a_whole = {
        drafts.refresh: refresh,
        drafts.put_in_review: in_review,
        drafts.put_back_to_draft: back_to_draft,
        drafts.delete_draft: delete,
    }
    wanted: list[Callable[..., Invoice | None]] = [change for change, is_wanted in as_a_whole.items() if is_wanted]
    if detail is not None:
        wanted.append(partial(details.change_detail, detail_id=detail, changes=changes))
    if remove_detail is not None:
        wanted.append(partial(details.remove_detail, detail_id=remove_detail))
    if remove_line is not None:
        wanted.append(partial(details.remove_line, contract_line_id=remove_line))
    if add_detail is not None:
        wanted.append(partial(details.add_detail, detail=_new_detail(add_detail, settings)))
    if len(wanted) != 1:
        raise OptionsError(
            "say one thing to do: --detail, --remove-detail, --remove-line, --add-detail, --refresh, --in-review, "
            "--back-to-draft or --delete"
        )
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        done = wanted[0](connection, invoice=invoice, request=new_request("edit"), version=version)
    _print(done, invoice, json)


def _new_detail(file: typer.FileText, settings: Settings) -> details.NewDetail:
    """Raises:
    UsageError: the file is not a JSON object, or not a detail; the message says where.
    """
    try:
        found = json_format.load(file, parse_float=Decimal)
    except ValueError as error:
        raise UsageError(f"{file.name} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file.name} has to hold one JSON object, the fields of the detail")
    return details.read_new_detail(found, pendulum.now(settings.timezone).date())


def _print(done: Invoice | None, name: str, json: bool) -> None:
    if done is None:
        say({"deleted": name}, f"Invoice {name} is deleted.", json)
    elif json:
        typer.echo(reports.to_json(done))
    else:
        tell(
            f"Invoice {done.invoice_id}: {done.status}, version {done.version}, {done.total_amount:,} {done.currency} in all."
        )
