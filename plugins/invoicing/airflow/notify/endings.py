"""Ends runs that Airflow 3.3.2 would keep: it starts no task of a run whose logical date is to come, and a teardown that waits
keeps a run alive that somebody marks as failed, until it is green because of the tasks that were skipped.

Such a run would read running, and no other day could run beside it. It fails at once instead, with the reason in its note.
"""

from __future__ import annotations

import logging
from typing import Any

from airflow.listeners import hookimpl

from invoicing.airflow.compat import fail_run, is_failed, is_to_come
from invoicing.airflow.notify.notes import is_ours

logger = logging.getLogger(__name__)


@hookimpl
def on_dag_run_running(dag_run: Any) -> None:
    """Airflow: the scheduler starts a run."""
    if is_ours(dag_run) and is_to_come(dag_run):
        logger.warning("Run %s fails: its logical date %s is to come", dag_run.run_id, dag_run.logical_date)
        fail_run(dag_run)
        dag_run.notify_dagrun_state_changed(msg="the logical date is to come")


@hookimpl(tryfirst=True)  # the note is of a run that has failed
def on_dag_run_failed(dag_run: Any) -> None:
    """Airflow: a run failed, or somebody marked it as failed, which is told before a teardown has run."""
    if is_ours(dag_run) and not is_failed(dag_run):
        logger.warning("Run %s fails now: what waits in it is skipped", dag_run.run_id)
        fail_run(dag_run)
