"""`invoicing milestones`: how far they are, and generating those of a fixed-price line."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import pandas as pd
import typer

from invoicing import reports
from invoicing.audit.exceptions import detect_exceptions
from invoicing.cli.lists import print_list
from invoicing.cli.options import Contracts, Json, Limit, Warehouse, exact_number
from invoicing.cli.output import console, tell
from invoicing.cli.output import count as count_of
from invoicing.cli.session import new_request, open_engine
from invoicing.contracts.milestones import NO_TAX, Generated, generate_milestones
from invoicing.contracts.series import Every, dates_of
from invoicing.errors import OptionsError
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import rehearsing, writing


def milestones(
    contract: Contracts = None,
    line: Annotated[str | None, typer.Option("--line", metavar="ID", help="Only this contract line.")] = None,
    every: Annotated[
        Every | None,
        typer.Option(
            metavar="DISTANCE",
            help="Generate milestones so far from each other: week, two-weeks, month, quarter, half-year or year.",
        ),
    ] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The date of the first one.")
    ] = None,
    count: Annotated[int | None, typer.Option(metavar="N", help="How many.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Instead of --count: up to this day.")
    ] = None,
    tax: Annotated[
        Decimal | None,
        typer.Option(parser=exact_number, metavar="NUMBER", help="The tax on all of them together; default: none."),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would write, and write nothing.")] = False,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists milestones and how far they are; with --every, shares what is left of a fixed-price line among new ones.

    New ones are not ready, named by their dates, and alike but for the last, which takes the rest.
    """
    if every is None:
        if preview or any(option is not None for option in (start, count, until, tax)):
            raise OptionsError("say how far milestones are from each other, --every; without it they are listed")
        print_list("list_milestones", limit, warehouse, json, contract_ids=contract or None, contract_line_id=line)
        return
    if not contract or len(contract) > 1 or line is None or start is None:
        raise OptionsError("--every needs one contract line and a first date: --contract ID --line ID --from DATE")
    dates = dates_of(every, start.date(), count=count, until=until.date() if until else None)
    generated = _generate(contract[0], line, dates, tax, preview, warehouse)
    if json:
        typer.echo(reports.to_json({"preview": preview, **vars(generated)}))
    else:
        _print(generated, preview)


def _generate(
    contract_id: str, line_id: str, dates: list[date], tax: Decimal | None, preview: bool, warehouse: str | None
) -> Generated:
    settings = read_settings()
    engine = open_engine(settings, warehouse)
    transaction = rehearsing if preview else writing
    with transaction(engine, settings.wait_seconds) as connection:
        generated = generate_milestones(
            connection,
            contract_id=contract_id,
            contract_line_id=line_id,
            dates=dates,
            tax=NO_TAX if tax is None else tax,
            request=new_request("milestones"),
        )
    if not preview:
        with writing(engine, settings.wait_seconds) as connection:
            detect_exceptions(connection, None, catch_up_days=settings.catch_up_days, contract_ids=[contract_id])
    return generated


def _print(generated: Generated, preview: bool) -> None:
    rows = pd.DataFrame([vars(milestone) for milestone in generated.milestones])
    reports.print_table(rows, ("milestone_date", "milestone_id", "name", "amount", "tax_amount"), console)
    amount = sum(milestone.amount for milestone in generated.milestones)
    added, sums = count_of(len(rows), "milestone"), f"{amount:,} {generated.currency} in all"
    tell(f"Would add {added}, {sums}." if preview else f"{added} added, {sums}.")
