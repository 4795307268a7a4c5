"""Not-to-exceed limits by the data contract (2.1), share by share in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tests.model.invoices import Actual, Detail, Invoice

if TYPE_CHECKING:
    from tests.model.records import Records

NOTHING = Decimal(0)


class Limit(NamedTuple):
    """contract_line_id, customer_id: None where it is for all of them."""

    contract_id: str
    level: str
    contract_line_id: str | None
    customer_id: str | None
    amount: Decimal

    def holds_for(self, contract_id: str, contract_line_id: str, customer_id: str) -> bool:
        return (
            self.contract_id == contract_id
            and self.contract_line_id in (None, contract_line_id)
            and self.customer_id in (None, customer_id)
        )


class ShownLimit(NamedTuple):
    """A limit as analysts see it."""

    limit: Limit
    committed: Decimal
    invoiced: Decimal


def limits(records: Records) -> Iterator[Limit]:
    """In the order in which they are tested."""
    for line, customers in records.customers.items():
        for customer in customers.values():
            if customer.not_to_exceed_limit is not None and records.lines[line].billing_method == "time_and_material":
                yield Limit(
                    line[0], "contract_line_customer", line[1], customer.customer_id, customer.not_to_exceed_limit
                )
    for (contract_id, line_id), of_line in records.lines.items():
        if of_line.not_to_exceed_limit is not None and of_line.billing_method == "time_and_material":
            yield Limit(contract_id, "contract_line", line_id, None, of_line.not_to_exceed_limit)
    for (contract_id, customer_id), of_customer in records.contract_customers.items():
        if of_customer.not_to_exceed_limit is not None:
            yield Limit(contract_id, "contract_customer", None, customer_id, of_customer.not_to_exceed_limit)
    for contract in records.contracts.values():
        if contract.not_to_exceed_limit is not None:
            yield Limit(contract.contract_id, "contract", None, None, contract.not_to_exceed_limit)


def limits_of(records: Records, actual: Actual) -> list[Limit]:
    return [limit for limit in limits(records) if limit.holds_for(*actual.line, actual.customer_id)]


def claim(records: Records, actual: Actual) -> Decimal:
    """What an open share, an entry or the correction of a billed sale takes of its limits before it is confirmed."""
    if records.is_fixed(actual):
        return NOTHING
    holder = _draft_of(records, actual)
    held = _chargeable(holder) if holder else None
    if holder and holder.is_correction:
        return max(held or NOTHING, NOTHING)
    if not actual.is_open and actual.kind != "added":
        return NOTHING
    return _taken(actual, held, is_committed=actual.limit_status == "committed")


def used(records: Records, limit: Limit, without: Iterable[Actual] = ()) -> tuple[Decimal, Decimal]:
    """What is committed of a limit, and what is invoiced."""
    left_out = set(without)
    committed = sum(
        (
            claim(records, actual)
            for actual in records.actuals
            if actual not in left_out and limit.holds_for(*actual.line, actual.customer_id)
        ),
        NOTHING,
    )
    invoiced = sum(
        (
            _chargeable(detail)
            for invoice in records.invoices
            for detail in invoice.details
            if not invoice.is_draft and limit.holds_for(*detail.line, invoice.customer_id)
        ),
        NOTHING,
    )
    invoiced += sum(
        (balance.invoiced_amount for key, balance in records.opening_balances.items() if limit.holds_for(*key)),
        NOTHING,
    )
    return committed, invoiced


def evaluate(records: Records, certain: Iterable[Actual], others: Iterable[Actual]) -> None:
    """Evaluates open sales: first those that were admitted before, which stay so, then the others."""
    position = {actual: nth for nth, actual in enumerate(records.actuals)}

    def order(actual: Actual) -> tuple[object, ...]:
        named = (actual.transaction_id is None, actual.transaction_id or "")
        return actual.transaction_date, named, actual.customer_id, position[actual]

    admitted = sorted(certain, key=order)
    waiting = [*admitted, *sorted(others, key=order)]
    taken = {limit: sum(used(records, limit, waiting)) for limit in limits(records)}
    for actual in waiting:
        actual.limit_status = actual.limit_level = None
        own = limits_of(records, actual)
        if not own or not _is_tested(records, actual):
            continue
        holder = _draft_of(records, actual)
        held = _chargeable(holder) if holder else None
        amount = actual.worth.amount
        full = [] if amount <= 0 or actual in admitted else [one for one in own if taken[one] + amount > one.amount]
        actual.limit_status = "failed" if full else "committed"
        actual.limit_level = full[0].level if full else None
        for limit in own:
            taken[limit] += _taken(actual, held, is_committed=not full)


def evaluate_contracts(records: Records, contract_ids: Iterable[str], *, reset: bool = False) -> None:
    """The open sales of contracts; what is committed, or on a draft, was admitted before."""
    wanted = set(contract_ids)
    limited = {limit.contract_id for limit in limits(records)}
    shares = [
        actual
        for actual in records.actuals
        if actual.kind == "unbilled_sales"
        and actual.is_open
        and actual.contract_id in wanted
        and (actual.contract_id in limited or actual.limit_status)
    ]
    certain = [
        actual for actual in shares if records.holder(actual) or (actual.limit_status == "committed" and not reset)
    ]
    evaluate(records, certain, [actual for actual in shares if actual not in certain])


def is_exceeded(records: Records, detail: Detail) -> bool:
    source = detail.source
    return any(sum(used(records, limit)) > limit.amount for limit in limits_of(records, source))


def exceeding(records: Records, invoices: Iterable[Invoice]) -> list[Invoice]:
    """Those whose fixed-price work finds no room, one after the other."""
    taken = {limit: sum(used(records, limit)) for limit in limits(records) if limit.contract_line_id is None}
    refused = []
    order = lambda one: (one.contract_id, one.run_date, one.customer_id, one.invoice_id)  # noqa: E731
    for invoice in sorted(invoices, key=order):
        amount = sum((_chargeable(detail) for detail in invoice.details if records.is_fixed(detail.source)), NOTHING)
        own = [
            limit
            for limit in taken
            if limit.contract_id == invoice.contract_id and limit.customer_id in (None, invoice.customer_id)
        ]
        if amount > 0 and any(taken[limit] + amount > limit.amount for limit in own):
            refused.append(invoice)
            continue
        for limit in own:
            taken[limit] += amount
    return refused


def status(records: Records, actual: Actual) -> str:
    """As the backlog shows it."""
    if actual.limit_status:
        return actual.limit_status
    return "not_evaluated" if _is_limitable(records, actual) and limits_of(records, actual) else "not_applicable"


def _taken(actual: Actual, held: Decimal | None, *, is_committed: bool) -> Decimal:
    if held is None:
        return actual.worth.amount if is_committed else NOTHING
    return max(actual.worth.amount, held) if is_committed else held


def _draft_of(records: Records, actual: Actual) -> Detail | None:
    holder = records.holder(actual)
    return holder if holder and holder.invoice.is_draft else None


def _chargeable(detail: Detail) -> Decimal:
    return detail.amount if detail.billing_type == "chargeable" else NOTHING


def _is_limitable(records: Records, actual: Actual) -> bool:
    return actual.billing_type == "chargeable" and records.lines[actual.line].invoices(actual.transaction_class)


def _is_tested(records: Records, actual: Actual) -> bool:
    """What a correction gave back is not evaluated before it is ready."""
    is_waiting = actual.replaces is not None and actual.status != "ready_to_invoice"
    return _is_limitable(records, actual) and not is_waiting
