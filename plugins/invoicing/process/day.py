"""The Process of one day: run it from end to end, as the command line does, or preview it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa

from invoicing.errors import InvoicingError, RunStateError
from invoicing.ledger.runs import Amounts, Figures, Run, add_up
from invoicing.process.buckets import Bucket
from invoicing.process.closing import close_run, fail_run
from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.process.due_lines import Due, KeptDraft, Quarantined, find_due_contract_lines
from invoicing.process.ready_transactions import filter_ready_transactions
from invoicing.settings import Settings
from invoicing.vocabulary import RunStatus, Trigger
from invoicing.warehouse.statements import Statement, execute
from invoicing.warehouse.transactions import rehearsing, writing

if TYPE_CHECKING:
    import pandas as pd

COUNT_PREVIEWED = Statement("process/day/count_previewed")
LIST_PREVIEWED_AMOUNTS = Statement("process/day/list_previewed_amounts")
LIST_PREVIEWED_INVOICES = Statement("process/day/list_previewed_invoices")
LIST_RUN_INVOICES = Statement("process/day/list_run_invoices")


@dataclass(frozen=True)
class Day:
    """What a day's Process did, or would do.

    `invoices`: one row per invoice that stands for its rows, or would, columns as in `analytics.invoices`.
    """

    run: Run
    figures: Figures
    quarantined: tuple[Quarantined, ...]
    kept_drafts: tuple[KeptDraft, ...]
    invoices: pd.DataFrame


def run_day(
    engine: sa.Engine,
    run_date: date,
    *,
    run_key: str,
    settings: Settings,
    trigger: Trigger = Trigger.CLI,
    contract_ids: Sequence[str] | None = None,
) -> Day:
    """Runs the day, each step in a transaction of its own and buckets side by side, exactly as the DAG does.

    Raises:
        InvoicingError: a step failed; the attempt is ended as failed and the day can be run again.
    """
    try:
        due = open_day(engine, run_date, run_key=run_key, settings=settings, trigger=trigger, contract_ids=contract_ids)
        _write_buckets(engine, due.buckets, run_key=run_key, settings=settings)
        with writing(engine, settings.wait_seconds) as connection:
            invoices = _frame(execute(connection, LIST_RUN_INVOICES, attempt_id=due.run.attempt_id))
            closed = close_run(connection, run_key=run_key, settings=settings)
        if closed is None or closed[0].status != RunStatus.SUCCEEDED:
            raise RunStateError(f"the run of {run_date} was begun again by somebody else before it ended")
    except BaseException as error:
        # The first error is the one to report; an attempt that cannot be ended now is ended by the next.
        with suppress(InvoicingError), writing(engine, settings.wait_seconds) as connection:
            fail_run(connection, run_key=run_key, failure=str(error))
        raise
    return Day(*closed, due.quarantined, due.kept_drafts, invoices)


def open_day(
    engine: sa.Engine,
    run_date: date,
    *,
    run_key: str,
    settings: Settings,
    trigger: Trigger,
    contract_ids: Sequence[str] | None = None,
) -> Due:
    """The first step, in a transaction of its own."""
    with writing(engine, settings.wait_seconds) as connection:
        return find_due_contract_lines(
            connection,
            run_key=run_key,
            run_date=run_date,
            trigger=trigger,
            settings=settings,
            contract_ids=contract_ids,
        )


def _write_buckets(engine: sa.Engine, buckets: Sequence[Bucket], *, run_key: str, settings: Settings) -> None:
    def write(bucket: Bucket) -> None:
        with writing(engine, settings.wait_seconds) as connection:
            filter_ready_transactions(connection, run_key=run_key, bucket=bucket.number, settings=settings)
        with writing(engine, settings.wait_seconds) as connection:
            write_draft_invoices(connection, run_key=run_key, bucket=bucket.number, settings=settings)

    with ThreadPoolExecutor(max_workers=settings.buckets_at_once) as pool:
        try:
            for _ in pool.map(write, buckets):
                pass
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # those that have begun end by themselves
            raise


def preview_day(
    engine: sa.Engine, run_date: date, *, settings: Settings, contract_ids: Sequence[str] | None = None
) -> Day:
    """What `run_day` would write: its first two steps, in a transaction that is rolled back. Takes no lock that others wait for."""
    key = f"preview/{uuid4()}"
    with rehearsing(engine, settings.wait_seconds) as connection:
        due = find_due_contract_lines(
            connection,
            run_key=key,
            run_date=run_date,
            trigger=Trigger.CLI,
            settings=settings,
            contract_ids=contract_ids,
            is_rehearsal=True,
        )
        for bucket in due.buckets:
            filter_ready_transactions(connection, run_key=key, bucket=bucket.number, settings=settings)
        invoices = _frame(execute(connection, LIST_PREVIEWED_INVOICES, attempt_id=due.run.attempt_id))
        amounts = execute(connection, LIST_PREVIEWED_AMOUNTS, attempt_id=due.run.attempt_id)
        figures = replace(
            add_up(connection, due.run),
            **execute(connection, COUNT_PREVIEWED, attempt_id=due.run.attempt_id).one()._mapping,
            amounts=tuple(Amounts(**row._mapping) for row in amounts),
        )
    reason = due.run.skipped_reason or (
        None if figures.details else f"nothing is ready for the lines due on {run_date}"
    )
    return Day(replace(due.run, skipped_reason=reason), figures, due.quarantined, due.kept_drafts, invoices)


def _frame(result: sa.CursorResult[object]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  (most of a second, which every task of the DAG would pay)

    return pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
