"""The summary of the day as the note of its DAG run, which the grid and the run's page show; of a skipped task, why, as its note.

A task cannot write a note; the scheduler can. Airflow calls the two functions below when a run ends, in the scheduler's
own transaction. Whatever goes wrong here ends at a savepoint and in the log: the scheduler goes on.
"""

from __future__ import annotations

import logging
import re
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from airflow.listeners import hookimpl

from invoicing.airflow.compat import (
    CLOSE_RUN,
    FIND_DUE,
    RESULT_KEY,
    WRITE_DRAFTS,
    failed_tasks,
    is_failed,
    is_to_come,
    left_by_tasks,
    read_note,
    scheduler_connection,
    task_notes,
    write_note,
    write_task_note,
)
from invoicing.airflow.notify.failures import FAILURE_KEY
from invoicing.airflow.ui.labels import Tag
from invoicing.escapes import markdown

HEADING = "**Summary**"
SKIPPED_KEY = "skipped"  # XCom of a task that skipped itself: why
SUMMARY_KEY = "summary"  # XCom of a task with what the note is to say of it
DUE_KEY = "due"  # XCom of the task that finds what is due: what a day begins with
ATTEMPT_KEY = "attempt"  # XCom of the tasks that write drafts or close the run: which attempt of it
_LONGEST = 1000  # what Airflow's column holds
_LONGEST_SUMMARY = 600  # so that what a person wrote has room beside it
_CONTRACTS = 5  # named in the note; the log names all
_WARNINGS = 3  # codes of the most frequent
_OWN_PARAGRAPH = re.compile(rf"{re.escape(HEADING)}.*?(?=\n\n|\Z)", re.DOTALL)

logger = logging.getLogger(__name__)


@hookimpl
def on_dag_run_success(dag_run: Any) -> None:
    """Airflow: a run ended well."""
    _write_note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: Any) -> None:
    """Airflow: a run failed."""
    _write_note(dag_run)


def _write_note(dag_run: Any) -> None:
    try:
        connection = scheduler_connection(dag_run)
        if connection is None or not is_ours(dag_run):
            return
        # A savepoint of the connection, not of the session: the scheduler forbids the session to commit.
        with connection.begin_nested():
            _write(connection, dag_run)
            _write_reasons(connection, dag_run)
    except Exception:
        logger.exception("The note of the run %s could not be written", dag_run.run_id)


def is_ours(dag_run: Any) -> bool:
    """Whether it is a run of a DAG of this package."""
    return dag_run.dag is not None and Tag.INVOICING in (dag_run.dag.tags or ())


def _write(connection: sa.Connection, dag_run: Any) -> None:
    told = _summary(connection, dag_run)
    if not told:
        return
    summary = f"{HEADING} {markdown(told)}"[:_LONGEST_SUMMARY]
    note = read_note(connection, dag_run)
    text = summary if note is None else with_summary(note, summary)
    if text != note:
        write_note(connection, dag_run, text)


def _write_reasons(connection: sa.Connection, dag_run: Any) -> None:
    """Says on each task that is skipped why; not any more on one that is not."""
    for instance_id, reason, note in task_notes(connection, dag_run, SKIPPED_KEY):
        said = f"{HEADING} Skipped: {reason}"[:_LONGEST_SUMMARY] if reason else ""
        if reason or HEADING in (note or ""):
            write_task_note(connection, instance_id, with_summary(note or "", said).strip())


def with_summary(note: str, summary: str) -> str:
    """The note with the summary in it: instead of an earlier one, else after what a person wrote, if there is room."""
    replaced, found = _OWN_PARAGRAPH.subn(lambda _: summary, note, count=1)
    text = replaced if found else f"{note}\n\n{summary}".strip()
    return text if len(text) <= _LONGEST else note


