"""The invoices of one run, of a day or by hand, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from invoicing.ledger.runs import Run, add_up, find_attempt
from invoicing.reports import to_json
from invoicing.warehouse.statements import Statement, execute
from invoicing.warehouse.transactions import bound_waiting, reading
from invoicing.web.pages import render

LIST_REQUEST_INVOICES = Statement("web/run_invoices/list_request_invoices")
LIST_RUN_INVOICES = Statement("web/run_invoices/list_run_invoices")
SUM_REQUEST_INVOICES = Statement("web/run_invoices/sum_request_invoices")
SUM_RUN_INVOICES = Statement("web/run_invoices/sum_run_invoices")

PAGE_ROWS = 200
_WAIT_SECONDS = 1  # for a table that somebody changes the schema of; nothing else keeps a reader waiting

# How a run shares its work out is nobody's business here.
_HIDDEN = ("attempt_id", "run_key", "buckets", "unwritten")


def run_invoices_router(engine: Callable[[], sa.Engine]) -> APIRouter:
    """The route of the page; `format=json`, or an `Accept` of JSON, gives the same as data."""
    router = APIRouter()

    @router.get("/dags/{dag_id}/runs/{run_id}")
    def run_invoices(
        request: Request,
        dag_id: str,
        run_id: str,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        format: Annotated[Literal["html", "json"] | None, Query()] = None,
    ) -> Response:
        as_json = format == "json" or (format is None and _wants_json(request))
        with reading(engine()) as connection:
            bound_waiting(connection, _WAIT_SECONDS)
            run = find_attempt(connection, f"{dag_id}/{run_id}")
            told = _told(connection, run) if run else None
            totals, invoices = _invoices(connection, run, f"{dag_id}/{run_id}", page)
        count = sum(total["invoices"] for total in totals)
        known = {
            "dag_id": dag_id,
            "run_id": run_id,
            "run": told,
            "invoice_count": count,
            "totals": totals,
            "page": page,
            "pages": max(-(-count // PAGE_ROWS), page),
            "invoices": invoices,
        }
        status = 200 if run or count else 404
        if as_json:
            return Response(to_json(known), status, media_type="application/json")
        first = (page - 1) * PAGE_ROWS + 1
        html = render("run_invoices.html", **known, first=first, last=first + len(invoices) - 1)
        return HTMLResponse(html, status)

    return router


def _told(connection: sa.Connection, run: Run) -> dict[str, Any]:
    """The latest attempt of the run, and its figures."""
    facts = {**vars(run), **vars(add_up(connection, run))}
    return {name: value for name, value in facts.items() if name not in _HIDDEN}


def _invoices(
    connection: sa.Connection, run: Run | None, request_key: str, page: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What they come to in each currency, and those of the page. What the ledger does not know is a run by hand, or none."""
    part = {"row_limit": PAGE_ROWS, "row_offset": (page - 1) * PAGE_ROWS}
    if run:
        which: dict[str, Any] = {"run_date": run.run_date, "contract_ids": run.contract_ids}
        summing, listing = SUM_RUN_INVOICES, LIST_RUN_INVOICES
    else:
        which = {"request_key": request_key}
        summing, listing = SUM_REQUEST_INVOICES, LIST_REQUEST_INVOICES
    totals = [dict(row) for row in execute(connection, summing, **which).mappings()]
    return totals, [dict(row) for row in execute(connection, listing, **which, **part).mappings()]


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted
