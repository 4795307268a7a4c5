"""The Process of one day from end to end, for the command line: run it, or preview it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from invoicing.errors import InvoicingError, RunStateError
from invoicing.process.closing import close_run
from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.process.due_lines import Quarantined, find_due_contract_lines, list_quarantined
from invoicing.process.ledger import Run, Trigger, fail_run, find_run
from invoicing.process.ready_transactions import filter_ready_transactions
from invoicing.settings import Settings
from invoicing.warehouse.lease import sign_of_life
from invoicing.warehouse.statements import execute
from invoicing.warehouse.transactions import rehearsing, writing


@dataclass(frozen=True)
class Day:
    """What a day's Process did, or would do.

    `invoices`: one row per invoice that it stands for, columns as in `analytics.invoices`.
    """

    run: Run
    quarantined: tuple[Quarantined, ...]
    invoices: pd.DataFrame


def run_day(
    engine: sa.Engine,
    run_date: date,
    *,
    run_key: str,
    settings: Settings,
    trigger: Trigger = "cli",
    contract_ids: Sequence[str] | None = None,
) -> Day:
    """Runs the day, each step in a transaction of its own, exactly as the DAG does.

    Raises:
        InvoicingError: a step failed; the run is closed as failed and can be run again.
    """
    with sign_of_life(engine, run_key):
        try:
            with writing(engine, settings.wait_seconds) as connection:
                find_due_contract_lines(
                    connection,
                    run_key=run_key,
                    run_date=run_date,
                    trigger=trigger,
                    settings=settings,
                    contract_ids=contract_ids,
                )
            with writing(engine, settings.wait_seconds) as connection:
                run = filter_ready_transactions(connection, run_key=run_key, settings=settings)
                quarantined = tuple(list_quarantined(connection, run))
            with writing(engine, settings.wait_seconds) as connection:
                run = write_draft_invoices(connection, run_key=run_key, settings=settings)
                invoices = _invoices_of(connection, run)
            with writing(engine, settings.wait_seconds) as connection:
                closed = close_run(connection, run_key=run_key, settings=settings)
            if closed is None or closed.status != "succeeded":
                raise RunStateError(f"the run of {run_date} was taken over by somebody else before it ended")
        except BaseException as error:
            _give_back(engine, run_key, settings, str(error))
            raise
    return Day(closed, quarantined, invoices)


def preview_day(
    engine: sa.Engine, run_date: date, *, settings: Settings, contract_ids: Sequence[str] | None = None
) -> Day:
    """What `run_day` would write: the run itself, in a transaction that is rolled back."""
    key = f"preview/{run_date}"
    with rehearsing(engine, settings.wait_seconds) as connection:
        find_due_contract_lines(
            connection, run_key=key, run_date=run_date, trigger="cli", settings=settings, contract_ids=contract_ids
        )
        run = filter_ready_transactions(connection, run_key=key, settings=settings)
        quarantined = tuple(list_quarantined(connection, run))
        run = write_draft_invoices(connection, run_key=key, settings=settings)
        invoices = _invoices_of(connection, run)
        closed = close_run(connection, run_key=key, settings=settings)
    assert closed is not None
    return Day(closed, quarantined, invoices)


def _invoices_of(connection: sa.Connection, run: Run) -> pd.DataFrame:
    result = execute(connection, "process/list_run_invoices", run_id=run.run_id)
    return pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)


def _give_back(engine: sa.Engine, run_key: str, settings: Settings, failure: str) -> None:
    # The first error is the one to report; a lease that cannot be given back now runs out by itself.
    with suppress(InvoicingError), writing(engine, settings.wait_seconds) as connection:
        run = find_run(connection, run_key)
        if run is not None:
            fail_run(connection, run, failure)
