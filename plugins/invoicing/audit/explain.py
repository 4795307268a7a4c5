"""Why a transaction is, or is not, invoiced on a run date, in a sentence for people. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.audit.exceptions import earlier
from invoicing.errors import NotFoundError
from invoicing.settings import Settings
from invoicing.warehouse.statements import Statement, execute

EXPLAIN_TRANSACTION = Statement("audit/explain/explain_transaction")

# Of each finding of explain_transaction.sql: what a run's accounting calls it when the line is due, and what to tell
# people.
_FINDINGS: dict[str, tuple[str | None, str]] = {
    "canceled": (None, "is canceled"),
    "without_customers": (
        None,
        "belongs to nobody, since line {contract_line_id} has no customers; add them to contract_line_customers",
    ),
    "confirmed": (None, "is invoiced for good, on {invoice}"),
    "billed_elsewhere": (None, "was invoiced by another system (billing_status invoice_posted)"),
    "on_another_draft": ("on_a_draft", "is on {invoice}"),
    "contract_not_active": (None, "waits, since contract {contract_id} is {state}; only active contracts are invoiced"),
    "quarantined": ("quarantined", "waits, since contract {contract_id} is quarantined ({code}): {message}"),
    "fixed_price": (
        "class_not_included",
        "is not invoiced, since line {contract_line_id} is fixed price: it bills milestones, not transactions",
    ),
    "class_not_included": (
        "class_not_included",
        "is not invoiced, since line {contract_line_id} does not include {transaction_class}",
    ),
    "not_due": (None, "waits, since line {contract_line_id} is not due on {day}; {outlook}"),
    "not_ready": ("not_ready", "waits, since it is not ready to invoice (billing_status unbilled)"),
    "not_to_exceed": (
        "not_to_exceed",
        "waits, since it exceeds the limit of its {limit}: {limit_used} of {limit_amount} {currency} was committed or invoiced "
        "when it was evaluated; raise not_to_exceed_limit, then: invoicing reevaluate --contract {contract_id}",
    ),
    "after_cutoff": ("after_cutoff", "is dated {transaction_date}, after the cut-off {last_cutoff_date}; {outlook}"),
    "beside_a_kept_draft": (
        "on_a_draft",
        "waits, since its customer already has {invoice}, which no run changes any more; {outlook}",
    ),
    "on_its_draft": ("invoiced", "is on {invoice}"),
    "ready": ("invoiced", "is ready: a run of {day} puts it on the invoice of {run_date}"),
}


@dataclass(frozen=True)
class Explanation:
    """What a run of a date makes of one customer's share of a transaction.

    `reason` is what the run's accounting calls it; None when the run does not account for it, because its line is not
    due or it is closed. `next_run_date` is the next one whose cut-off admits it. The `invoice_…` name the invoice that
    holds it, or keeps it waiting.
    """

    contract_id: str
    contract_line_id: str
    transaction_id: str
    customer_id: str | None
    amount: Decimal | None
    reason: str | None
    sentence: str
    next_run_date: date | None
    invoice_id: UUID | None
    invoice_run_date: date | None
    invoice_status: str | None

    def __str__(self) -> str:
        return self.sentence


def explain_transaction(
    connection: sa.Connection,
    transaction_id: str,
    run_date: date,
    *,
    settings: Settings,
    contract_id: str | None = None,
) -> list[Explanation]:
    """Why the transaction is, or is not, invoiced on `run_date`, as the data are now: one explanation per share.

    Several contracts may have a transaction of that id; `contract_id` picks one. Quarantine is told as the last run
    found it.

    Raises:
        NotFoundError: there is no such transaction.
    """
    rows = execute(
        connection,
        EXPLAIN_TRANSACTION,
        transaction_id=transaction_id,
        contract_id=contract_id,
        run_date=run_date,
        oldest_run_date=earlier(run_date, settings.catch_up_days),
    ).all()
    if not rows:
        of_contract = f" of contract {contract_id}" if contract_id is not None else ""
        raise NotFoundError(f"no transaction {transaction_id}{of_contract} in the warehouse")
    return [_explanation(row, run_date) for row in rows]


def _explanation(row: sa.Row[tuple[object, ...]], run_date: date) -> Explanation:
    facts = dict(row._mapping)
    reason, finding = _FINDINGS[facts["finding"]]
    share = f", customer {facts['customer_id']}'s share of {facts['amount']}," if facts["customer_id"] else ""
    limit = str(facts["limit_level"]).replace("_", " ")
    told = finding.format(**facts, day=run_date, invoice=_invoice(facts), outlook=_outlook(facts), limit=limit)
    return Explanation(
        contract_id=facts["contract_id"],
        contract_line_id=facts["contract_line_id"],
        transaction_id=facts["transaction_id"],
        customer_id=facts["customer_id"],
        amount=facts["amount"],
        reason=reason if facts["is_due"] else None,
        sentence=f"Transaction {facts['transaction_id']} of contract {facts['contract_id']}{share} {told.removesuffix('.')}.",
        next_run_date=facts["next_run_date"],
        invoice_id=facts["invoice_id"],
        invoice_run_date=facts["invoice_run_date"],
        invoice_status=facts["invoice_status"],
    )


def _invoice(facts: dict[str, object]) -> str:
    name = facts["invoice_number"] or facts["invoice_id"]
    return f"{facts['invoice_origin']} invoice {name} of {facts['invoice_run_date']} ({facts['invoice_status']})"


def _outlook(facts: dict[str, object]) -> str:
    if facts["overdue_run_date"]:
        return f"run {facts['overdue_run_date']} by hand, which is due and too old to be caught up"
    if facts["next_run_date"]:
        return f"it comes with run date {facts['next_run_date']} (cut-off {facts['next_cutoff_date']})"
    return "no later run date of the line takes it: add one to invoice_schedules, or invoice it by hand"
