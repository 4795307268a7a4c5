"""`invoicing limits`, `reevaluate`: what not-to-exceed limits leave room for."""

from __future__ import annotations

from typing import Annotated

import typer

from invoicing import reports
from invoicing.cli.options import Contracts, Json, Warehouse
from invoicing.cli.output import console, count, say
from invoicing.cli.session import new_request, open_engine
from invoicing.ledger.contracts import refuse_unknown_contracts
from invoicing.limits import evaluation
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import reading, writing


def limits(contract: Contracts = None, warehouse: Warehouse = None, json: Json = False) -> None:
    """Lists the not-to-exceed limits, what is committed and invoiced, and what remains."""
    with reading(open_engine(read_settings(), warehouse)) as connection:
        refuse_unknown_contracts(connection, contract or None)
        rows = reports.read_report(connection, "list_limits", contract_ids=contract or None)
    if json:
        typer.echo(reports.to_json(rows))
    else:
        reports.print_table(rows, reports.COLUMNS["list_limits"], console)


def reevaluate(
    contract: Annotated[list[str], typer.Option("--contract", metavar="ID", help="This contract; may be repeated.")],
    reset: Annotated[
        bool,
        typer.Option(
            "--reset", help="From nothing: what is committed and on no draft has to find room again, by date."
        ),
    ] = False,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Evaluates the open work of contracts against their limits again, by date."""
    settings = read_settings()
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        request = new_request("reevaluate")
        changed = evaluation.reevaluate(connection, contract, request=request, reset=reset)
    say({"changed": changed}, f"{count(changed, 'share')} evaluated otherwise than before.", json)
