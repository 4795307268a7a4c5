"""`invoicing approvals`, `approve`, `reject`: what waits for another person, and the answer."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import typer

from invoicing import reports
from invoicing.cli.options import Json, Limit, Warehouse
from invoicing.cli.output import console, say, warn
from invoicing.cli.session import new_request, open_engine
from invoicing.lifecycle.approval import answer, find_approval, list_drafts
from invoicing.settings import read_settings
from invoicing.vocabulary import Answer
from invoicing.warehouse.transactions import reading, writing

Id = Annotated[int, typer.Argument(metavar="ID", help="The approval, as `invoicing approvals` lists it.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the person who asked.")]


def approvals(
    approval_id: Annotated[int | None, typer.Argument(metavar="[ID]", help="The drafts of this approval.")] = None,
    limit: Limit = 100,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lists the approvals that confirmations need, first those that nobody has answered; with an id, the drafts it is about."""
    with reading(open_engine(read_settings(), warehouse)) as connection:
        if approval_id is None:
            rows = reports.read_report(connection, "list_approvals", row_limit=limit + 1 if limit else None)
        else:
            find_approval(connection, approval_id)
            rows = pd.DataFrame([vars(draft) for draft in list_drafts(connection, approval_id)], dtype=object)
    more = approval_id is None and bool(limit) and len(rows) > limit
    rows = rows.head(limit) if more else rows
    if json:
        typer.echo(reports.to_json(rows))
    else:
        columns = reports.COLUMNS["list_approvals" if approval_id is None else "approval_drafts"]
        reports.print_table(rows, columns, console)
    if more:
        warn(f"Only the first {limit} rows; --limit 0 lists all.")


def approve(approval_id: Id, reason: Reason = None, warehouse: Warehouse = None, json: Json = False) -> None:
    """Approves what somebody else wants to confirm: its drafts, as they were when it was asked."""
    _answer(approval_id, Answer.APPROVED, reason, warehouse, json)


def reject(approval_id: Id, reason: Reason = None, warehouse: Warehouse = None, json: Json = False) -> None:
    """Rejects what somebody else wants to confirm."""
    _answer(approval_id, Answer.REJECTED, reason, warehouse, json)


def _answer(approval_id: int, said: Answer, reason: str | None, warehouse: str | None, json: bool) -> None:
    settings = read_settings()
    with writing(open_engine(settings, warehouse), settings.wait_seconds) as connection:
        request = new_request("approve" if said == Answer.APPROVED else "reject")
        done = answer(connection, approval_id, said, settings=settings, request=request, reason=reason)
    further = f"; {done.asked_by} may confirm now" if said == Answer.APPROVED else ""
    say(vars(done), f"Approval {approval_id} is {said}: {done}{further}.", json)
