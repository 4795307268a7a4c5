"""How much of not-to-exceed limits is taken, and what would take more than there is."""

from __future__ import annotations

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
    contracts = sorted({row.contract_id for row in invoices})
    limits = execute(connection, LIST_OF_CONTRACTS, contract_ids=contracts).all() if contracts else []
    used = {_key(limit): limit.used_amount for limit in limits}
    reasons: dict[UUID, str] = {}
    for invoice in invoices:
        own = [
            limit
            for limit in limits
            if limit.contract_id == invoice.contract_id and limit.customer_id in ("", invoice.customer_id)
        ]
        full = [
            limit for limit in own if invoice.amount > 0 and used[_key(limit)] + invoice.amount > limit.limit_amount
        ]
        if full:
            what = f"fixed-price work of {invoice.amount}"
            error = LimitExceededError(
                what, _limit(full[0], invoice.contract_id), full[0].limit_amount, used[_key(full[0])]
            )
            reasons[invoice.invoice_id] = error.message
        else:
            for limit in own:
                used[_key(limit)] += invoice.amount
    return reasons


def _key(limit: sa.Row[Any]) -> tuple[str, str]:
    return limit.contract_id, limit.customer_id


def _limit(row: sa.Row[Any], contract_id: str) -> str:
    """The limit in words."""
    return {
        "contract": f"contract {contract_id}",
        "contract_customer": f"customer {row.customer_id} of contract {contract_id}",
        "contract_line": f"line {row.contract_line_id} of contract {contract_id}",
        "contract_line_customer": f"customer {row.customer_id} on line {row.contract_line_id} of contract {contract_id}",
    }[row.level]
