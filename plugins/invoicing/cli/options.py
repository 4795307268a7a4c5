"""The options that several commands share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

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
Transactions = Annotated[
    list[str] | None, typer.Option("--transaction", metavar="ID", help="Only this transaction; may be repeated.")
]
Milestones = Annotated[
    list[str] | None, typer.Option("--milestone", metavar="ID", help="Only this milestone; may be repeated.")
]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Only what is dated up to this day.")
]
Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many rows; 0: all.")]
Invoice = Annotated[str, typer.Argument(metavar="INVOICE", help="Id or number.")]
Invoices = Annotated[list[str] | None, typer.Argument(metavar="INVOICE", help="Ids or numbers.")]


def exact_number(text: str) -> Decimal:
    """Parses the value of an option that is a number, to its last digit."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"{text!r} is not a number") from error
