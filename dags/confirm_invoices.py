"""### Confirm invoices
By hand, as many as there are: drafts become invoices with a number, and cannot be changed any more. Choose them by run date, by
contracts (both narrow each other), or name them. There is no way back but a correction.

**Approval.** Drafts that come to more than `INVOICING_APPROVAL_AMOUNT` in any one currency wait for a person, who approves or
rejects them under *Required Actions*. With tax; a credit counts as much as a bill. Nothing else waits meanwhile: no worker, and
no other run.

**What was looked at is what is confirmed.** A draft that somebody changes between the first task and the last is refused and
named; the others are confirmed.

| You see | It means |
|---|---|
| approve awaits input | a person has to approve or reject |
| approve skipped, confirm_drafts green | no approval was needed |
| approve green, confirm_drafts skipped | rejected: nothing was confirmed; the note says by whom |
| everything skipped | there is no draft of that run date |
| report_refused failed, the run is green | invoices named there were left out, with the reason; the others are confirmed |
| confirm_drafts failed | nothing was confirmed; its log says why, for each invoice |
| a task retries | the warehouse is not available, or somebody else works on one of the contracts |

Cleared, a run looks at the drafts anew, asks anew, and confirms what it has not confirmed yet. What to do about each: the
[runbook](/invoicing/dags/confirm_invoices/runbook#a-confirmation).

Results: `analytics.invoices`, `analytics.actuals`, `analytics.invoice_changes`.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import DAG, Param

from invoicing.airflow.notify.alerts import FailureAlert
from invoicing.airflow.notify.failures import remember_failure
from invoicing.airflow.tasks.approval import ApproveDraftsOperator
from invoicing.airflow.tasks.lifecycle import choose_drafts, confirm_drafts, report_of
from invoicing.airflow.tasks.retries import RETRYING
from invoicing.airflow.ui.labels import Owner, Tag

with DAG(
    dag_id="confirm_invoices",
    dag_display_name="Confirm invoices",
    description="By hand: drafts become numbered invoices, large sums after an approval",
    doc_md=__doc__,
    schedule=None,
    start_date=pendulum.datetime(2000, 1, 1),
    max_active_runs=1000,  # a run that waits for its approval is active, and is to hold up no other
    on_failure_callback=FailureAlert(),
    is_paused_upon_creation=False,
    tags=[Tag.INVOICING, Tag.BY_HAND],
    default_args={"owner": Owner.BILLING, "on_failure_callback": remember_failure, **RETRYING},
    params={
        "run_date": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Run date",
            description="All drafts of this run date; with contracts: theirs alone.",
        ),
        "contract_ids": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            title="Contracts",
            description="All drafts of these contracts, an id per line; with a run date: those of that day alone.",
        ),
        "invoice_ids": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            title="Invoices",
            description="Or these very drafts, an id per line; then leave run date and contracts empty.",
        ),
    },
):
    chosen = choose_drafts()
    confirmed = confirm_drafts()
    chosen >> ApproveDraftsOperator() >> confirmed
    chosen >> confirmed >> report_of(confirmed)
