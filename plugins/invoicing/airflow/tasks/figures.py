"""The figures of a day as Airflow shows them: what the tasks of create_invoices hand on, in values that JSON can hold.

Amounts are text, by currency: no amount is ever summed over currencies.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import Any

from invoicing.escapes import printable
from invoicing.ledger.runs import Amounts, BucketRecord, Figures, Run
from invoicing.process.day import Day
from invoicing.process.due_lines import Due, KeptDraft, Quarantined
from invoicing.process.ready_transactions import Filtered

MOST_LISTED = 100  # rows in an XCom; the warehouse has them all

logger = logging.getLogger(__name__)


def due_told(due: Due) -> dict[str, Any]:
    """What a day begins with."""
    return {**_begun(due.run), **_asides(due.quarantined, due.kept_drafts)}


def filter_told(filtered: Filtered) -> dict[str, Any]:
    """What happens to a bucket: by reason and currency, how many transactions and of which amount."""
    reasons: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in filtered.reasons:
        reasons[one.reason][one.currency] = {"transactions": int(one.transactions), "amount": str(one.amount)}
    return {
        "due_lines": filtered.due_lines,
        "ready_transactions": int(filtered.ready_transactions),
        "ready_milestones": int(filtered.ready_milestones),
        "reasons": dict(reasons),
    }


def bucket_told(run: Run, record: BucketRecord) -> dict[str, Any]:
    """What stood of a bucket when it was written."""
    return {
        "run_id": run.run_id,
        "attempt": run.attempt,
        "run_date": str(run.run_date),
        "due_lines": record.due_lines,
        "ready_transactions": record.ready_transactions,
        "ready_milestones": record.ready_milestones,
        "invoices": record.invoices,
        "invoice_lines": record.invoice_lines,
        "details": record.details,
        "invoices_written": record.invoices_written,
    }


def run_told(run: Run, figures: Figures) -> dict[str, Any]:
    """What stood of a run when it closed."""
    return {
        "run_id": run.run_id,
        "attempt": run.attempt,
        "run_date": str(run.run_date),
        "due_lines": run.due_lines,
        "quarantined_contracts": run.quarantined_contracts,
        **_counts(figures),
    }


def preview_told(day: Day) -> dict[str, Any]:
    """What a run would write; the log has all of its invoices."""
    from invoicing import reports  # noqa: PLC0415  (it takes most of a second to import, and a preview alone needs it)

    logger.info("A preview: nothing of this is written.")
    for line in reports.table_text(day.invoices, reports.COLUMNS["list_invoices"]).splitlines():
        logger.info("%s", line)
    listed = ("contract_id", "customer_id", "run_date", "currency", "total_amount")
    return {
        "preview": True,
        "run_date": str(day.run.run_date),
        "due_lines": day.run.due_lines,
        "skipped_reason": day.run.skipped_reason,
        **{name: value for name, value in _counts(day.figures).items() if name != "invoices_written"},
        **_asides(day.quarantined, day.kept_drafts),
        "invoices_listed": [
            {name: str(getattr(row, name)) for name in listed} for row in day.invoices.head(MOST_LISTED).itertuples()
        ],
    }


def _begun(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "attempt": run.attempt,
        "run_date": str(run.run_date),
        "due_lines": run.due_lines,
        "skipped_reason": run.skipped_reason,
    }


def _counts(figures: Figures) -> dict[str, Any]:
    return {
        "ready_transactions": int(figures.ready_transactions),
        "ready_milestones": int(figures.ready_milestones),
        "invoices": int(figures.invoices),
        "invoice_lines": int(figures.invoice_lines),
        "details": int(figures.details),
        "invoices_written": int(figures.invoices_written),
        "amounts": {amounts.currency: _amounts(amounts) for amounts in figures.amounts},
    }


def _amounts(amounts: Amounts) -> dict[str, str]:
    return {name: str(value) for name, value in vars(amounts).items() if name != "currency"}


def _asides(quarantined: tuple[Quarantined, ...], kept_drafts: tuple[KeptDraft, ...]) -> dict[str, Any]:
    for draft in kept_drafts:
        logger.info("Kept: %s", printable(str(draft)))
    return {
        "quarantined": [vars(problem) for problem in quarantined[:MOST_LISTED]],
        "kept_drafts": [str(draft) for draft in kept_drafts[:MOST_LISTED]],
    }
