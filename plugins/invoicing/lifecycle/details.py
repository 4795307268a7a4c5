"""Details of a draft: changed, added by hand, taken off. Each function is one change, as in `invoicing.lifecycle.drafts`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import sqlalchemy as sa

from invoicing.errors import (
    ClassNotBilledError,
    CorrectionRuleError,
    DetailValueError,
    FixedPriceRuleError,
    NotFoundError,
    OptionsError,
    UsageError,
)
from invoicing.ledger.changes import Change, Request
from invoicing.lifecycle.backlog import BillingType, TransactionClass
from invoicing.lifecycle.drafts import Draft, edit_draft, remove_details
from invoicing.lifecycle.invoices import Invoice
from invoicing.limits.usage import claim_of, refuse_exceeded
from invoicing.money import surplus_digits
from invoicing.warehouse.statements import Statement, execute

ADD_DETAIL = Statement("lifecycle/details/add_detail")
ADD_ENTRY = Statement("lifecycle/details/add_entry")
CHANGE_DETAIL = Statement("lifecycle/details/change_detail")
FIND_DETAIL = Statement("lifecycle/details/find_detail")
FIND_LINE = Statement("lifecycle/details/find_line")
RECORD_DETAIL = Statement("lifecycle/details/record_detail")


@dataclass(frozen=True)
class DetailChanges:
    """What to change of a detail; None stays as it is.

    On a correction, quantity and tax are what is right in all, not what comes on top of what was invoiced before.
    """

    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    billing_type: BillingType | None = None
    tax_amount: Decimal | None = None
    description: str | None = None


@dataclass(frozen=True)
class NewDetail:
    """An entry without a source. amount: None is quantity x unit_price, rounded to the currency."""

    contract_line_id: str
    transaction_class: TransactionClass
    transaction_date: date
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal | None = None
    tax_amount: Decimal = Decimal(0)
    billing_type: BillingType = "chargeable"
    description: str | None = None
    role_id: str | None = None
    resource_id: str | None = None


def change_detail(
    connection: sa.Connection,
    invoice: str,
    detail_id: int,
    changes: DetailChanges,
    *,
    request: Request,
    version: int | None = None,
) -> Invoice:
    """Changes a detail; amount and totals follow at once, and the tax in proportion to the amount unless it is given.

    Raises:
        OptionsError: there is nothing to change.
        RefusedError: this cannot be changed of such a detail, or the invoice is confirmed.
        NotFoundError, ChangedMeanwhileError: see `edit_draft`; or there is no such detail.
    """
    if changes == DetailChanges():
        raise OptionsError(
            "say what to change of the detail: quantity, unit price, billing type, tax amount or description"
        )

    def edit(draft: Draft, change: Change) -> None:
        before = _find_detail(connection, draft, detail_id)
        _refuse_changes(draft, detail_id, before, changes)
        claimed = claim_of(connection, draft.contract_id, detail_id)
        execute(connection, CHANGE_DETAIL, **draft.key, detail_id=detail_id, **vars(changes))
        after = _find_detail(connection, draft, detail_id)
        _refuse_beyond_limits(connection, draft, detail_id, after, claimed)
        for name in ("quantity", "unit_price", "billing_type", "amount", "tax_amount", "description"):
            old, new = getattr(before, name), getattr(after, name)
            if old != new:
                _record_detail(connection, draft, change, detail_id, "detail_changed", name, old, new)

    return edit_draft(connection, invoice, version, request, edit)


def add_detail(
    connection: sa.Connection, invoice: str, detail: NewDetail, *, request: Request, version: int | None = None
) -> Invoice:
    """Adds time, expense, material or a fee that no transaction stands behind.

    Raises:
        RefusedError: the draft is a correction, or the invoice is confirmed.
        NotFoundError, ChangedMeanwhileError: see `edit_draft`; or the contract has no such line.
    """

    def add(draft: Draft, change: Change) -> None:
        if draft.origin == "corrective":
            raise CorrectionRuleError("a correction takes no new details; create an invoice for what comes on top")
        _refuse_numbers(draft, detail.quantity, detail.unit_price, detail.tax_amount, detail.amount)
        if detail.quantity == 0:
            raise DetailValueError("quantity", 0, "bills nothing")
        _refuse_class(connection, draft, detail)
        texts = {name: getattr(detail, name) for name in ("description", "role_id", "resource_id")}
        worth = {name: value for name, value in vars(detail).items() if name not in texts}
        detail_id = execute(connection, ADD_ENTRY, **draft.key, change_id=change.change_id, **worth).scalar_one()
        execute(connection, ADD_DETAIL, **draft.key, detail_id=detail_id, **texts)
        added = _find_detail(connection, draft, detail_id)
        _refuse_beyond_limits(connection, draft, detail_id, added, Decimal(0))
        _record_detail(connection, draft, change, detail_id, "detail_added", "amount", None, added.amount)

    return edit_draft(connection, invoice, version, request, add)


def remove_detail(
    connection: sa.Connection, invoice: str, detail_id: int, *, request: Request, version: int | None = None
) -> Invoice:
    """Takes a detail off; what it held is ready again.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError: see `edit_draft`; or there is no such detail.
    """

    def remove(draft: Draft, change: Change) -> None:
        if not remove_details(connection, draft, change, detail_id=detail_id):
            raise NotFoundError(f"invoice {invoice} has no detail {detail_id}; `invoicing show {invoice}` lists them")

    return edit_draft(connection, invoice, version, request, remove)


def remove_line(
    connection: sa.Connection, invoice: str, contract_line_id: str, *, request: Request, version: int | None = None
) -> Invoice:
    """Takes a line off with all of its details; what they held is ready again.

    Raises:
        NotFoundError, RefusedError, ChangedMeanwhileError: see `edit_draft`; or there is no such line.
    """

    def remove(draft: Draft, change: Change) -> None:
        if not remove_details(connection, draft, change, contract_line_id=contract_line_id):
            raise NotFoundError(
                f"invoice {invoice} has no line {contract_line_id}; `invoicing show {invoice}` lists them"
            )

    return edit_draft(connection, invoice, version, request, remove)


def read_new_detail(fields_of_file: dict[str, Any], today: date) -> NewDetail:
    """A detail from the fields of `analytics.invoice_line_details`, as JSON gives them; its date is `today` if it names none.

    Raises:
        UsageError: a field is missing, unknown or not of its type; the message names it.
    """
    known = {field.name for field in fields(NewDetail)}
    for name in fields_of_file:
        if name not in known:
            raise UsageError(f"a new detail has no field {name}; it has {', '.join(sorted(known))}")
    values = {name: value for name, value in fields_of_file.items() if value is not None}
    for name in ("contract_line_id", "transaction_class", "quantity", "unit_price"):
        if name not in values:
            raise UsageError(f"a new detail needs the field {name}")
    readers = {
        "transaction_date": date.fromisoformat,
        **dict.fromkeys(("quantity", "unit_price", "amount", "tax_amount"), lambda value: Decimal(str(value))),
        "transaction_class": _one_of(*get_args(TransactionClass)),
        "billing_type": _one_of(*get_args(BillingType)),
    }
    for name, read in readers.items():
        if name in values:
            try:
                values[name] = read(values[name])
            except (ValueError, ArithmeticError, TypeError) as error:
                raise UsageError(f"field {name} cannot be {values[name]!r}: {error}") from error
    return NewDetail(**{"transaction_date": today, **values})


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"it is one of {', '.join(allowed)}")
        return str(value)

    return read


def _refuse_class(connection: sa.Connection, draft: Draft, detail: NewDetail) -> None:
    """Raises:
    NotFoundError, RefusedError: the contract has no such line, or the line does not bill such a class.
    """
    line = execute(
        connection,
        FIND_LINE,
        contract_id=draft.contract_id,
        contract_line_id=detail.contract_line_id,
        transaction_class=detail.transaction_class,
    ).one_or_none()
    if line is None:
        raise NotFoundError(f"contract {draft.contract_id} has no line {detail.contract_line_id}")
    if not line.takes_class:
        raise ClassNotBilledError(detail.contract_line_id, detail.transaction_class)


def _find_detail(connection: sa.Connection, draft: Draft, detail_id: int) -> sa.Row[tuple[object, ...]]:
    row = execute(connection, FIND_DETAIL, **draft.key, detail_id=detail_id).one_or_none()
    if row is None:
        raise NotFoundError(
            f"invoice {draft.invoice_id} has no detail {detail_id}; `invoicing show {draft.invoice_id}` lists them"
        )
    return row


def _record_detail(
    connection: sa.Connection,
    draft: Draft,
    change: Change,
    detail_id: int,
    action: str,
    field: str,
    old: object,
    new: object,
) -> None:
    execute(
        connection,
        RECORD_DETAIL,
        **draft.key,
        detail_id=detail_id,
        change_id=change.change_id,
        action=action,
        field=field,
        old_value=None if old is None else str(old),
        new_value=None if new is None else str(new),
    )


def _refuse_beyond_limits(
    connection: sa.Connection, draft: Draft, detail_id: int, detail: Any, claimed: Decimal
) -> None:
    """Raises:
    LimitExceededError: the detail takes more of its limits than it claimed before, and than there is.
    """
    if claim_of(connection, draft.contract_id, detail_id) > claimed:
        refuse_exceeded(connection, draft.contract_id, detail.contract_line_id, detail.customer_id)


def _refuse_changes(draft: Draft, detail_id: int, detail: sa.Row[tuple[object, ...]], changes: DetailChanges) -> None:
    """Raises:
    RefusedError: this cannot be changed of such a detail.
    """
    wanted = {name for name, value in vars(changes).items() if value is not None}
    if detail.billing_method == "fixed_price" and wanted & {"quantity", "unit_price"}:
        raise FixedPriceRuleError(
            detail_id, ": its billing type, tax and description can be changed, quantity and price not"
        )
    if (
        draft.origin == "corrective"
        and detail.billing_method == "fixed_price"
        and wanted & {"tax_amount", "billing_type"}
    ):
        raise FixedPriceRuleError(detail_id, ", and is corrected in full only")
    if draft.origin == "corrective" and "billing_type" in wanted:
        raise CorrectionRuleError(
            "the billing type is locked on a correction; credit the detail in full, and bill it anew"
        )
    _refuse_numbers(draft, changes.quantity, changes.unit_price, changes.tax_amount)
    source: Any = detail.source_quantity
    if changes.quantity is not None and changes.quantity * source < 0:
        raise DetailValueError("quantity", changes.quantity, f"has another sign than what it bills, {source}")
    if changes.quantity == 0 and detail.source == "entry" and not detail.is_sale:
        raise DetailValueError(
            "quantity", 0, f"bills nothing, and detail {detail_id} was added by hand; take it off instead"
        )


def _refuse_numbers(
    draft: Draft,
    quantity: Decimal | None,
    unit_price: Decimal | None,
    tax_amount: Decimal | None,
    amount: Decimal | None = None,
) -> None:
    named = {"quantity": quantity, "unit price": unit_price, "tax amount": tax_amount, "amount": amount}
    for name, value in named.items():
        if value is not None and not value.is_finite():
            raise DetailValueError(name, value, "is not a number")
        if value is not None and (surplus := surplus_digits(value)):
            raise DetailValueError(name, value, surplus)
    for name in ("tax amount", "amount"):
        money = named[name]
        if money is not None and money != round(money, draft.decimals):
            raise DetailValueError(name, money, f"has more decimals than {draft.currency} has ({draft.decimals})")
