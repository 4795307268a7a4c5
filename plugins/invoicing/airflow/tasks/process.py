"""The tasks of create_invoices. Each opens its transactions and calls one step of `invoicing.process`.

A task's docstring is its runbook: Airflow shows it on the task's page.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pendulum
import sqlalchemy as sa
from airflow.sdk import TriggerRule, get_current_context, task_group
from airflow.sdk.exceptions import AirflowFailException

from invoicing.airflow.compat import FIND_DUE, failed_before
from invoicing.airflow.notify.alerts import FailureAlert
from invoicing.airflow.notify.metrics import send_metrics
from invoicing.airflow.notify.notes import ATTEMPT_KEY, DUE_KEY
from invoicing.airflow.run_context import RunContext, run_context
from invoicing.airflow.tasks.figures import MOST_LISTED, bucket_told, due_told, filter_told, preview_told, run_told
from invoicing.airflow.tasks.skips import skip
from invoicing.airflow.ui.assets import DRAFT_INVOICES, WRITTEN_DRAFTS
from invoicing.airflow.ui.decorators import task, task_with_invoices
from invoicing.airflow.warehouse import warehouse_engine
from invoicing.audit.exceptions import count_warnings
from invoicing.audit.lag import measure_lag
from invoicing.errors import UsageError
from invoicing.escapes import printable
from invoicing.ledger.runs import Run, find_attempt
from invoicing.process import closing, draft_invoices, ready_transactions
from invoicing.process.buckets import Bucket
from invoicing.process.day import open_day, preview_day
from invoicing.process.due_lines import refuse_future
from invoicing.settings import Settings, read_settings
from invoicing.warehouse.locks import SLOTS
from invoicing.warehouse.transactions import reading, writing

logger = logging.getLogger(__name__)

# Of a preview, which writes nothing: one part, whose tasks say so.
_NO_BUCKETS = (Bucket(0, 1, 0, SLOTS - 1),)


@contextmanager
def _step() -> Iterator[tuple[sa.Connection, RunContext, Settings]]:
    settings = read_settings()
    run = _this_run(settings)
    with writing(warehouse_engine(settings), settings.wait_seconds) as connection:
        yield connection, run, settings


def _this_run(settings: Settings) -> RunContext:
    run = run_context(get_current_context(), settings)
    logger.info("Run %s, started as %s", run.run_key, run.trigger)
    return run


def _skip_in_preview() -> None:
    if run_context(get_current_context(), read_settings()).is_preview:
        skip(f"A preview writes nothing; {FIND_DUE} shows what it would write.")


@task(multiple_outputs=False)
def find_due_contract_lines() -> list[dict[str, int]]:
    """### Finds the contract lines whose invoice run date has come
    Opens an attempt of the run in the ledger (`analytics.invoice_runs`), looks for problems of the data
    (`analytics.billing_exceptions`), sets broken contracts aside, and leaves the due lines for the tasks that follow. Returns the
    buckets of contracts that these work on side by side; the XCom `due` says what is due. With the parameter `preview` it
    shows what the whole run would write, and rolls it back.

    | You see | It means | Do |
    |---|---|---|
    | `quarantined` in `due` | contracts with a broken set-up are set aside, the others go on | fix what `report_quarantined` names |
    | `kept_drafts` in `due` | drafts that somebody changed, which no run changes any more | nothing; `invoicing edit --refresh` adds to one |
    | `INV-101` | the run date is in the future, the id of the run was used for another day, or a setting cannot be used | trigger again with what is right |
    | `INV-102` | a contract that was named does not exist | trigger again with what is right |
    | `INV-401` | the warehouse has no schema, or an old one | `invoicing db upgrade` |

    Clearing this task and what follows it runs the whole day again; nothing that is right changes.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-failed-run)
    """
    settings = read_settings()
    context = _this_run(settings)
    engine = warehouse_engine(settings)
    push = get_current_context()["ti"].xcom_push  # beside the returned value: Airflow maps over nothing else
    if context.is_preview:
        day = preview_day(engine, context.run_date, settings=settings, contract_ids=context.contract_ids)
        push(DUE_KEY, preview_told(day))
        return [vars(bucket) for bucket in _NO_BUCKETS]
    refuse_future(context.run_date, pendulum.now(settings.timezone).date())
    _refuse_another_day(engine, context)
    due = open_day(
        engine,
        context.run_date,
        run_key=context.run_key,
        trigger=context.trigger,
        settings=settings,
        contract_ids=context.contract_ids,
    )
    _say_which(due.run)
    push(DUE_KEY, due_told(due))
    return [vars(bucket) for bucket in due.buckets]


def _refuse_another_day(engine: sa.Engine, context: RunContext) -> None:
    """A run that was deleted may come back under its id, but for its day alone, which the ledger keeps.

    A run that is only cleared is older than its attempts; its day may have moved with the business time zone.
    """
    with reading(engine) as connection:
        before = find_attempt(connection, context.run_key)
    if before is not None and before.run_date != context.run_date and context.scheduled_at > before.started_at:
        raise UsageError(
            f"{context.run_key} is a run of {before.run_date} in the ledger, not of {context.run_date}; trigger it under another id"
        )


@task(multiple_outputs=False, map_index_template="{{ bucket_name }}")
def filter_ready_transactions(bucket: dict[str, int]) -> dict[str, Any]:
    """### Filters the ready-to-invoice transactions up to the cut-off date
    Says of every open transaction of the bucket's due lines what happens to it, and why: counts and sums by reason and currency
    (`analytics.run_accounting`, once they are written). It changes nothing that anybody waits for.

    | You see | It means | Do |
    |---|---|---|
    | skipped | the run is a preview | nothing |
    | `INV-302` | the run is not in the ledger | clear find_due_contract_lines and what follows it |

    Why one transaction is, or is not, invoiced: `invoicing explain TRANSACTION --run-date DATE`.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-skipped-day)
    """
    _skip_in_preview()
    part = _named(bucket)
    with _step() as (connection, context, settings):
        filtered = ready_transactions.filter_ready_transactions(
            connection, run_key=context.run_key, bucket=part.number, settings=settings
        )
    return {"bucket": str(part), **filter_told(filtered)}


@task_with_invoices(multiple_outputs=False, map_index_template="{{ bucket_name }}")
def write_draft_invoices(bucket: dict[str, int]) -> dict[str, Any]:
    """### Writes grouped draft invoices to the warehouse
    One invoice per contract, customer, currency and run date (`analytics.invoices`). A large day is written in several
    buckets of contracts side by side, each whole or not at all: it writes, proves to the cent what it wrote, and marks the
    schedule rows, in one transaction. Somebody who works on a contract of the bucket is waited for.

    | You see | It means | Do |
    |---|---|---|
    | skipped | nothing is due, or nothing is ready; the log says which, and the schedule rows are marked | nothing |
    | a retry | a contract of the bucket is held, or the warehouse is not available | wait |
    | `INV-303` | what was written does not add up; nothing of the bucket is left | clear this task; if it comes again, `invoicing verify` |
    | `INV-403` with 23505 | a transaction is on another live invoice already | nothing was written; see who else writes to the warehouse |

    A bucket that failed is cleared alone, with what follows it; the others stand.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-failed-run)
    """
    part = _named(bucket)
    with _step() as (connection, context, settings):
        run, record = draft_invoices.write_draft_invoices(
            connection, run_key=context.run_key, bucket=part.number, settings=settings
        )
    _push_attempt(run)
    # Its rows are marked, and drafts that had nothing left are gone; only now is it known that nothing stands.
    if not run.due_lines:
        skip(run.skipped_reason or f"nothing is due on {run.run_date}")
    if not record.due_lines:
        skip(f"nothing is due on {run.run_date} in {part}")
    if not record.details:
        skip(f"nothing is ready for the lines due on {run.run_date} in {part}")
    return {"bucket": str(part), **bucket_told(run, record)}


@task_group(group_id="buckets", prefix_group_id=False, tooltip="One bucket of contracts; no bucket waits for another.")
def in_buckets(bucket: dict[str, int]) -> None:
    """Filters and writes one bucket, to be mapped over all."""
    filter_ready_transactions(bucket) >> write_draft_invoices(bucket)


def _named(bucket: dict[str, int]) -> Bucket:
    part = Bucket(**bucket)
    get_current_context()["bucket_name"] = str(part)  # what map_index_template shows
    return part


@task(multiple_outputs=False, trigger_rule=TriggerRule.ALL_DONE, outlets=[WRITTEN_DRAFTS])
def close_run(*, outlet_events: Any = None) -> dict[str, Any]:
    """### Closes the run
    Adds the buckets up, says what is missing, and ends the attempt in the ledger; whatever happened to the tasks before it.
    Invoices that are proven are an event of the asset `draft_invoices`. When it fails, the run fails.

    | You see | It means | Do |
    |---|---|---|
    | `stopped …` | a task before it failed | look at that task, fix, clear what is named and what follows |
    | `… failed in Airflow` | the same, while the ledger has another attempt that succeeded | the same |

    Cleared alone it adds up again.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-failed-run)
    """
    failed = failed_before(get_current_context())
    if not failed:
        _skip_in_preview()
    with _step() as (connection, context, settings):
        closed = closing.close_run(connection, run_key=context.run_key, settings=settings)
        lag = measure_lag(connection, pendulum.now(settings.timezone).date())
        warnings = count_warnings(connection, context.contract_ids)
    if closed is None:
        raise AirflowFailException(f"The run never got as far as the ledger; {_remedy(failed)}.")
    run, figures = closed
    _push_attempt(run)
    if run.status != "succeeded":
        raise AirflowFailException(f"Run {run.run_id} of {run.run_date} {run.failure}; {_remedy(failed)}.")
    if failed:
        raise AirflowFailException(
            f"{', '.join(failed)} failed in Airflow, while attempt {run.attempt} of run {run.run_id} in the ledger stands; "
            f"{_remedy(failed)}."
        )
    send_metrics(run, figures, lag)
    told = run_told(run, figures)
    if not run.skipped_reason:
        outlet_events[WRITTEN_DRAFTS].add(DRAFT_INVOICES, extra=told)
    return {"status": run.status, "skipped_reason": run.skipped_reason, **told, "warnings": warnings}


def _say_which(run: Run) -> None:
    # Of the ledger, which keeps the day of a run when the business time zone changes.
    logger.info("Run date %s, run %s, attempt %s", run.run_date, run.run_id, run.attempt)


def _push_attempt(run: Run) -> None:
    """For the note, which says whether the attempt that was begun last is the one that was closed."""
    _say_which(run)
    get_current_context()["ti"].xcom_push(ATTEMPT_KEY, {"run_id": run.run_id, "attempt": run.attempt})


def _remedy(failed: list[str]) -> str:
    """What to do about a run that cannot be closed. Nothing failed: somebody marked a task instead of having it run."""
    return f"clear {', '.join(failed) or FIND_DUE} with Downstream"


@task(on_failure_callback=FailureAlert())
def report_quarantined() -> str:
    """### Reports the contracts that the run set aside
    Red in a run that is green: the run did its work, and contracts named here could not be invoiced. They are taken again by
    the next run, under their own run date, once they are fixed.

    Do: fix what the log names (for each contract a code and what to fix), load it, and clear this run, or leave it to the
    next one. `invoicing exceptions` lists what is still open.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-quarantined-contract)
    """
    _skip_in_preview()
    due = get_current_context()["ti"].xcom_pull(task_ids=FIND_DUE, key=DUE_KEY)
    if due is None:
        skip(f"Nobody looked for contracts to set aside: {FIND_DUE} did not get to its end.")
    quarantined = due["quarantined"]
    if quarantined:
        told = "; ".join(f"contract {one['contract_id']}, {one['code']}: {one['message']}" for one in quarantined)
        more = "; there may be more, `invoicing exceptions` lists all" if len(quarantined) == MOST_LISTED else ""
        raise AirflowFailException(printable(f"Quarantined: {told}{more}"))
    return "No contract was set aside."
