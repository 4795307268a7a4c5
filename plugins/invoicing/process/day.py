"""The Process of one day: run it from end to end, as the command line does, open it, or preview it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from invoicing.errors import InvoicingError, RunHeldError, RunStateError
from invoicing.process.buckets import buckets_of
from invoicing.process.closing import close_run
from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.process.due_lines import (
    LeftAlone,
    Quarantined,
    find_due_contract_lines,
    list_left_alone,
    list_quarantined,
)
from invoicing.process.ledger import Run, Trigger, abandon_run, fail_run, find_run
from invoicing.process.ready_transactions import filter_ready_transactions
from invoicing.settings import Settings
from invoicing.warehouse.lease import sign_of_life
from invoicing.warehouse.statements import execute
from invoicing.warehouse.transactions import rehearsing, writing

if TYPE_CHECKING:
    import pandas as pd

_POLL_SECONDS = 1


@dataclass(frozen=True)
class Opened:
    """A run that has found its due lines, the contracts that it set aside, and the drafts that it leaves alone."""

    run: Run
    quarantined: tuple[Quarantined, ...]
    left_alone: tuple[LeftAlone, ...]


@dataclass(frozen=True)
class Day:
    """What a day's Process did, or would do.

    `invoices`: one row per invoice that it stands for, columns as in `analytics.invoices`.
    """

    run: Run
    quarantined: tuple[Quarantined, ...]
    left_alone: tuple[LeftAlone, ...]
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
            opened = open_day(
                engine, run_date, run_key=run_key, settings=settings, trigger=trigger, contract_ids=contract_ids
            )
            with writing(engine, settings.wait_seconds) as connection:
                run = filter_ready_transactions(connection, run_key=run_key, settings=settings)
            for bucket in buckets_of(run.buckets):
                with writing(engine, settings.wait_seconds, shared=True) as connection:
                    write_draft_invoices(connection, run_key=run_key, bucket=bucket, settings=settings)
            with writing(engine, settings.wait_seconds) as connection:
                invoices = _invoices_of(connection, run)
                closed = close_run(connection, run_key=run_key, settings=settings)
            if closed is None or closed.status != "succeeded":
                raise RunStateError(f"the run of {run_date} was taken over by somebody else before it ended")
        except BaseException as error:
            _give_back(engine, run_key, settings, str(error))
            raise
    return Day(closed, opened.quarantined, opened.left_alone, invoices)


def open_day(
    engine: sa.Engine,
    run_date: date,
    *,
    run_key: str,
    settings: Settings,
    trigger: Trigger,
    contract_ids: Sequence[str] | None = None,
    has_ended: Callable[[str], bool] = lambda run_key: False,
) -> Opened:
    """The first step, as soon as no other run holds the warehouse; waits `wait_seconds` for that.

    Args:
        has_ended: whether the run of a key is known to be over, though it never closed; it is not waited for.

    Raises:
        RunHeldError: another run still holds the warehouse; the message names it.
    """
    gives_up_at = time.monotonic() + settings.wait_seconds
    while True:
        try:
            with writing(engine, settings.wait_seconds) as connection:
                run = find_due_contract_lines(
                    connection,
                    run_key=run_key,
                    run_date=run_date,
                    trigger=trigger,
                    settings=settings,
                    contract_ids=contract_ids,
                )
                return Opened(run, tuple(list_quarantined(connection, run)), tuple(list_left_alone(connection, run)))
        except RunHeldError as held:
            if held.run_key is not None and has_ended(held.run_key):
                with writing(engine, settings.wait_seconds) as connection:
                    abandon_run(connection, held.run_key, taken_over_by=run_key)
            elif time.monotonic() >= gives_up_at:
                raise
            else:
                time.sleep(_POLL_SECONDS)


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
        quarantined, left_alone = tuple(list_quarantined(connection, run)), tuple(list_left_alone(connection, run))
        for bucket in buckets_of(run.buckets):
            write_draft_invoices(connection, run_key=key, bucket=bucket, settings=settings)
        invoices = _invoices_of(connection, run)
        closed = close_run(connection, run_key=key, settings=settings)
    assert closed is not None
    return Day(closed, quarantined, left_alone, invoices)


def _invoices_of(connection: sa.Connection, run: Run) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  (most of a second, which every task of the DAG would pay)

    result = execute(connection, "process/list_run_invoices", run_id=run.run_id)
    return pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)


def _give_back(engine: sa.Engine, run_key: str, settings: Settings, failure: str) -> None:
    # The first error is the one to report; a lease that cannot be given back now runs out by itself.
    with suppress(InvoicingError), writing(engine, settings.wait_seconds) as connection:
        run = find_run(connection, run_key)
        if run is not None:
            fail_run(connection, run, failure)
