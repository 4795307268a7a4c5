"""The tasks of create_invoices. Each opens one transaction and calls one step of `invoicing.process`.

A task's docstring is its runbook: Airflow shows it on the task's page.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from invoicing.airflow.assets import DRAFT_INVOICES
from invoicing.airflow.run_context import RunContext, run_context
from invoicing.airflow.warehouse import warehouse_engine
from invoicing.errors import AccountingError
from invoicing.process import closing, draft_invoices, due_lines, ready_transactions
from invoicing.process.ledger import Run, fail_run, find_run
from invoicing.settings import Settings, read_settings
from invoicing.warehouse.transactions import writing

logger = logging.getLogger(__name__)


@contextmanager
def _step() -> Iterator[tuple[sa.Connection, RunContext, Settings]]:
    settings = read_settings()
    run = run_context(get_current_context(), settings)
    logger.info("Run date %s, run %s, started as %s", run.run_date, run.run_key, run.trigger)
    with writing(warehouse_engine(settings), settings.wait_seconds) as connection:
        yield connection, run, settings


@task
def sleep() -> str:
    """### Waits between two cycles
    For now the task passes at once: the schedule of the DAG alone says when a cycle begins.
    """
    message = "No sleep: the schedule alone says when a cycle begins."
    logger.info(message)
    return message


@task(multiple_outputs=False)
def find_due_contract_lines() -> dict[str, Any]:
    """### Finds the contract lines whose invoice run date has come
    Opens the run in the ledger (`analytics.invoice_runs`), takes the lease of the warehouse, looks for problems of the data
    (`analytics.billing_exceptions`) and leaves the due lines for the next task.

    | You see | It means | Do |
    |---|---|---|
    | `INV-301`, the task retries | another run holds the warehouse | wait; the message names the run |
    | `quarantined` in the result | contracts with a broken set-up are set aside, the others go on | mend what the log names; the next run takes them |
    | `INV-401` | the warehouse has no schema, or an old one | `invoicing db upgrade` |

    Clearing this task and what follows it runs the whole day again; nothing that is right changes.
    """
    with _step() as (connection, context, settings):
        run = due_lines.find_due_contract_lines(
            connection,
            run_key=context.run_key,
            run_date=context.run_date,
            trigger=context.trigger,
            settings=settings,
            contract_ids=context.contract_ids,
        )
        quarantined = due_lines.list_quarantined(connection, run)
    for problem in quarantined:
        logger.warning("Quarantined: contract %s, %s: %s", problem.contract_id, problem.code, problem.message)
    return {
        "run_id": run.run_id,
        "run_date": str(run.run_date),
        "due_lines": run.due_lines,
        "quarantined": sorted({problem.contract_id for problem in quarantined}),
    }


@task(multiple_outputs=False)
def filter_ready_transactions() -> dict[str, Any]:
    """### Filters the ready-to-invoice transactions up to the cut-off date
    Says of every open transaction of the due lines what becomes of it, and why (`analytics.run_accounting`).

    | You see | It means | Do |
    |---|---|---|
    | skipped | nothing is due | nothing |
    | `INV-302` | what the task before left is gone or differs | clear find_due_contract_lines and what follows it |

    Why one transaction is, or is not, invoiced: `invoicing explain TRANSACTION --run-date DATE`.
    """
    with _step() as (connection, context, settings):
        run = ready_transactions.filter_ready_transactions(connection, run_key=context.run_key, settings=settings)
    if not run.due_lines:
        raise AirflowSkipException(run.skipped_reason)
    return {
        "ready_transactions": run.ready_transactions,
        "ready_milestones": run.ready_milestones,
        "ready_amount": str(run.ready_amount),
    }


@task(multiple_outputs=False, outlets=[DRAFT_INVOICES], trigger_rule="none_failed")
def write_draft_invoices(*, outlet_events: Any = None) -> dict[str, Any]:
    """### Writes grouped draft invoices to the warehouse
    One invoice per contract, customer, currency and run date (`analytics.invoices`), all of them or none.

    | You see | It means | Do |
    |---|---|---|
    | skipped | nothing is due, or nothing is ready; the log says which | nothing |
    | `INV-302` | what the task before left is gone or differs | clear find_due_contract_lines and what follows it |
    | `INV-403` with 23505 | a transaction is on another live invoice already | nothing was written; see who else writes to the warehouse |
    """
    with _step() as (connection, context, settings):
        run = draft_invoices.write_draft_invoices(connection, run_key=context.run_key, settings=settings)
    if run.skipped_reason:
        raise AirflowSkipException(run.skipped_reason)
    summary = _summary(run)
    outlet_events[DRAFT_INVOICES].extra.update(summary)
    return summary


@task(multiple_outputs=False)
def close_run() -> dict[str, Any]:
    """### Closes the run
    Proves that the run adds up to the cent, marks its schedule rows as run, and gives the lease of the warehouse back. It
    runs whatever became of the tasks before it.

    | You see | It means | Do |
    |---|---|---|
    | `stopped at step …` | a task before it failed; the lease is given back | look at that task, mend, clear it and what follows |
    | `INV-303` | the run does not add up: somebody changed the data meanwhile | clear the whole run; `invoicing verify` looks deeper |
    """
    try:
        with _step() as (connection, context, settings):
            run = closing.close_run(connection, run_key=context.run_key, settings=settings)
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
    return {"status": run.status, "skipped_reason": run.skipped_reason, **_summary(run)}


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
