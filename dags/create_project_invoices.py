"""### Create project invoices
By hand, for chosen contracts, whatever their invoice schedules say: one draft per contract, customer and currency, of everything
that is ready and dated up to the day of the run, or up to another day; or of exactly the transactions and milestones that
are named. The schedule is not touched, and the daily run finds nothing twice.

| You see | It means |
|---|---|
| a green run | the drafts are there; its note says how many, and what they come to |
| report_refused failed, the run is green | contracts named there were left out, with the reason; the others are invoiced |
| create_drafts failed | nothing was created; its log says why, for each contract |
| a task retries | the warehouse is not available, or somebody else works on one of the contracts |

Cleared, a run tries the contracts again that were refused, and makes no second draft for the others. What to do about each:
the [runbook](/invoicing/dags/create_project_invoices/runbook#what-was-refused).

Results: `analytics.invoices` with origin `manual`, `analytics.invoice_changes`.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import DAG

from invoicing.airflow.notify.alerts import FailureAlert
from invoicing.airflow.notify.failures import remember_failure
from invoicing.airflow.tasks.lifecycle import create_drafts, report_of
from invoicing.airflow.tasks.retries import RETRYING
from invoicing.airflow.ui.forms import day_field, names_field, required_names_field
from invoicing.airflow.ui.labels import Owner, Tag

with DAG(
    dag_id="create_project_invoices",
    dag_display_name="Create project invoices",
    description="By hand: draft invoices of chosen contracts, of what is ready",
    doc_md=__doc__,
    schedule=None,
    start_date=pendulum.datetime(2000, 1, 1),
    on_failure_callback=FailureAlert(),
    is_paused_upon_creation=False,
    tags=[Tag.INVOICING, Tag.BY_HAND],
    default_args={"owner": Owner.BILLING, "on_failure_callback": remember_failure, **RETRYING},
    params={
        "contract_ids": required_names_field("Contracts", "Ids of the contracts to invoice, one per line."),
        "until": day_field(
            "Up to", "Everything that is dated up to this day, as 2026-10-31; empty: the day of the run."
        ),
        "transaction_ids": names_field("Transactions", "Or exactly these, an id per line, whatever their dates."),
        "milestone_ids": names_field("Milestones", "And exactly these, an id per line, whatever their dates."),
    },
):
    done = create_drafts()
    done >> report_of(done)
