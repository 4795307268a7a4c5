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
from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from invoicing.airflow.alerts import FailureAlert
from invoicing.airflow.assets import DRAFT_INVOICES, WRITTEN_DRAFTS
from invoicing.airflow.links import task_with_invoices
from invoicing.airflow.metrics import send_metrics
from invoicing.airflow.run_context import RunContext, has_ended, run_context
from invoicing.airflow.warehouse import warehouse_engine
from invoicing.errors import AccountingError
from invoicing.process import closing, draft_invoices, ready_transactions
from invoicing.process.buckets import Bucket, buckets_of
from invoicing.process.day import Day, open_day, preview_day
from invoicing.process.due_lines import LeftAlone, Quarantined, refuse_future
from invoicing.process.lag import measure_lag
from invoicing.process.ledger import Run, fail_run, find_run
from invoicing.settings import Settings, read_settings
from invoicing.warehouse.transactions import writing

logger = logging.getLogger(__name__)

_MOST_LISTED = 100  # rows in an XCom; the warehouse has them all


@contextmanager
def _step(*, shared: bool = False) -> Iterator[tuple[sa.Connection, RunContext, Settings]]:
    settings = read_settings()
    run = _this_run(settings)
    with writing(warehouse_engine(settings), settings.wait_seconds, shared=shared) as connection:
        yield connection, run, settings


def _this_run(settings: Settings) -> RunContext:
    run = run_context(get_current_context(), settings)
    logger.info("Run date %s, run %s, started as %s", run.run_date, run.run_key, run.trigger)
    return run


def _skip_in_preview() -> None:
    if run_context(get_current_context(), read_settings()).is_preview:
        raise AirflowSkipException("A preview writes nothing; find_due_contract_lines shows what it would write.")


@task(multiple_outputs=False)
def find_due_contract_lines() -> dict[str, Any]:
    """### Finds the contract lines whose invoice run date has come
    Opens the run in the ledger (`analytics.invoice_runs`), takes the lease of the warehouse, looks for problems of the data
    (`analytics.billing_exceptions`) and leaves the due lines for the next task. With the parameter `preview` it shows what
    the whole run would write, and rolls it back.

    | You see | It means | Do |
    |---|---|---|
    | `INV-301`, the task retries | another run holds the warehouse | wait; the message names the run |
    | `quarantined` in the result | contracts with a broken set-up are set aside, the others go on | mend what `report_quarantined` names |
    | `left_alone` in the result | drafts that somebody changed, which no run changes any more | nothing; `invoicing edit --refresh` adds to one |
    | `INV-101` | the run date is in the future, or a contract does not exist | trigger again with what is right |
    | `INV-401` | the warehouse has no schema, or an old one | `invoicing db upgrade` |

    Clearing this task and what follows it runs the whole day again; nothing that is right changes.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-failed-run)
    """
    settings = read_settings()
    context = _this_run(settings)
    engine = warehouse_engine(settings)
    if context.is_preview:
        return _preview(preview_day(engine, context.run_date, settings=settings, contract_ids=context.contract_ids))
    refuse_future(context.run_date, pendulum.now(settings.timezone).date())
    airflow_context = get_current_context()
    opened = open_day(
        engine,
        context.run_date,
        run_key=context.run_key,
        trigger=context.trigger,
        settings=settings,
        contract_ids=context.contract_ids,
        has_ended=lambda run_key: has_ended(airflow_context, run_key),
    )
    return {
        "run_id": opened.run.run_id,
        "run_date": str(opened.run.run_date),
        "due_lines": opened.run.due_lines,
        "quarantined": _listed(opened.quarantined),
        "left_alone": _left_alone(opened.left_alone),
    }


@task(multiple_outputs=False)
def filter_ready_transactions() -> list[dict[str, int]]:
    """### Filters the ready-to-invoice transactions up to the cut-off date
    Says of every open transaction of the due lines what becomes of it, and why (`analytics.run_accounting`). Returns the
    buckets that the drafts are written in; the XCom `ready` has the counts and sums.

    | You see | It means | Do |
    |---|---|---|
    | skipped | nothing is due, the log says why; or it is a preview | nothing |
    | `INV-302` | what the task before left is gone or differs | clear find_due_contract_lines and what follows it |

    Why one transaction is, or is not, invoiced: `invoicing explain TRANSACTION --run-date DATE`.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-skipped-day)
    """
    _skip_in_preview()
    with _step() as (connection, context, settings):
        run = ready_transactions.filter_ready_transactions(connection, run_key=context.run_key, settings=settings)
    if not run.due_lines:
        raise AirflowSkipException(run.skipped_reason)
    ready = {
        "transactions": run.ready_transactions,
        "milestones": run.ready_milestones,
        "amount": str(run.ready_amount),
    }
    get_current_context()["ti"].xcom_push("ready", ready)  # beside the returned value: Airflow maps over nothing else
    return [vars(bucket) for bucket in buckets_of(run.buckets)]


# Handed over by name: of a mapped task, Airflow does not take the docstring.
_WRITING = """### Writes grouped draft invoices to the warehouse
One invoice per contract, customer, currency and run date (`analytics.invoices`). A large day is written in several
buckets of contracts side by side, each whole or not at all; a bucket that failed can be cleared alone.

| You see | It means | Do |
|---|---|---|
| skipped | nothing is due, or nothing is ready; the log says which | nothing |
| `INV-302` | what the task before left is gone or differs | clear find_due_contract_lines and what follows it |
| `INV-403` with 23505 | a transaction is on another live invoice already | nothing was written; see who else writes to the warehouse |

[Runbook](/invoicing/dags/create_invoices/runbook#a-failed-run)
"""


