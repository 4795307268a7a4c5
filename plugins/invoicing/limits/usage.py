"""How much of not-to-exceed limits is taken, and what would take more than there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import LimitExceededError
from invoicing.warehouse.statements import Statement, execute

FIND_CLAIM = Statement("limits/usage/find_claim")
FIND_EXCEEDED = Statement("limits/usage/find_exceeded")
FIND_FAILED = Statement("limits/usage/find_failed")
LIST_OF_CONTRACTS = Statement("limits/usage/list_of_contracts")
SUM_FIXED_PRICE = Statement("limits/usage/sum_fixed_price")


def claim_of(connection: sa.Connection, contract_id: str, billable_id: int) -> Decimal:
    """What a share, an entry or a correction takes of its limits, in the currency of the contract."""
    found: Decimal | None = execute(connection, FIND_CLAIM, contract_id=contract_id, billable_id=billable_id).scalar()
    return found or Decimal(0)


def refuse_exceeded(connection: sa.Connection, contract_id: str, contract_line_id: str, customer_id: str) -> None:
    """Raises:
    LimitExceededError: more is taken of a limit of the customer's work on the line than there is.
    """
    named = {"contract_id": contract_id, "contract_line_id": contract_line_id, "customer_id": customer_id}
    if exceeded := execute(connection, FIND_EXCEEDED, **named).one_or_none():
        raise LimitExceededError(
            "this", _limit(exceeded, contract_id), exceeded.limit_amount, exceeded.used_amount, is_included=True
        )


def refuse_failed(
    connection: sa.Connection,
    contract_ids: Sequence[str],
    transaction_ids: Sequence[str],
    customer_ids: Sequence[str] | None = None,
) -> None:
    """Raises:
    LimitExceededError: a limit has failed a share of one of the transactions, of any customer if none is named.
    """
    named = {"contract_ids": list(contract_ids), "transaction_ids": list(transaction_ids)}
    customers = list(customer_ids) if customer_ids is not None else None
    if failed := execute(connection, FIND_FAILED, **named, customer_ids=customers).one_or_none():
        what = f"transaction {failed.transaction_id} of {failed.amount}"
        raise LimitExceededError(what, _limit(failed, failed.contract_id), failed.limit_amount, failed.used_amount)


def find_exceeding(connection: sa.Connection, invoice_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Why invoices cannot be confirmed one after the other, by run date: those whose milestones and other fixed-price work the limits
    of the contract, or of its customer, have no room for.
    """
    invoices = execute(connection, SUM_FIXED_PRICE, invoice_ids=list(invoice_ids)).all()
    limits = _limits_of(connection, sorted({row.contract_id for row in invoices}))
    taken: dict[sa.Row[Any], Decimal] = {}
    reasons: dict[UUID, str] = {}
    for invoice in invoices:
        own = [limit for limit in limits[invoice.contract_id] if limit.customer_id in ("", invoice.customer_id)]
        used = {limit: limit.used_amount + taken.get(limit, 0) for limit in own}
        full = [limit for limit in own if invoice.amount > 0 and used[limit] + invoice.amount > limit.limit_amount]
        if full:
            what, first = f"fixed-price work of {invoice.amount}", full[0]
            error = LimitExceededError(what, _limit(first, invoice.contract_id), first.limit_amount, used[first])
            reasons[invoice.invoice_id] = error.message
        else:
            taken |= {limit: taken.get(limit, 0) + invoice.amount for limit in own}
    return reasons


def _limits_of(connection: sa.Connection, contract_ids: list[str]) -> dict[str, list[sa.Row[Any]]]:
    """The limits of contracts and of their customers as a whole, by contract."""
    limits = defaultdict(list)
    for limit in execute(connection, LIST_OF_CONTRACTS, contract_ids=contract_ids) if contract_ids else ():
        limits[limit.contract_id].append(limit)
    return limits


def _limit(row: sa.Row[Any], contract_id: str) -> str:
    """The limit in words."""
    return {
        "contract": f"contract {contract_id}",
        "contract_customer": f"customer {row.customer_id} of contract {contract_id}",
        "contract_line": f"line {row.contract_line_id} of contract {contract_id}",
        "contract_line_customer": f"customer {row.customer_id} on line {row.contract_line_id} of contract {contract_id}",
    }[row.level]
