"""### Confirm invoices
By hand, as many as there are: drafts become invoices with a number, and cannot be changed any more. Choose them by run date, by
contracts (both narrow each other), choose all, or name them; a field that is left empty chooses nothing. There is no way back
but a correction.

**Approval.** Drafts that come to more than `INVOICING_APPROVAL_AMOUNT` in any one currency wait for a person, who approves or
rejects them under *Required Actions*; not who triggered the run (`INVOICING_APPROVAL_BY_ANOTHER`). With tax; a credit counts as
much as a bill. Nothing else waits meanwhile: no worker, and no other run. The answer is kept in the warehouse, and a draft that is
changed afterwards needs a new one.

**What was looked at is what is confirmed.** A draft that somebody changes between the first task and the last is refused and
named; the others are confirmed.

| You see | It means |
|---|---|
| approve awaits input | a person has to approve or reject |
| approve skipped, confirm_drafts green | no approval was needed, or there was one already |
| approve green, confirm_drafts skipped | rejected: nothing was confirmed; the note says by whom |
| approve failed | who triggered the run answered, or somebody answered elsewhere; its log says which |
| everything skipped | there is no such draft |
| report_refused failed, the run is green | invoices named there were left out, with the reason; the others are confirmed |
| confirm_drafts failed | nothing was confirmed; its log says why, for each invoice |
| a task retries | the warehouse is not available, or somebody else works on one of the contracts |

Cleared, a run looks at the drafts anew, asks anew, and confirms what it has not confirmed yet. What to do about each: the
[runbook](/invoicing/dags/confirm_invoices/runbook#a-confirmation).

Results: `analytics.invoices`, `analytics.actuals`, `analytics.invoice_changes`, `analytics.approvals`.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import DAG

from invoicing.airflow.notify.alerts import FailureAlert
from invoicing.airflow.notify.failures import remember_failure
from invoicing.airflow.tasks.approval import ApproveDraftsOperator
from invoicing.airflow.tasks.lifecycle import choose_drafts, confirm_drafts, report_of
from invoicing.airflow.tasks.retries import RETRYING
from invoicing.airflow.ui.forms import day_field, names_field, switch, text_field
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
        "run_date": day_field("Run date", "Drafts of this run date, as 2026-10-05; with contracts: theirs alone."),
        "contract_ids": names_field(
            "Contracts", "Drafts of these contracts, an id per line; with a run date: of that day alone."
        ),
        "everything": switch("All drafts", "Or all drafts there are; then leave run date and contracts empty."),
        "except_invoice_ids": names_field("Except", "Of these, not the invoices named here, an id per line."),
        "invoice_ids": names_field(
            "Invoices", "Or these very drafts, an id per line; then leave everything above empty."
        ),
        "accounting_date": day_field(
            "Accounting date", "Of the actuals that the confirmation writes, as 2026-10-31; empty: its day."
        ),
    },
):
    chosen = choose_drafts()
    confirmed = confirm_drafts()
    approved = ApproveDraftsOperator(
        params={
            "reason": text_field("Reason", "Of the answer, for the person who triggered the run; it may stay empty.")
        }
    )
    chosen >> approved >> confirmed
    chosen >> confirmed >> report_of(confirmed)