@task_with_invoices(multiple_outputs=False, map_index_template="{{ bucket_name }}", doc_md=_WRITING)
def write_draft_invoices(bucket: dict[str, int]) -> dict[str, Any]:
    part = Bucket(**bucket)
    get_current_context()["bucket_name"] = str(part)  # what map_index_template shows
    with _step(shared=True) as (connection, context, settings):
        run = draft_invoices.write_draft_invoices(connection, run_key=context.run_key, bucket=part, settings=settings)
    if run.skipped_reason:
        raise AirflowSkipException(run.skipped_reason)
    return {"bucket": str(part), "written_buckets": len(run.written_buckets), **_summary(run)}


@task(multiple_outputs=False, outlets=[WRITTEN_DRAFTS])
def close_run(*, outlet_events: Any = None) -> dict[str, Any]:
    """### Closes the run
    Proves that the run adds up to the cent, marks its schedule rows as run, and gives the lease of the warehouse back. It
    runs whatever became of the tasks before it. Invoices that are proven are an event of the asset `draft_invoices`.

    | You see | It means | Do |
    |---|---|---|
    | `stopped at step …` | a task before it failed; the lease is given back | look at that task, mend, clear it and what follows |
    | `INV-303` | the run does not add up: somebody changed the data meanwhile | clear the whole run; `invoicing verify` looks deeper |

    [Runbook](/invoicing/dags/create_invoices/runbook#a-failed-run)
    """
    _skip_in_preview()
    try:
        with _step() as (connection, context, settings):
            run = closing.close_run(connection, run_key=context.run_key, settings=settings)
            lag = measure_lag(connection, pendulum.now(settings.timezone).date())
    except AccountingError as error:
        with _step() as (connection, context, _):
            failed = find_run(connection, context.run_key)
            assert failed is not None
            fail_run(connection, failed, str(error))
        raise
    if run is None:
        raise AirflowFailException("The run never got as far as the ledger; see find_due_contract_lines.")
    if run.status != "succeeded":
        raise AirflowFailException(f"Run {run.run_id} of {run.run_date} {run.failure}; see the task that failed.")
    send_metrics(run, lag)
    summary = _summary(run)
    if not run.skipped_reason:
        outlet_events[WRITTEN_DRAFTS].add(DRAFT_INVOICES, extra=summary)
    return {"status": run.status, "skipped_reason": run.skipped_reason, **summary}


@task(on_failure_callback=FailureAlert())
def report_quarantined() -> str:
    """### Reports the contracts that the run set aside
    Red in a run that is green: the run did its work, and contracts named here could not be invoiced. They are taken again by
    the next run, under their own run date, once they are mended.

    Do: mend what the log names (for each contract a code and what to mend), load it, and clear this run, or leave it to the
    next one. `invoicing exceptions` lists what is still open.
    [Runbook](/invoicing/dags/create_invoices/runbook#a-quarantined-contract)
    """
    _skip_in_preview()
    found = get_current_context()["ti"].xcom_pull(task_ids="find_due_contract_lines")
    quarantined = (found or {}).get("quarantined", [])
    if quarantined:
        told = "; ".join(f"contract {one['contract_id']}, {one['code']}: {one['message']}" for one in quarantined)
        more = "; there may be more, `invoicing exceptions` lists all" if len(quarantined) == _MOST_LISTED else ""
        raise AirflowFailException(f"Quarantined: {told}{more}")
    return "No contract was set aside."


def _summary(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "run_date": str(run.run_date),
        "invoices": run.invoices,
        "invoice_lines": run.invoice_lines,
        "details": run.details,
        "chargeable_amount": str(run.chargeable_amount),
        "quarantined_contracts": run.quarantined_contracts,
    }


def _listed(quarantined: tuple[Quarantined, ...]) -> list[dict[str, str]]:
    return [vars(problem) for problem in quarantined[:_MOST_LISTED]]


def _left_alone(drafts: tuple[LeftAlone, ...]) -> list[str]:
    for draft in drafts:
        logger.info("Left alone: %s", draft)
    return [str(draft) for draft in drafts[:_MOST_LISTED]]


def _preview(day: Day) -> dict[str, Any]:
    from invoicing import reports  # noqa: PLC0415  (it takes most of a second to import, and a preview alone needs it)

    logger.info("A preview: nothing of this is written.")
    for line in reports.table_text(day.invoices, reports.COLUMNS["list_invoices"]).splitlines():
        logger.info("%s", line)
    return {
        "preview": True,
        "skipped_reason": day.run.skipped_reason,
        "due_lines": day.run.due_lines,
        "quarantined": _listed(day.quarantined),
        "left_alone": _left_alone(day.left_alone),
        **{name: value for name, value in _summary(day.run).items() if name != "run_id"},
        "invoices_listed": [
            {
                "contract_id": row.contract_id,
                "customer_id": row.customer_id,
                "run_date": str(row.run_date),
                "currency": row.currency,
                "total_amount": str(row.total_amount),
            }
            for row in day.invoices.head(_MOST_LISTED).itertuples()
        ],
    }
