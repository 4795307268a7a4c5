"""Last step: add the buckets up, say what is missing, end the attempt."""

from __future__ import annotations

import sqlalchemy as sa

from invoicing.audit.exceptions import detect_exceptions
from invoicing.ledger.runs import Figures, Run, add_up, end_attempt, find_attempt, hold_run
from invoicing.settings import Settings
from invoicing.warehouse.statements import Statement, execute

COUNT_ON_A_DRAFT = Statement("process/closing/count_on_a_draft")


def close_run(connection: sa.Connection, *, run_key: str, settings: Settings) -> tuple[Run, Figures] | None:
    """Ends the latest attempt of the run: succeeded when every bucket is recorded as written, else failed.

    Returns the attempt as it ended, and its figures; None when the run never got as far as the ledger. An attempt that has
    ended before is added up again and stays as it is.
    """
    hold_run(connection, run_key)
    run = find_attempt(connection, run_key)
    if run is None:
        return None
    figures = add_up(connection, run)
    if run.has_ended:
        return run, figures
    run = end_attempt(
        connection, run, failure=_what_is_missing(figures), skipped_reason=_skipped(connection, run, figures)
    )
    # Once more, now that the rows are marked: what this run did itself is no longer a problem.
    detect_exceptions(connection, run.run_date, catch_up_days=settings.catch_up_days, contract_ids=run.contract_ids)
    return run, figures


def fail_run(connection: sa.Connection, *, run_key: str, failure: str) -> None:
    """Ends the latest attempt of the run as failed, if it has not ended."""
    hold_run(connection, run_key)
    run = find_attempt(connection, run_key)
    if run is not None and not run.has_ended:
        end_attempt(connection, run, failure=failure, skipped_reason=run.skipped_reason)


def _what_is_missing(figures: Figures) -> str | None:
    if not figures.buckets:
        return "stopped before its due lines were found"
    if figures.unwritten:
        return f"stopped with {figures.unwritten} of {figures.buckets} buckets unwritten"
    return None


def _skipped(connection: sa.Connection, run: Run, figures: Figures) -> str | None:
    """Why nothing was written; None when something was, or has to be."""
    if figures.details:
        return None  # though nothing may have been due when the run began
    if run.skipped_reason or figures.unwritten:
        return run.skipped_reason
    waiting: int = execute(connection, COUNT_ON_A_DRAFT, attempt_id=run.attempt_id).scalar_one()
    nothing = f"nothing is ready for the lines due on {run.run_date}"
    return f"{nothing} but {waiting} transactions that other drafts hold, or keep waiting" if waiting else nothing
