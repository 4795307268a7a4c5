"""Figures of each run for anyone who watches Airflow: StatsD or OpenTelemetry, as `[metrics]` says. docs/operating.md names all.

Sent once, by the task that closes a run that succeeded; Airflow itself counts the runs that fail.
"""

from __future__ import annotations

from airflow.sdk.observability import stats

from invoicing.audit.lag import Lag
from invoicing.ledger.runs import Figures, Run

RUN_GAUGES = ("due_lines", "quarantined_contracts")
FIGURE_GAUGES = (
    "ready_transactions",
    "ready_milestones",
    "invoices",
    "invoice_lines",
    "details",
    "invoices_written",
)
AMOUNT_GAUGES = ("ready_amount", "chargeable_amount")  # each by currency, in the name: not every receiver knows tags


def send_metrics(run: Run, figures: Figures, lag: Lag) -> None:
    """Sends the figures of a closed run, and how far the warehouse is behind. A run of chosen contracts says the latter alone."""
    stats.gauge("invoicing.lag.rows", lag.rows)
    stats.gauge("invoicing.lag.days", lag.days)
    if run.contract_ids is not None:
        return
    tags = {"trigger": run.trigger}
    for subject, names in ((run, RUN_GAUGES), (figures, FIGURE_GAUGES)):
        for name in names:
            stats.gauge(f"invoicing.run.{name}", float(getattr(subject, name)), tags=tags)
    for amounts in figures.amounts:
        for name in AMOUNT_GAUGES:
            stats.gauge(f"invoicing.run.{name}.{amounts.currency}", float(getattr(amounts, name)), tags=tags)
    if run.ended_at is not None:
        stats.timing("invoicing.run.duration", run.ended_at - run.started_at, tags=tags)
