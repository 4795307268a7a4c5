"""### Correct invoices
By hand: a confirmed invoice is never changed. A corrective draft takes it back, to be edited and confirmed like any draft: its
details have quantity 0, with what was billed beside it, so that confirmed as it is it credits everything. Edit the quantities to
what is right; take off details that were right.

| You see | It means |
|---|---|
| a green run | the corrective drafts are there; its note says how many, and what they come to as they are |
| report_refused failed, the run is green | invoices named there were left out, with the reason; the others have a correction |
| create_corrections failed | nothing was created; its log says why, for each invoice |
| a task retries | the warehouse is not available, or somebody else works on one of the contracts |

Cleared, a run makes no second correction. What to do about each: the
[runbook](/invoicing/dags/correct_invoices/runbook#what-was-refused).

Results: `analytics.invoices` with origin `corrective`, `analytics.invoice_changes`.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import DAG, Param

from invoicing.airflow.notify.alerts import FailureAlert
from invoicing.airflow.notify.failures import remember_failure
from invoicing.airflow.tasks.lifecycle import create_corrections, report_of
from invoicing.airflow.tasks.retries import RETRYING
from invoicing.airflow.ui.forms import required_names_field
from invoicing.airflow.ui.labels import Owner, Tag

with DAG(
    dag_id="correct_invoices",
    dag_display_name="Correct invoices",
    description="By hand: corrective drafts of confirmed invoices",
    doc_md=__doc__,
    schedule=None,
    start_date=pendulum.datetime(2000, 1, 1),
    on_failure_callback=FailureAlert(),
    is_paused_upon_creation=False,
    tags=[Tag.INVOICING, Tag.BY_HAND],
    default_args={"owner": Owner.BILLING, "on_failure_callback": remember_failure, **RETRYING},
    params={
        "invoice_ids": required_names_field(
            "Invoices", "The confirmed or paid invoices to correct, an id or a number per line."
        ),
        "detail_ids": Param(
            None,
            type=["null", "array"],
            items={"type": "integer"},
            title="Details",
            description="Of one invoice, these details alone, as in [3, 5]; empty: all of them.",
        ),
    },
):
    done = create_corrections()
    done >> report_of(done)
