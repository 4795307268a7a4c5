"""The approval of a confirmation: a task that waits for a person, and holds nothing meanwhile."""

from __future__ import annotations

import logging
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.exceptions import AirflowSkipException

from invoicing.airflow.compat import APPROVE, CHOOSE_DRAFTS
from invoicing.airflow.notify.alerts import ApprovalAlert
from invoicing.airflow.notify.notes import SUMMARY_KEY
from invoicing.airflow.tasks.drafts_to_confirm import body_text, fingerprint, subject_text
from invoicing.errors import RefusedError

_ASKED_KEY = "asked"

_RUNBOOK = """### Asks a person
Only when the chosen drafts come to more than `INVOICING_APPROVAL_AMOUNT` in any one currency. It waits without a worker slot,
for as long as it takes; other runs, of this DAG and of all others, go on. Answer under **Required Actions** of this task, of
the run, or of the whole Airflow (menu *Browse*).

| You see | It means | Do |
|---|---|---|
| awaiting input | nobody has answered | look at the drafts, approve or reject |
| skipped | no approval is needed; the log says why | nothing |
| success, and confirm_drafts skipped | somebody rejected: nothing was confirmed; the note of the run says who | edit the drafts, trigger a new run |

Marking this task as success is no approval: confirm_drafts refuses then.
[Runbook](/invoicing/dags/confirm_invoices/runbook#a-run-that-waits-for-an-approval)
"""

logger = logging.getLogger(__name__)


class ApproveDraftsOperator(ApprovalOperator):  # type: ignore[misc]  # untyped in Airflow
    """Asks whether what `choose_drafts` chose is to be confirmed, if it has to be asked; skipped otherwise.

    Returns `approved_by`.
    """

    def __init__(self, *, task_id: str = APPROVE, **kwargs: Any) -> None:
        super().__init__(
            task_id=task_id, subject="Confirm the drafts?", notifiers=[ApprovalAlert()], doc_md=_RUNBOOK, **kwargs
        )  # said in full when the drafts are known

    def execute(self, context: Any) -> Any:
        chosen, versions = choice_of(context)
        if not chosen["needs_approval"]:
            raise AirflowSkipException(_needless(chosen["approval_amount"]))
        self.subject, self.body = subject_text(chosen), body_text(chosen)
        context["ti"].xcom_push(_ASKED_KEY, fingerprint(versions))
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, str]:
        """Where the task goes on when somebody has answered."""
        by = event["responded_by_user"]["name"]
        if self.APPROVE in event["chosen_options"]:
            context["ti"].xcom_push(SUMMARY_KEY, f"Approved by {by}.")
        else:
            context["ti"].xcom_push(SUMMARY_KEY, f"Rejected by {by}: nothing was confirmed.")
        super().execute_complete(context, event)  # raises when it was rejected
        return {"approved_by": by}


def choice_of(context: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """What `choose_drafts` chose: its result, and the version of each invoice."""
    pull = context["ti"].xcom_pull
    return pull(task_ids=CHOOSE_DRAFTS), pull(task_ids=CHOOSE_DRAFTS, key="versions")


def refuse_without_approval(context: Any) -> None:
    """Whatever state somebody has given the task that asks: what needs an approval has to have it.

    Raises:
        RefusedError: nobody has approved the drafts, at the versions that were chosen.
    """
    chosen, versions = choice_of(context)
    if not chosen["needs_approval"]:
        return
    pull = context["ti"].xcom_pull
    answer, asked = pull(task_ids=APPROVE), pull(task_ids=APPROVE, key=_ASKED_KEY)
    if answer is None or asked != fingerprint(versions):
        raise RefusedError(
            f"nobody has approved these drafts; clear {APPROVE} with what follows it, and answer under Required Actions"
        )
    logger.info("Approved by %s", answer["approved_by"])


def _needless(limit: str | None) -> str:
    if limit is None:
        return "No approval is needed: INVOICING_APPROVAL_AMOUNT is not set."
    return f"No approval is needed: in no currency do the drafts come to more than {limit} (INVOICING_APPROVAL_AMOUNT)."
