"""The Sleep of a cycle: a task that holds no worker slot while it waits."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import pendulum
from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator

from invoicing.airflow.run_context import run_context
from invoicing.airflow.warehouse import warehouse_engine
from invoicing.process.cycle import Sleep, plan_sleep
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import reading

logger = logging.getLogger(__name__)

_RUNBOOK = """### Sleeps between two cycles
Until 24 hours after the previous cycle ended, but never longer past the schedule than the setting `max_drift_minutes`. Late,
cleared, backfilled and manual runs pass at once. While it sleeps it holds no worker slot; its XCom `sleep` says until when
and why.

| You see | It means | Do |
|---|---|---|
| deferred | the run sleeps, and runs that wait behind it with it | nothing; or mark this task as success, and the Process begins |
| `INV-401` | the warehouse has no schema, or an old one | `invoicing db upgrade` |

[Runbook](/invoicing/dags/create_invoices/runbook#a-long-sleep)
"""


class SleepOperator(BaseOperator):  # type: ignore[misc]  # untyped in Airflow
    """Defers until the moment that `invoicing.process.cycle.plan_sleep` gives; Airflow's database keeps the moment, so it
    outlives a restart of everything.

    Returns `until` (ISO, null: it did not sleep) and `reason`; while it sleeps, the XCom `sleep` says the same.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(doc_md=_RUNBOOK, **kwargs)

    def execute(self, context: Any) -> dict[str, str | None]:
        settings = read_settings()
        run = run_context(context, settings)
        engine = warehouse_engine(settings)
        if run.begins_cycle:
            with reading(engine) as connection:
                plan = plan_sleep(
                    connection,
                    run_key=run.run_key,
                    scheduled_at=run.scheduled_at,
                    now=pendulum.now("UTC"),
                    settings=settings,
                )
        else:
            plan = Sleep(None, f"No sleep: a {'cleared' if run.is_cleared else run.trigger} run passes at once.")
        logger.info(plan.reason)
        if plan.until is None:
            return _said(None, plan.reason)
        context["ti"].xcom_push("sleep", _said(plan.until, plan.reason))
        return self.defer(  # type: ignore[no-any-return]  # never returns: it raises
            trigger=DateTimeTrigger(moment=plan.until),
            method_name=self.wake.__name__,
            kwargs=_said(plan.until, plan.reason),
        )

    def wake(self, context: Any, event: Any, until: str, reason: str) -> dict[str, str | None]:
        """Where the task goes on when its time has come."""
        logger.info("Awake. %s", reason)
        return {"until": until, "reason": reason}


def _said(until: datetime | None, reason: str) -> dict[str, Any]:
    return {"until": until.isoformat() if until else None, "reason": reason}
