"""The web application: who may see it is decided by the guards it is made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from invoicing.errors import InvoicingError, TransientError
from invoicing.web.pages import HEADERS
from invoicing.web.run_invoices import run_invoices_router
from invoicing.web.runbook import runbook_router


def create_app(engine: Callable[[], sa.Engine], guards: Sequence[Any] = ()) -> FastAPI:
    """The application over a warehouse.

    Args:
        engine: gives the engine of the warehouse, for each request anew.
        guards: dependencies of FastAPI that every route has; they refuse anyone who may not see it.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=guards)
    app.include_router(run_invoices_router(engine))
    app.include_router(runbook_router())

    @app.exception_handler(InvoicingError)
    def show(_: Request, error: InvoicingError) -> Response:
        return PlainTextResponse(str(error), 503 if isinstance(error, TransientError) else 500)

    @app.middleware("http")
    async def add_headers(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        # No name holds a NUL; Postgres takes none, and neither may Airflow's guards be asked about one.
        response = PlainTextResponse("Not Found", 404) if "\0" in request.url.path else await answer(request)
        response.headers.update(HEADERS)
        return response

    return app
