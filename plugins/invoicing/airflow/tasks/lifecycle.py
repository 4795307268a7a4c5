"""The tasks of the DAGs that people start by hand. Each opens its transaction and calls one function of `invoicing.lifecycle`.

What was named and cannot be done is red: the report of a run that did something, the run itself when nothing was done. A
choice that finds nothing is skipped. A task's docstring is its runbook.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import TriggerRule, get_current_context
from airflow.sdk.exceptions import AirflowFailException

from invoicing.airflow.compat import CHOOSE_DRAFTS
from invoicing.airflow.notify.alerts import FailureAlert
from invoicing.airflow.notify.notes import SUMMARY_KEY
from invoicing.airflow.run_context import day_of, names_of, request_of, run_context
from invoicing.airflow.tasks.drafts_to_confirm import as_versions, result_of, versions_of
from invoicing.airflow.tasks.handled import MOST_LISTED, refusals_text, show
from invoicing.airflow.tasks.skips import skip
from invoicing.airflow.ui.decorators import task
from invoicing.airflow.warehouse import warehouse_engine
from invoicing.errors import ApprovalNeededError, ItemsRefusedError, UsageError
from invoicing.lifecycle import confirmation, correction, creation
from invoicing.lifecycle.approval import find_approval, needed
from invoicing.lifecycle.choice import Choice, choose
from invoicing.lifecycle.invoices import Handled, Refused, as_they_stand, find_invoices
from invoicing.lifecycle.requests import done_before
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import reading, writing


@task(multiple_outputs=False)
def create_drafts() -> dict[str, Any]:
    """### Creates drafts of what is ready
    One per contract, customer and currency: of everything that is dated up to the day of the run, or up to the day of the form,
    or of exactly the transactions and milestones that it names. A contract that cannot be invoiced does not stop the others.

    | You see | It means | Do |
    |---|---|---|
    | `INV-101` | both a day and names were given | trigger again with one or the other |
    | `INV-102` | something that was named does not exist; nothing was created | trigger again with what is right |
    | `INV-501: nothing was created` | no contract could be invoiced; the message says why | fix it, clear this task |
    | `INV-506`, a transaction or milestone | it is not ready, or on an invoice; nothing was created | fix it, clear this task |
    | the task retries | somebody else works on one of the contracts, or the warehouse is not available | wait |

    Cleared, it tries the contracts again that were refused, and makes no second invoice for the others.
    [Runbook](/invoicing/dags/create_project_invoices/runbook#what-was-refused)
    """
    settings, context = read_settings(), get_current_context()
    with writing(warehouse_engine(settings), settings.wait_seconds) as connection:
        handled = creation.create_invoices(
            connection,
            names_of(context, "contract_ids"),
            today=run_context(context, settings).run_date,
            settings=settings,
            request=request_of(context, settings),
            until=day_of(context, "until"),
            transaction_ids=names_of(context, "transaction_ids") or None,
            milestone_ids=names_of(context, "milestone_ids") or None,
        )
    return show(context, "created", handled)


@task(multiple_outputs=False)
def choose_drafts() -> dict[str, Any]:
    """### Looks at the drafts to confirm
    Those that are named; or those of a run date, of contracts, or of both; or all there are. The XCom `versions` has the
    version of each: what somebody changes from now on is not confirmed.

    | You see | It means | Do |
    |---|---|---|
    | skipped | there is no such draft | nothing |
    | `INV-101` | nothing was chosen, or in more than one way | trigger again, and choose in one way |
    | `INV-102` | an invoice to leave out does not exist | trigger again with what is right |
    | `INV-501` | no such invoice, or no draft of any of these contracts | trigger again with what is right |

    [Runbook](/invoicing/dags/confirm_invoices/runbook#a-confirmation)
    """
    settings, context = read_settings(), get_current_context()
    choice = _choice(context)
    with reading(warehouse_engine(settings)) as connection:
        found = choose(connection, choice)
        # A run that is cleared confirms the rest, and tells of all.
        before = done_before(connection, "confirmed", request_of(context, settings))
        chosen = as_they_stand(connection, [*before, *(draft.invoice_id for draft in found.invoices)])
    missing = [refused for refused in found.missing if refused.subject not in before.values()]
    if missing and not chosen:
        raise ItemsRefusedError(f"nothing can be confirmed: {refusals_text(missing)}")
    if not chosen:
        reason = f"There is no {choice}: nothing to confirm."
        context["ti"].xcom_push(SUMMARY_KEY, reason)
        skip(reason)
    context["ti"].xcom_push("versions", versions_of(chosen))
    context["ti"].xcom_push("missing", [vars(refused) for refused in missing])
    left_out = [vars(refused) for refused in (*missing, *found.left_out)]
    context["ti"].xcom_push("left_out", left_out[:MOST_LISTED])
    # What is confirmed already is no money that moves; the confirmation says what it is.
    waiting = [invoice for invoice in chosen if invoice.status in ("draft", "in_review")]
    return result_of(waiting)


def _choice(context: Any) -> Choice:
    """What the form asks for."""
    return Choice(
        invoices=names_of(context, "invoice_ids"),
        run_date=day_of(context, "run_date"),
        contract_ids=names_of(context, "contract_ids"),
        everything=bool(context["params"].get("everything")),
        except_invoices=names_of(context, "except_invoice_ids"),
    )


@task(multiple_outputs=False, trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
def confirm_drafts() -> dict[str, Any]:
    """### Confirms the drafts, as they were looked at
    One way: they get their numbers, and cannot be changed any more. A draft that cannot be confirmed does not stop the others.

    | You see | It means | Do |
    |---|---|---|
    | skipped | rejected, or nothing to confirm; the note of the run says which | nothing |
    | `INV-501: nothing was confirmed` | no draft could be confirmed; the message says why | fix it, trigger a new run |
    | `INV-503` | an approval is needed that nobody has given: `approve` was marked by hand | clear `approve` with Downstream |
    | the task retries | somebody else works on one of the contracts, or the warehouse is not available | wait |

    [Runbook](/invoicing/dags/confirm_invoices/runbook#a-confirmation)
    """
    settings, context = read_settings(), get_current_context()
    pull = context["ti"].xcom_pull
    versions = pull(task_ids=CHOOSE_DRAFTS, key="versions")
    missing = pull(task_ids=CHOOSE_DRAFTS, key="missing")
    with writing(warehouse_engine(settings), settings.wait_seconds) as connection:
        handled = confirmation.confirm_invoices(
            connection,
            as_versions(versions),
            today=pendulum.now(settings.timezone).date(),  # an approval may have taken days
            settings=settings,
            request=request_of(context, settings),
            accounting_date=day_of(context, "accounting_date"),
        )
        asked = None if handled.invoices else handled.approval_id
        lacking = None if asked is None else find_approval(connection, asked)
    if lacking is not None:
        raise ApprovalNeededError(needed(lacking, settings))
    refused = (*(Refused(**one) for one in missing), *handled.refused)
    return show(context, "confirmed", Handled(handled.invoices, refused))


@task(multiple_outputs=False)
def create_corrections() -> dict[str, Any]:
    """### Creates corrective drafts
    One per confirmed or paid invoice: its details with quantity 0, to be edited and confirmed like any draft. An invoice that
    cannot be corrected does not stop the others.

    | You see | It means | Do |
    |---|---|---|
    | `INV-101` | details were named beside several invoices | trigger again for one invoice |
    | `INV-501: nothing was created` | no invoice can be corrected; the message says why | fix it, clear this task |
    | the task retries | somebody else works on one of the contracts, or the warehouse is not available | wait |

    Cleared, it makes no second correction.
    [Runbook](/invoicing/dags/correct_invoices/runbook#what-was-refused)
    """
    settings, context = read_settings(), get_current_context()
    names, detail_ids = names_of(context, "invoice_ids"), context["params"].get("detail_ids") or None
    if detail_ids and len(names) != 1:
        raise UsageError("details can be chosen of one invoice; leave them out, or name one invoice")
    with writing(warehouse_engine(settings), settings.wait_seconds) as connection:
        found, unknown = find_invoices(connection, names)
        handled = correction.correct_invoices(
            connection,
            found,
            today=run_context(context, settings).run_date,
            request=request_of(context, settings),
            detail_ids=detail_ids,
        )
    return show(context, "created", Handled(handled.invoices, (*unknown, *handled.refused)))


# Handed over for each DAG: anyone who may see the runs of one may not see the runbook of another.
_REPORTING = """### Reports what was refused
Red in a run that is green: the run did its work, and what is named here was left out, with the reason.

Do: fix what the log names, and ask for the rest.
[Runbook](/invoicing/dags/{dag_id}/runbook#what-was-refused)
"""


@task(on_failure_callback=FailureAlert())
def report_refused(of_task: str) -> str:
    found = get_current_context()["ti"].xcom_pull(task_ids=of_task)
    if found is None:
        skip(f"Nobody looked for what is refused: {of_task} did not get to its end.")
    refused = [Refused(**one) for one in found["refused_listed"]]
    if refused:
        raise AirflowFailException(f"Refused: {refusals_text(refused, found['refused'])}")
    return "Nothing was refused."


def report_of(done: Any) -> Any:
    """The report of a task that did something to many: a teardown, which decides nothing about the run."""
    runbook = _REPORTING.format(dag_id=done.operator.dag_id)
    return report_refused.override(doc_md=runbook)(done.operator.task_id).as_teardown()
