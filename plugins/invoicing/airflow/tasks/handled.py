"""What happened to many invoices, as Airflow shows it: the result of a task, the note of its run, the error when nothing was done."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from invoicing.airflow.notify.notes import SUMMARY_KEY
from invoicing.errors import ItemsRefusedError
from invoicing.escapes import printable
from invoicing.lifecycle.invoices import Handled, Invoice, Refused

MOST_LISTED = 100  # in an XCom; the warehouse has all invoices, the task's log all refusals
_MOST_NAMED = 5  # in a note

logger = logging.getLogger(__name__)


def show(context: Any, done: str, handled: Handled) -> dict[str, Any]:
    """The result of a task that did something to many invoices: `done` says what, as in "created".

    Raises:
        ItemsRefusedError: it was done to none of them; the message says why.
    """
    for refused in handled.refused:
        logger.warning("Not %s: %s", done, printable(str(refused)))
    if handled.refused and not handled.invoices:
        raise ItemsRefusedError(f"nothing was {done}: {refusals_text(handled.refused)}")
    totals = _totals(handled.invoices)
    context["ti"].xcom_push(SUMMARY_KEY, _summary(done, handled, totals))
    return {
        "invoices": len(handled.invoices),
        "totals": {currency: str(amount) for currency, amount in totals.items()},
        "invoices_listed": [_told(invoice) for invoice in handled.invoices[:MOST_LISTED]],
        "refused": len(handled.refused),
        "refused_listed": [vars(refused) for refused in handled.refused[:MOST_LISTED]],
    }


def refusals_text(refused: Sequence[Refused], total: int | None = None) -> str:
    """The refusals in one line. `total`: how many there are, when not all are handed over."""
    told = "; ".join(str(one) for one in refused[:MOST_LISTED])
    more = (total or len(refused)) - len(refused[:MOST_LISTED])
    return f"{told}; and {more} more, which the task's log names" if more else told


def _totals(invoices: Sequence[Invoice]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        totals[invoice.currency] += invoice.total_amount
    return dict(sorted(totals.items()))


def _summary(done: str, handled: Handled, totals: dict[str, Decimal]) -> str:
    count = len(handled.invoices)
    amounts = ", ".join(f"{amount:,} {currency}" for currency, amount in totals.items())
    told = f"{count:,} invoice{'' if count == 1 else 's'} {done}{f': {amounts}' if amounts else ''}."
    if not handled.refused:
        return told
    named = ", ".join(refused.subject for refused in handled.refused[:_MOST_NAMED])
    more = f" and {len(handled.refused) - _MOST_NAMED} more" if len(handled.refused) > _MOST_NAMED else ""
    return f"{told} Refused: {named}{more}."


def _told(invoice: Invoice) -> dict[str, str | None]:
    return {
        "invoice_id": str(invoice.invoice_id),
        "invoice_number": invoice.invoice_number,
        "contract_id": invoice.contract_id,
        "customer_id": invoice.customer_id,
        "currency": invoice.currency,
        "total_amount": str(invoice.total_amount),
    }
