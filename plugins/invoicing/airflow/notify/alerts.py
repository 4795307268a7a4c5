"""Alerts: a run that failed, a task that failed by itself, a day that is not finished in time.

They go wherever the Airflow connection `invoicing_alerts` (type Apprise) says: mail, chat, pager, webhook. Without that
connection nothing is sent.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import (  # type: ignore[attr-defined]  # its stub knows nothing of deadlines
    AsyncCallback,
    BaseNotifier,
    DeadlineAlert,
    DeadlineReference,
)
from airflow.sdk.exceptions import AirflowNotFoundException
from asgiref.sync import sync_to_async

from invoicing.airflow.notify.failures import FAILURE_KEY, first_line
from invoicing.airflow.run_context import run_context
from invoicing.airflow.ui.addresses import run_page
from invoicing.settings import read_settings

CONNECTION_ID = "invoicing_alerts"

logger = logging.getLogger(__name__)


class FailureAlert(BaseNotifier):  # type: ignore[misc]  # untyped in Airflow
    """`on_failure_callback` of a DAG: one alert for each failed run. Of a task: one for each failure of that task."""

    def notify(self, context: Any) -> None:
        """Sends the alert; Airflow calls it in the dag-processor for a DAG, in the task's process for a task."""
        _send(**_failure(context))


class ApprovalAlert(BaseNotifier):  # type: ignore[misc]  # untyped in Airflow
    """`notifiers` of a task that asks a person: the question, and where to answer it."""

    def notify(self, context: Any) -> None:
        """Sends the alert; Airflow calls it in the task's process, and asks whatever happens to it."""
        asking = context["task"]
        _send(
            title=asking.subject,
            body=f"{context['dag'].dag_id} waits for an approval.\n"
            f"{run_page(context['dag'].dag_id, context['run_id'])}/tasks/{asking.task_id}/required_actions",
            notify_type="info",
        )


def deadline(minutes: float | None) -> DeadlineAlert | None:
    """The alert of a scheduled run that has not succeeded so many minutes after its schedule; None: no deadline."""
    if minutes is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=timedelta(minutes=minutes),
        callback=AsyncCallback(say_that_it_is_late),
    )


async def say_that_it_is_late(context: dict[str, Any]) -> None:
    """Callback of the deadline, in the triggerer. A backfill is late by nature, and says nothing."""
    dag_run = context["dag_run"]
    if dag_run["run_type"] == "scheduled":
        # In a thread: the hook's own asynchronous way reads the connection's extras in the triggerer's event loop, which
        # fails while any other trigger asks Airflow for something.
        await sync_to_async(_send)(**_lateness(dag_run))


def _failure(context: Any) -> dict[str, str]:
    dag_id, run_id = context["dag"].dag_id, context["run_id"]
    day = str(run_context(context, read_settings()).run_date) if "ti" in context else run_id
    if "exception" in context:
        task_id = context["ti"].task_id
        title = f"{dag_id} {day}: {task_id} failed"
        error, address = first_line(context["exception"]), context["ti"].log_url
    else:
        title = f"{dag_id} {day} failed"
        error, address = _first_failure(context), run_page(dag_id, run_id)
    return {"title": title, "body": f"{error}\n{address}", "notify_type": "failure"}


def _first_failure(context: Any) -> str:
    """What the first task that failed left behind, in the order of the DAG: those after it failed because of it."""
    for task in context["dag"].topological_sort() if "ti" in context else ():
        for failure in context["ti"].xcom_pull(task_ids=[task.task_id], key=FAILURE_KEY):
            if failure:
                return f"{task.task_id}: {failure}"
    return str(context.get("reason", ""))


def _lateness(dag_run: dict[str, Any]) -> dict[str, str]:
    schedule = pendulum.parse(dag_run["logical_date"])
    assert isinstance(schedule, pendulum.DateTime)
    local = schedule.in_timezone(read_settings().timezone)
    return {
        "title": f"{dag_run['dag_id']} {local.date()} is late",
        "body": f"Due to start at {local:%Y-%m-%d %H:%M %Z}, and {dag_run['state']} still.\n"
        f"{run_page(dag_run['dag_id'], dag_run['dag_run_id'])}",
        "notify_type": "warning",
    }


def _send(title: str, body: str, notify_type: str) -> None:
    # Imported when there is something to say: it is slow, and the DAG file is read every few seconds.
    from airflow.providers.apprise.hooks.apprise import AppriseHook  # noqa: PLC0415

    try:
        AppriseHook(CONNECTION_ID).notify(body, title, notify_type)
    except AirflowNotFoundException:
        logger.debug("No connection %s: no alert.", CONNECTION_ID)