def _summary(connection: sa.Connection, dag_run: Any) -> str:
    left = left_by_tasks(connection, dag_run, (FAILURE_KEY, SUMMARY_KEY, DUE_KEY, ATTEMPT_KEY), (CLOSE_RUN,))
    due, closed = left.get((FIND_DUE, DUE_KEY)) or {}, left.get((CLOSE_RUN, RESULT_KEY)) or {}
    unclosed = _unclosed(left, due)
    if is_failed(dag_run):
        told = _failure(connection, dag_run, left)
    elif due.get("preview"):
        told = f"Preview, nothing of it is written. {_figures(due)}"
    else:
        told = _figures(closed)
        told = told or " ".join(value for (_, key), value in left.items() if key == SUMMARY_KEY)
        if not told and not unclosed and (CLOSE_RUN, FAILURE_KEY) in left:  # which somebody marked as success
            told = f"{CLOSE_RUN} failed: {left[CLOSE_RUN, FAILURE_KEY]}"
    asides = (
        unclosed,
        _quarantined(due.get("quarantined") or []),
        _kept(due.get("kept_drafts") or []),
        _warnings(closed.get("warnings") or {}),
    )
    return " ".join(filter(None, (told, *asides)))


def _figures(told: dict[str, Any]) -> str:
    if not told:
        return ""
    day = told["run_date"]
    if told.get("skipped_reason"):
        return f"{day}: no invoice, {told['skipped_reason']}."
    amounts = "".join(
        f", {Decimal(amount['chargeable_amount']):,} {currency} chargeable"
        for currency, amount in told["amounts"].items()
    )
    invoices = told["invoices"]
    written = told.get("invoices_written", invoices)
    of_them = "" if written == invoices else f" ({written:,} of them written or changed now)"
    return (
        f"{day}: {invoices:,} invoice{'' if invoices == 1 else 's'}{of_them} with {told['details']:,} details{amounts}."
    )


def _unclosed(left: dict[tuple[str, str], Any], due: dict[str, Any]) -> str:
    """Says that the newest attempt has no end in the ledger: somebody cleared a task without what follows, or marked close_run."""
    if "attempt" not in due:
        return ""
    written, closed = (left.get((task_id, ATTEMPT_KEY)) or {} for task_id in (WRITE_DRAFTS, CLOSE_RUN))
    begun = max(one["attempt"] for one in (due, written) if one.get("run_id") == due["run_id"])
    if closed.get("run_id") == due["run_id"] and closed["attempt"] >= begun:
        return ""
    return f"Attempt {begun} is not closed: clear {FIND_DUE} with Downstream."


def _quarantined(problems: list[dict[str, str]]) -> str:
    contracts = sorted({problem["contract_id"] for problem in problems})
    if not contracts:
        return ""
    more = f" and {len(contracts) - _CONTRACTS} more" if len(contracts) > _CONTRACTS else ""
    return f"Quarantined: {', '.join(contracts[:_CONTRACTS])}{more}."


def _kept(drafts: list[str]) -> str:
    if not drafts:
        return ""
    more = f" and {len(drafts) - 1} more" if len(drafts) > 1 else ""
    return f"Kept: {drafts[0]}{more}."


def _warnings(counts: dict[str, int]) -> str:
    if not counts:
        return ""
    total = sum(counts.values())
    frequent = sorted(counts.items(), key=lambda one: -one[1])[:_WARNINGS]
    named = ", ".join(f"{count:,} {code}" for code, count in frequent)
    more = ", …" if len(counts) > _WARNINGS else ""
    return f"{total:,} warning{'' if total == 1 else 's'} (`invoicing exceptions`): {named}{more}."


def _failure(connection: sa.Connection, dag_run: Any, left: dict[tuple[str, str], Any]) -> str:
    if is_to_come(dag_run):
        return (
            f"The logical date {dag_run.logical_date:%Y-%m-%d %H:%M} is to come, and Airflow starts no task before. "
            "Trigger again without one, and name the day as run date."
        )
    failed = failed_tasks(connection, dag_run)
    for (task_id, key), value in left.items():
        if key == FAILURE_KEY and task_id in failed:
            return f"{task_id} failed: {value}"
    return f"{failed[0]} failed; its log says why." if failed else "The run was marked failed."
