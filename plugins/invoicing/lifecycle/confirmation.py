"""Confirmation, one way: numbers, actuals, and from then on read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import NumberGivenError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.approval import ask, find_unapproved
from invoicing.lifecycle.invoices import NO_SUCH_INVOICE, Handled, Invoice, Refused, as_they_stand, contracts_of
from invoicing.lifecycle.payment import pay_invoices
from invoicing.lifecycle.requests import begin_change, done_before, record_action
from invoicing.limits.usage import find_exceeding
from invoicing.numbering import Series, series_of
from invoicing.settings import Settings
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

__all__ = ["choose_drafts", "confirm_invoices", "pay_invoices"]

CHECK_INVOICES = Statement("lifecycle/confirmation/check_invoices")
CHOOSE_DRAFTS = Statement("lifecycle/confirmation/choose_drafts")
CHOOSE_INVOICES = Statement("lifecycle/confirmation/choose_invoices")
CLOSE_BILLABLES = Statement("lifecycle/confirmation/close_billables")
CONFIRM_INVOICES = Statement("lifecycle/confirmation/confirm_invoices")
DROP_CHOSEN = Statement("lifecycle/confirmation/drop_chosen")
FIND_GIVEN_NUMBER = Statement("lifecycle/confirmation/find_given_number")
GIVE_BACK = Statement("lifecycle/confirmation/give_back")
LOCK_SERIES = Statement("lifecycle/confirmation/lock_series")
POST_ACTUALS = Statement("lifecycle/confirmation/post_actuals")
RECORD_LATER_SHARES = Statement("lifecycle/confirmation/record_later_shares")
RECORD_NUMBERS = Statement("lifecycle/confirmation/record_numbers")
RESTORE_TAKEN_SHARES = Statement("lifecycle/confirmation/restore_taken_shares")
SEAL_DETAILS = Statement("lifecycle/confirmation/seal_details")
SEAL_INVOICES = Statement("lifecycle/confirmation/seal_invoices")
SEAL_LINES = Statement("lifecycle/confirmation/seal_lines")

_REFUSALS = {
    "confirmed": "is {status} already, as {invoice_name}",
    "changed": "is at version {version} and you saw {asked_version}: somebody changed it meanwhile; look at it again",
    "empty": "has no details; refresh it, add some, or delete it",
    "totals": "says {chargeable_amount} chargeable and its details come to {detail_amount}; run `invoicing verify`",
    "unchanged": "is a correction that changes nothing; change a quantity, or delete it",
}

# What nobody confirms by accident.
_LEFT_OUT = {
    "in_review": "is in review; name it, or put it back to draft",
    "untouched": "is a correction that nobody has edited, and would credit everything; name it",
}


def choose_drafts(
    connection: sa.Connection, *, run_date: date | None = None, contract_ids: Sequence[str] | None = None
) -> tuple[list[Invoice], list[Refused]]:
    """The drafts of a run date, of contracts, of both, or all; and those among them that have to be named, with the reason."""
    rows = execute(
        connection,
        CHOOSE_DRAFTS,
        run_date=run_date,
        contract_ids=list(contract_ids) if contract_ids is not None else None,
    ).all()
    taken = [row._mapping for row in rows if row.left_out is None]
    return (
        [Invoice(**{name: row[name] for name in Invoice.__dataclass_fields__}) for row in taken],
        [Refused(str(row.invoice_id), _LEFT_OUT[row.left_out]) for row in rows if row.left_out is not None],
    )


@dataclass(frozen=True)
class Asked:
    """What a confirmation needs before it begins. `approval_id`: the approval that was asked for; None: none is needed.

    `refused`: what cannot be confirmed whatever somebody answers, and why; it is not asked about.
    """

    approval_id: int | None
    refused: tuple[Refused, ...]


def ask_for_approval(
    connection: sa.Connection, versions: Mapping[UUID, int | None], *, settings: Settings, request: Request
) -> Asked:
    """Asks for the approval that `confirm_invoices` would need for the same invoices, if it needs one that is not there.

    Raises:
        ApprovalNeededError: as `confirm_invoices`.
    """
    lock_request(connection, request.key)
    before = done_before(connection, "confirmed", request)
    asked = {invoice_id: version for invoice_id, version in versions.items() if invoice_id not in before}
    lock_contracts(connection, contracts_of(connection, list(asked)))
    refusals = _refusals(connection, asked)
    call = [invoice_id for invoice_id in versions if invoice_id not in refusals]
    approval_id, _ = _approval_of(connection, call, settings, request)
    return Asked(approval_id, _as_refused(refusals))


def confirm_invoices(
    connection: sa.Connection,
    versions: Mapping[UUID, int | None],
    *,
    today: date,
    settings: Settings,
    request: Request,
    accounting_date: date | None = None,
) -> Handled:
    """Confirms invoices, as many as there are, in a few statements; one that cannot be confirmed does not stop the others.

    Where they come to more than `approval_amount` in a currency, drafts that are not approved are refused, and an approval
    of these is asked for.

    Args:
        versions: of each invoice the version that was looked at; None when nobody looked.
        today: decides the series of the numbers.
        accounting_date: of the actuals that are written; None: today.

    Raises:
        NumberGivenError: the next numbers were given before, in another series; nothing was confirmed.
        ApprovalNeededError: an approval is needed, and it is not known who asks for it; nothing was confirmed.
    """
    lock_request(connection, request.key)
    before = done_before(connection, "confirmed", request)
    asked = {invoice_id: version for invoice_id, version in versions.items() if invoice_id not in before}
    lock_contracts(connection, contracts_of(connection, list(asked)))
    refusals = _refusals(connection, asked)
    # What this request has confirmed before counts, or its second try would need no approval for the rest.
    call = [invoice_id for invoice_id in versions if invoice_id not in refusals]
    approval_id, unapproved = _approval_of(connection, call, settings, request)
    refusals |= dict.fromkeys(unapproved, f"waits for approval {approval_id}")
    accepted = [invoice_id for invoice_id in asked if invoice_id not in refusals]
    if accepted:
        series = series_of(settings.number_pattern, today)
        _choose(connection, accepted, series, settings)
        _confirm(connection, accepted, accounting_date or today, series, request)
    return Handled(
        invoices=as_they_stand(connection, [*(name for name in before if name in versions), *accepted]),
        refused=_as_refused(refusals),
        approval_id=approval_id,
    )


def _approval_of(
    connection: sa.Connection, call: Sequence[UUID], settings: Settings, request: Request
) -> tuple[int | None, list[UUID]]:
    """The approval that a confirmation lacks, and the drafts that it is about; None: it lacks none."""
    unapproved = find_unapproved(connection, call, settings.approval_amount)
    return (ask(connection, unapproved, settings=settings, request=request) if unapproved else None), unapproved


def _as_refused(refusals: Mapping[UUID, str]) -> tuple[Refused, ...]:
    return tuple(Refused(str(invoice_id), reason) for invoice_id, reason in refusals.items())


def _refusals(connection: sa.Connection, asked: Mapping[UUID, int | None]) -> dict[UUID, str]:
    """Why invoices cannot be confirmed, those that cannot, in the order of contract and id."""
    rows = execute(connection, CHECK_INVOICES, invoice_ids=list(asked), versions=list(asked.values())).all()
    unknown = dict.fromkeys(sorted(asked.keys() - {row.invoice_id for row in rows}), NO_SUCH_INVOICE)
    refused = {row.invoice_id: _REFUSALS[row.refusal].format(**row._mapping) for row in rows if row.refusal is not None}
    exceeding = find_exceeding(connection, [row.invoice_id for row in rows if row.invoice_id not in refused])
    return refused | exceeding | unknown


def _confirm(
    connection: sa.Connection, invoice_ids: list[UUID], accounting_date: date, series: Series, request: Request
) -> None:
    """What stands between the first and the last statement works on the chosen invoices."""
    change = begin_change(connection, request, "confirm", contracts_of(connection, invoice_ids))
    execute(connection, RECORD_NUMBERS, series=series.name, change_id=change.change_id)
    execute(connection, CONFIRM_INVOICES, change_id=change.change_id, confirmed_at=change.changed_at)
    execute(connection, RECORD_LATER_SHARES, change_id=change.change_id)
    execute(connection, RESTORE_TAKEN_SHARES)
    # The sources are read before they are closed. What is billed now is not open any more when it is asked what is to be given back.
    # The content is sealed when nothing of it changes any more.
    execute(connection, POST_ACTUALS, accounting_date=accounting_date, change_id=change.change_id)
    execute(connection, CLOSE_BILLABLES)
    execute(connection, GIVE_BACK, accounting_date=accounting_date, change_id=change.change_id)
    execute(connection, SEAL_LINES)
    execute(connection, SEAL_DETAILS)
    execute(connection, SEAL_INVOICES)
    record_action(connection, invoice_ids, "confirmed", change)
    execute(connection, DROP_CHOSEN)


def _choose(connection: sa.Connection, invoice_ids: list[UUID], series: Series, settings: Settings) -> None:
    """Raises:
    NumberGivenError: one of the numbers was given before.
    """
    execute(connection, LOCK_SERIES, series=series.name)
    execute(
        connection,
        CHOOSE_INVOICES,
        invoice_ids=invoice_ids,
        series=series.name,
        prefix=series.prefix,
        digits=series.digits,
        suffix=series.suffix,
        number_zero_totals=settings.number_zero_totals,
    )
    connection.execute(sa.text("ANALYZE pg_temp.chosen_invoice"))
    if given := execute(connection, FIND_GIVEN_NUMBER).one_or_none():
        raise NumberGivenError(given.invoice_number, given.series)
