"""Which run of the Process a DAG run is: its key, its run date, what started it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pendulum

from invoicing.errors import UsageError
from invoicing.ledger.changes import Request
from invoicing.settings import Settings
from invoicing.vocabulary import Trigger


@dataclass(frozen=True)
class RunContext:
    """A DAG run in the words of the Process."""

    run_key: str
    run_date: date
    trigger: Trigger
    contract_ids: list[str] | None
    is_preview: bool
    scheduled_at: datetime
    is_cleared: bool

    @property
    def begins_cycle(self) -> bool:
        """Whether the run is a cycle of Sleep and Process: not one by hand, of a backfill, or cleared."""
        return self.trigger == Trigger.SCHEDULED and not self.is_cleared


def run_context(context: Any, settings: Settings) -> RunContext:
    """The run that a task's context belongs to.

    The run date is the parameter `run_date` when it was given, else the logical date in the business time zone; a manual
    run has no logical date in Airflow 3, and means the day it was asked for.
    """
    dag_run = context["dag_run"]
    params = context["params"]
    run_type = str(getattr(dag_run.run_type, "value", dag_run.run_type))
    moment = dag_run.logical_date or dag_run.run_after
    run_date = day_of(context, "run_date") or pendulum.instance(moment).in_timezone(settings.timezone).date()
    return RunContext(
        run_key=f"{dag_run.dag_id}/{dag_run.run_id}",  # the page of a run's invoices looks for the same
        run_date=run_date,
        trigger=Trigger(run_type) if run_type in (Trigger.SCHEDULED, Trigger.BACKFILL) else Trigger.MANUAL,
        contract_ids=params.get("contract_ids") or None,
        is_preview=bool(params.get("preview")),
        scheduled_at=dag_run.run_after,
        is_cleared=bool(dag_run.clear_number),
    )


def request_of(context: Any, settings: Settings) -> Request:
    """The DAG run as a request of the person who triggered it; its tasks find what they have done, tried again or cleared."""
    person = context["dag_run"].triggering_user_name
    return Request(by=person or "airflow", key=run_context(context, settings).run_key, is_person=bool(person))


def answer_of(context: Any, settings: Settings, user: Mapping[str, Any] | None) -> Request:
    """The same DAG run as a request of the person who answers what it asks."""
    person = (user or {}).get("name")
    return replace(request_of(context, settings), by=person or "airflow", is_person=bool(person))


def day_of(context: Any, param: str) -> date | None:
    """The day that somebody entered into a field of the form; None: the field is empty, or the form has none of that name.

    Raises:
        UsageError: there is no such day.
    """
    text = context["params"].get(param)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{param} must be a date such as 2026-10-05, not {text!r}") from error


def names_of(context: Any, param: str) -> list[str]:
    """The names that somebody wrote into a field of the form, a line each."""
    lines = context["params"].get(param) or []
    return [line.strip() for line in lines if line.strip()]
