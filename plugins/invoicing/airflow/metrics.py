"""Figures of each run for whoever watches Airflow: StatsD or OpenTelemetry, as `[metrics]` says. docs/operating.md names all.

Sent once, by the task that closes a run that succeeded; Airflow itself counts the runs that fail.
"""

from __future__ import annotations

from airflow.sdk.observability import stats

from invoicing.process.lag import Lag
from invoicing.process.ledger import Run

RUN_GAUGES = (
    "due_lines",
    "ready_transactions",
    "ready_milestones",
    "invoices",
    "invoice_lines",
    "details",
    "chargeable_amount",
    "quarantined_contracts",
)


def send_metrics(run: Run, lag: Lag) -> None:
    """Sends the figures of a closed run, and how far the warehouse is behind. A run of chosen contracts says the latter alone."""
    stats.gauge("invoicing.lag.rows", lag.rows)
    stats.gauge("invoicing.lag.days", lag.days)
    if run.contract_ids is not None:
        return
    tags = {"trigger": run.trigger}
    for name in RUN_GAUGES:
        stats.gauge(f"invoicing.run.{name}", float(getattr(run, name)), tags=tags)
    if run.ended_at is not None:
        stats.timing("invoicing.run.duration", run.ended_at - run.started_at, tags=tags)
