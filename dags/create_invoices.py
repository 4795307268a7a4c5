"""### Create invoices
Every day: finds the contract lines whose invoice run date has come, filters their ready-to-invoice transactions by
cut-off date, and writes grouped draft invoices to the warehouse.

**The day of a run** is its logical date in the business time zone, or the parameter `run_date` of a manual run.

**A day that was missed** is caught up by the next run, each schedule row under its own run date. **A day that failed** is
cleared: clear the failed task and what follows it, or the whole run. Running a day again changes nothing that is right, and
leaves drafts alone that somebody edited.

**Older days** are an Airflow backfill; the [runbook](/invoicing/dags/create_invoices/runbook#a-missed-day) has the command.

| You see | It means |
|---|---|
| write_draft_invoices skipped | nothing is due, or nothing is ready: its log says which |
| a task retries | the warehouse is not available, or somebody works on a contract of the bucket |
| close_run failed | a task before it failed; what the other buckets wrote stands, nothing is half done |
| report_quarantined failed, the run is green | contracts were set aside: it names them and what to fix |
| sleep deferred | the cycle sleeps; mark it as success to begin at once |

What to do about each: the [runbook](/invoicing/dags/create_invoices/runbook).

Results: `analytics.invoices`, `analytics.invoice_runs`, `analytics.billing_exceptions` in the warehouse.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import DAG, CronTriggerTimetable

from invoicing.airflow.notify.alerts import FailureAlert, deadline
from invoicing.airflow.notify.failures import remember_failure
from invoicing.airflow.tasks.process import close_run, find_due_contract_lines, in_buckets, report_quarantined
from invoicing.airflow.tasks.retries import RETRYING
from invoicing.airflow.tasks.sleep import SleepOperator
from invoicing.airflow.ui.forms import day_field, names_field, switch
from invoicing.airflow.ui.labels import Owner, Tag
from invoicing.settings import read_settings

settings = read_settings()

with DAG(
    dag_id="create_invoices",
    dag_display_name="Create invoices",
    description="Daily: due contract lines → ready transactions → grouped draft invoices",
    doc_md=__doc__,
    schedule=CronTriggerTimetable(settings.schedule, timezone=settings.timezone),
    start_date=pendulum.datetime(2000, 1, 1, tz=settings.timezone),  # a day before it would be green, and nothing done
    catchup=False,  # a run takes what days before it missed, each row under its own date
    max_active_runs=1,
    on_failure_callback=FailureAlert(),
    deadline=deadline(settings.deadline_minutes),
    is_paused_upon_creation=False,
    tags=[Tag.INVOICING, Tag.DAILY],
    default_args={"owner": Owner.BILLING, "on_failure_callback": remember_failure, **RETRYING},
    params={
        "run_date": day_field(
            "Run date", "Day to invoice, as 2026-10-05; empty: the logical date, or today for a manual run."
        ),
        "contract_ids": names_field("Contracts", "Only these contracts, an id per line; empty: all."),
        "preview": switch("Preview", "Show what the run would write, and write nothing."),
    },
):
    due = find_due_contract_lines()
    SleepOperator(task_id="sleep") >> due
    # close_run runs whatever happened to the tasks before it, and decides alone whether the run has failed; the report decides nothing.
    in_buckets.expand(bucket=due) >> close_run() >> report_quarantined().as_teardown()
