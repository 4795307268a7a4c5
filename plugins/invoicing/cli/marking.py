"""`invoicing ready`, `not-ready`, `billing-type`: the backlog, before it is invoiced."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, get_args

import typer

from invoicing.cli.options import Json, Milestones, Transactions, Until, Warehouse
from invoicing.cli.output import count, say
from invoicing.cli.session import new_request, open_engine
from invoicing.lifecycle.backlog import BillingType, Marked, Selection, TransactionClass, mark_backlog, set_billing_type
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import writing


def _class(text: str) -> str:
    if text not in get_args(TransactionClass):
        raise typer.BadParameter(f"{text!r} is none of {', '.join(get_args(TransactionClass))}")
    return text


_Contracts = Annotated[list[str], typer.Option("--contract", metavar="ID", help="Of this contract; may be repeated.")]
_Customers = Annotated[
    list[str] | None, typer.Option("--customer", metavar="ID", help="Only what this customer pays; may be repeated.")
]
_Classes = Annotated[
    list[str] | None,
    typer.Option("--class", metavar="CLASS", parser=_class, help="Only this class; may be repeated."),
]


def ready(
    contract: _Contracts,
    customer: _Customers = None,
    transaction: Transactions = None,
    milestone: Milestones = None,
    transaction_class: _Classes = None,
    until: Until = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Makes transactions and milestones ready to invoice."""
    _mark(_selection(contract, customer, transaction, milestone, transaction_class, until), True, warehouse, json)


def not_ready(
    contract: _Contracts,
    customer: _Customers = None,
    transaction: Transactions = None,
    milestone: Milestones = None,
    transaction_class: _Classes = None,
    until: Until = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Takes the mark ready to invoice off transactions and milestones."""
    _mark(_selection(contract, customer, transaction, milestone, transaction_class, until), False, warehouse, json)


def billing_type(
    billing_type: Annotated[
        BillingType, typer.Argument(metavar="TYPE", help="chargeable, non_chargeable or complimentary.")
    ],
    contract: _Contracts,
    customer: _Customers = None,
    transaction: Transactions = None,
    transaction_class: _Classes = None,
    until: Until = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Sets how transactions that wait are billed."""
    settings = read_settings()
    selection = _selection(contract, customer, transaction, None, transaction_class, until)
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        request = new_request("billing-type")
        marked = set_billing_type(connection, selection, billing_type, request=request)
    _say(marked, json)


def _selection(
    contracts: list[str],
    customers: list[str] | None,
    transactions: list[str] | None,
    milestones: list[str] | None,
    classes: list[str] | None,
    until: datetime | None,
) -> Selection:
    # typer gives an empty list for an option that was not given, which would select nothing.
    return Selection(
        contract_ids=contracts,
        customer_ids=customers or None,
        transaction_ids=transactions or None,
        milestone_ids=milestones or None,
        transaction_classes=classes or None,
        until=until.date() if until else None,
    )


def _mark(selection: Selection, is_ready: bool, warehouse: str | None, json: bool) -> None:
    settings = read_settings()
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        request = new_request("ready" if is_ready else "not-ready")
        marked = mark_backlog(connection, selection, ready=is_ready, request=request)
    _say(marked, json)


def _say(marked: Marked, json: bool) -> None:
    beyond = f" {count(marked.failed, 'share')} exceed a limit and wait (invoicing limits)." if marked.failed else ""
    say(vars(marked), f"{count(marked.changed, 'share')} changed.{beyond}", json)
