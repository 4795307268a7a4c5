"""The summary of the day as the note of its DAG run, which the grid and the run's page show.

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
from sqlalchemy.orm import object_session

from invoicing.airflow.failures import FAILURE_KEY
from invoicing.airflow.labels import Tag

HEADING = "**Summary**"
SUMMARY_KEY = "summary"  # XCom of a task with what the note is to say of it
_LONGEST = 1000  # what Airflow's column holds
_LONGEST_SUMMARY = 600  # so that what a person wrote has room beside it
_CONTRACTS = 5  # named in the note; the log names all
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
        session = object_session(dag_run)
        if session is None or not _is_ours(dag_run):
            return
        # A savepoint of the connection, not of the session: the scheduler forbids the session to commit.
        connection = session.connection()
        with connection.begin_nested():
            _write(connection, dag_run)
    except Exception:
        logger.exception("The note of the run %s could not be written", dag_run.run_id)


def _is_ours(dag_run: Any) -> bool:
    return dag_run.dag is not None and Tag.INVOICING in (dag_run.dag.tags or ())


def _write(connection: sa.Connection, dag_run: Any) -> None:
    from airflow.models.dagrun import DagRunNote  # noqa: PLC0415  (this module is read in every task's process, too)

    told = _summary(connection, dag_run)
    if not told:
        return
    summary = f"{HEADING} {told}"[:_LONGEST_SUMMARY]
    notes = DagRunNote.__table__
    of_this_run = notes.c.dag_run_id == dag_run.id
    found = connection.execute(sa.select(notes.c.content).where(of_this_run)).one_or_none()
    if found is None:
        connection.execute(sa.insert(notes).values(dag_run_id=dag_run.id, content=summary))
        return
    text = with_summary(found.content or "", summary)
    if text != found.content:
        connection.execute(sa.update(notes).where(of_this_run).values(content=text))


def with_summary(note: str, summary: str) -> str:
    """The note with the summary in it: instead of an earlier one, else after what a person wrote, if there is room."""
    replaced, found = _OWN_PARAGRAPH.subn(lambda _: summary, note, count=1)
    text = replaced if found else f"{note}\n\n{summary}".strip()
    return text if len(text) <= _LONGEST else note


def _summary(connection: sa.Connection, dag_run: Any) -> str:
    left = _left_by_tasks(connection, dag_run)
    due = left.get(("find_due_contract_lines", "return_value")) or {}
    if dag_run.state == "failed":
        told = _failure(connection, dag_run, left)
    elif due.get("preview"):
        told = f"Preview, nothing of it is written. {_figures(due)}"
    else:
        told = _figures(left.get(("close_run", "return_value")) or {})
        told = told or " ".join(value for (_, key), value in left.items() if key == SUMMARY_KEY)
    asides = (_quarantined(due.get("quarantined") or []), _left_alone(due.get("left_alone") or []))
    return " ".join(filter(None, (told, *asides)))


def _figures(told: dict[str, Any]) -> str:
    if not told:
        return ""
    day = told["run_date"]
    if told.get("skipped_reason"):
        return f"{day}: no invoice, {told['skipped_reason']}."
    return (
        f"{day}: {told['invoices']:,} invoice{'' if told['invoices'] == 1 else 's'} with {told['details']:,} details, "
        f"{Decimal(told['chargeable_amount']):,} chargeable over all currencies."
    )


def _quarantined(problems: list[dict[str, str]]) -> str:
    contracts = sorted({problem["contract_id"] for problem in problems})
    if not contracts:
        return ""
    more = f" and {len(contracts) - _CONTRACTS} more" if len(contracts) > _CONTRACTS else ""
    return f"Quarantined: {', '.join(contracts[:_CONTRACTS])}{more}."


def _left_alone(drafts: list[str]) -> str:
    if not drafts:
        return ""
    more = f" and {len(drafts) - 1} more" if len(drafts) > 1 else ""
    return f"Left alone: {drafts[0]}{more}."


def _left_by_tasks(connection: sa.Connection, dag_run: Any) -> dict[tuple[str, str], Any]:
    """XComs of the run by task and key, oldest first; of a mapped task the first."""
    from airflow.models.xcom import XComModel  # noqa: PLC0415

    xcoms = XComModel.__table__
    query = (
        sa.select(xcoms.c.task_id, xcoms.c.key, xcoms.c.value)
        .where(
            xcoms.c.dag_run_id == dag_run.id,
            sa.or_(
                xcoms.c.key.in_((FAILURE_KEY, SUMMARY_KEY)),
                sa.and_(xcoms.c.key == "return_value", xcoms.c.task_id.in_(("find_due_contract_lines", "close_run"))),
            ),
        )
        .order_by(xcoms.c.timestamp.desc())
    )
    newest_first = connection.execute(query).all()
    return {(row.task_id, row.key): row.value for row in reversed(newest_first)}


def _failure(connection: sa.Connection, dag_run: Any, left: dict[tuple[str, str], Any]) -> str:
    for (task_id, key), value in left.items():
        if key == FAILURE_KEY:
            return f"{task_id} failed: {value}"
    from airflow.models.taskinstance import TaskInstance  # noqa: PLC0415

    instances = TaskInstance.__table__
    query = (
        sa.select(instances.c.task_id)
        .where(
            instances.c.dag_id == dag_run.dag_id, instances.c.run_id == dag_run.run_id, instances.c.state == "failed"
        )
        .order_by(instances.c.end_date)
    )
    failed = connection.execute(query).scalars().first()
    return f"{failed} failed; its log says why." if failed else "The run was marked failed."
