"""The approval of a confirmation: a task that asks a person, holds nothing meanwhile, and records the answer in the warehouse.

Whether an approval is needed, who may answer, and what it is good for are rules of `invoicing.lifecycle`.
"""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from invoicing.airflow.compat import APPROVE, CHOOSE_DRAFTS
from invoicing.airflow.notify.alerts import ApprovalAlert
from invoicing.airflow.notify.notes import SUMMARY_KEY
from invoicing.airflow.run_context import answer_of, request_of
from invoicing.airflow.tasks.drafts_to_confirm import as_versions, body_text, subject_text
from invoicing.airflow.tasks.skips import skip
from invoicing.airflow.warehouse import warehouse_engine
from invoicing.lifecycle.approval import answer, list_drafts
from invoicing.lifecycle.confirmation import ask_for_approval
from invoicing.lifecycle.invoices import Refused
from invoicing.settings import read_settings
from invoicing.vocabulary import Answer
from invoicing.warehouse.transactions import writing

_APPROVAL_KEY = "approval_id"

_RUNBOOK = """### Asks a person
Only when the chosen drafts come to more than `INVOICING_APPROVAL_AMOUNT` in any one currency, and are not approved yet. It waits
without a worker slot, for as long as it takes; other runs, of this DAG and of all others, go on. Answer under **Required Actions**
of this task, of the run, or of the whole Airflow (menu *Browse*). Who triggered the run may not answer
(`INVOICING_APPROVAL_BY_ANOTHER`).

| You see | It means | Do |
|---|---|---|
| awaiting input | nobody has answered | look at the drafts, approve or reject |
| skipped | no approval is needed, or there is one already; the log says which limit counts | nothing |
| success, and confirm_drafts skipped | somebody rejected: nothing was confirmed; the note of the run says who | edit the drafts, trigger a new run |
| `INV-512`: who asked may not answer | who triggered the run has answered; nothing was recorded | clear this task with Downstream; somebody else answers |
| `INV-513`: was approved, or rejected, already | somebody answered with `invoicing approve` or `reject` | clear this task with Downstream |
| `INV-503` | it is not known who triggered the run | trigger it as a person |

Marking this task as success is no approval: confirm_drafts confirms nothing then. The answer is in `analytics.approvals`.
[Runbook](/invoicing/dags/confirm_invoices/runbook#a-run-that-waits-for-an-approval)
"""


class ApproveDraftsOperator(ApprovalOperator):  # type: ignore[misc]  # untyped in Airflow
    """Asks whether what `choose_drafts` chose is to be confirmed, if an approval is needed; skipped otherwise.

    The parameter `reason`, where the DAG gives it one, is kept with the answer. Returns `approved_by`.
    """

    def __init__(self, *, task_id: str = APPROVE, **kwargs: Any) -> None:
        super().__init__(
            task_id=task_id,
            subject="Confirm the drafts?",  # said in full when the drafts are known
            notifiers=[ApprovalAlert()],
            doc_md=_RUNBOOK,
            **kwargs,
        )

    def execute(self, context: Any) -> Any:
        settings, pull = read_settings(), context["ti"].xcom_pull
        with writing(warehouse_engine(settings), settings.wait_seconds) as connection:
            asked = ask_for_approval(
                connection,
                as_versions(pull(task_ids=CHOOSE_DRAFTS, key="versions")),
                settings=settings,
                request=request_of(context, settings),
            )
            if asked.approval_id is None:
                skip(_needless(settings.approval_amount))
            drafts = list_drafts(connection, asked.approval_id)
        left_out = [Refused(**one) for one in pull(task_ids=CHOOSE_DRAFTS, key="left_out")]
        self.subject = subject_text(drafts)
        self.body = body_text(asked.approval_id, drafts, [*left_out, *asked.refused])
        context["ti"].xcom_push(_APPROVAL_KEY, asked.approval_id)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, str]:
        """Where the task goes on when somebody has answered."""
        settings, ti = read_settings(), context["ti"]
        request = answer_of(context, settings, event.get("responded_by_user"))
        is_approved = self.APPROVE in event["chosen_options"]
        with writing(warehouse_engine(settings), settings.wait_seconds) as connection:
            answer(
                connection,
                ti.xcom_pull(task_ids=self.task_id, key=_APPROVAL_KEY),
                Answer.APPROVED if is_approved else Answer.REJECTED,
                settings=settings,
                request=request,
                reason=(event["params_input"] or {}).get("reason"),
            )
        rejected = f"Rejected by {request.by}: nothing was confirmed."
        ti.xcom_push(SUMMARY_KEY, f"Approved by {request.by}." if is_approved else rejected)
        super().execute_complete(context, event)  # raises when it was rejected
        return {"approved_by": request.by}


def _needless(limit: object) -> str:
    if limit is None:
        return "No approval is needed: INVOICING_APPROVAL_AMOUNT is not set."
    return f"No approval is lacking: no currency comes to more than {limit} (INVOICING_APPROVAL_AMOUNT), or all is approved."
