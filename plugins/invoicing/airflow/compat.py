"""What this package takes from Airflow beyond its public interface, and the ids of the tasks that others look at.

The first place to look when Airflow changes: the other modules import `airflow.sdk`, providers, listeners and the plugin alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from airflow.providers.standard.decorators.python import _PythonDecoratedOperator
from airflow.sdk.bases.decorator import task_decorator_factory
from sqlalchemy.orm import object_session

# Tasks of create_invoices, and of confirm_invoices, whose XComs others read.
FIND_DUE = "find_due_contract_lines"
WRITE_DRAFTS = "write_draft_invoices"
CLOSE_RUN = "close_run"
CHOOSE_DRAFTS = "choose_drafts"
APPROVE = "approve"

RESULT_KEY = "return_value"

_WAITING = ("scheduled", "queued", "up_for_retry")  # of tasks, beside none

DecoratedOperator: Any = _PythonDecoratedOperator
task_decorator: Any = task_decorator_factory


def failed_before(context: Any) -> list[str]:
    """The tasks before this one that failed, of a mapped task `id_index`; where none did, those that could not start because of one."""
    ti = context["ti"]
    before = sorted(context["task"].get_flat_relative_ids(upstream=True))
    found = ti.get_task_states(ti.dag_id, task_ids=before, run_ids=[ti.run_id]).get(ti.run_id, {})
    states = {name: str(getattr(state, "value", state)) for name, state in found.items()}
    failed, stopped = (sorted(name for name in states if states[name] == one) for one in ("failed", "upstream_failed"))
    return failed or stopped


def scheduler_connection(dag_run: Any) -> sa.Connection | None:
    """The scheduler's own connection to Airflow's database, while it handles a run; None where there is none."""
    session = object_session(dag_run)
    return None if session is None else session.connection()


def is_to_come(dag_run: Any) -> bool:
    """Whether the logical date of a run is in the future, and Airflow therefore starts none of its tasks."""
    return dag_run.logical_date is not None and dag_run.logical_date > datetime.now(UTC)


def is_failed(dag_run: Any) -> bool:
    """Whether Airflow has ended a run as failed."""
    return str(getattr(dag_run.state, "value", dag_run.state)) == "failed"


def fail_run(dag_run: Any) -> None:
    """Ends a run as failed, and skips what has not started, in the session that it was read in."""
    from airflow.models.taskinstance import TaskInstance  # noqa: PLC0415  (this module is read in every task's process, too)
    from airflow.utils.state import DagRunState  # noqa: PLC0415

    dag_run.set_state(DagRunState.FAILED)
    session = object_session(dag_run)
    instances = TaskInstance.__table__
    waiting = sa.or_(instances.c.state.is_(None), instances.c.state.in_(_WAITING))
    of_the_run = (instances.c.dag_id == dag_run.dag_id, instances.c.run_id == dag_run.run_id)
    if session is not None:
        session.flush()
        session.connection().execute(sa.update(instances).where(*of_the_run, waiting).values(state="skipped"))


def read_note(connection: sa.Connection, dag_run: Any) -> str | None:
    """The note of a run; None: it has none."""
    notes = _run_notes()
    found = connection.execute(sa.select(notes.c.content).where(notes.c.dag_run_id == dag_run.id)).one_or_none()
    return None if found is None else found.content or ""


def write_note(connection: sa.Connection, dag_run: Any, text: str) -> None:
    """Writes the note of a run, instead of the one that it has."""
    notes = _run_notes()
    _write_note(connection, notes, notes.c.dag_run_id, dag_run.id, text)


def write_task_note(connection: sa.Connection, instance_id: Any, text: str) -> None:
    """Writes the note of a task instance, instead of the one that it has."""
    notes = _task_notes()
    _write_note(connection, notes, notes.c.ti_id, instance_id, text)


def task_notes(connection: sa.Connection, dag_run: Any, key: str) -> list[tuple[Any, Any, str | None]]:
    """Of each task instance of a run its id, its XCom of that key if it is skipped, and its note; instances with neither are left out."""
    from airflow.models.taskinstance import TaskInstance  # noqa: PLC0415
    from airflow.models.xcom import XComModel  # noqa: PLC0415

    instances, xcoms, notes = TaskInstance.__table__, XComModel.__table__, _task_notes()
    of_instance = sa.and_(
        xcoms.c.dag_run_id == dag_run.id,
        xcoms.c.task_id == instances.c.task_id,
        xcoms.c.map_index == instances.c.map_index,
        xcoms.c.key == key,
        instances.c.state == "skipped",
    )
    query = (
        sa.select(instances.c.id, xcoms.c.value, notes.c.content)
        .select_from(instances)
        .outerjoin(xcoms, of_instance)
        .outerjoin(notes, notes.c.ti_id == instances.c.id)
        .where(
            instances.c.dag_id == dag_run.dag_id,
            instances.c.run_id == dag_run.run_id,
            sa.or_(xcoms.c.value.is_not(None), notes.c.content.is_not(None)),
        )
    )
    return [(row.id, row.value, row.content) for row in connection.execute(query)]


def left_by_tasks(
    connection: sa.Connection, dag_run: Any, keys: Collection[str], results_of: Collection[str]
) -> dict[tuple[str, str], Any]:
    """XComs of a run by task and key, oldest first; of a mapped task the newest. `results_of`: tasks whose results count, too."""
    from airflow.models.xcom import XComModel  # noqa: PLC0415

    xcoms = XComModel.__table__
    query = (
        sa.select(xcoms.c.task_id, xcoms.c.key, xcoms.c.value)
        .where(
            xcoms.c.dag_run_id == dag_run.id,
            sa.or_(xcoms.c.key.in_(keys), sa.and_(xcoms.c.key == RESULT_KEY, xcoms.c.task_id.in_(results_of))),
        )
        .order_by(xcoms.c.timestamp.desc())
    )
    newest_first = connection.execute(query).all()
    return {(row.task_id, row.key): row.value for row in reversed(newest_first)}


def failed_tasks(connection: sa.Connection, dag_run: Any) -> list[str]:
    """The tasks of a run that read failed, the first to fail before the others."""
    from airflow.models.taskinstance import TaskInstance  # noqa: PLC0415

    instances = TaskInstance.__table__
    query = (
        sa.select(instances.c.task_id)
        .where(
            instances.c.dag_id == dag_run.dag_id, instances.c.run_id == dag_run.run_id, instances.c.state == "failed"
        )
        .order_by(instances.c.end_date)
    )
    return list(connection.execute(query).scalars())


def server_connection(connection_id: str) -> Any | None:
    """An Airflow connection as a server finds it, in Airflow's database, too: a task's way to it leads through that very server."""
    from airflow.exceptions import AirflowNotFoundException  # noqa: PLC0415
    from airflow.models.connection import Connection  # noqa: PLC0415

    try:
        return Connection.get_connection_from_secrets(connection_id)
    except AirflowNotFoundException:
        return None


def may_see_runs() -> Any:
    """The guard of a route below a DAG: lets in anyone who may see the runs of that DAG."""
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity  # noqa: PLC0415
    from airflow.api_fastapi.core_api.security import requires_access_dag  # noqa: PLC0415

    return requires_access_dag("GET", DagAccessEntity.RUN)


def _write_note(connection: sa.Connection, notes: Any, key: Any, value: Any, text: str) -> None:
    if not connection.execute(sa.update(notes).where(key == value).values(content=text)).rowcount:
        connection.execute(sa.insert(notes).values({key.name: value, "content": text}))


def _run_notes() -> Any:
    from airflow.models.dagrun import DagRunNote  # noqa: PLC0415

    return DagRunNote.__table__


def _task_notes() -> Any:
    from airflow.models.taskinstance import TaskInstanceNote  # noqa: PLC0415

    return TaskInstanceNote.__table__
