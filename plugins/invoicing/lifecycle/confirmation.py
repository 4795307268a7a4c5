"""Confirmation, one way: numbers, actuals, and from then on read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import RefusedError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.invoices import NO_SUCH_INVOICE, Handled, Invoice, Refused, as_they_stand, contracts_of
from invoicing.lifecycle.payment import pay_invoices
from invoicing.lifecycle.requests import begin_change, done_before, record_action
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
NAME_INVOICES = Statement("lifecycle/confirmation/name_invoices")
POST_ACTUALS = Statement("lifecycle/confirmation/post_actuals")
RECORD_LATER_SHARES = Statement("lifecycle/confirmation/record_later_shares")
RECORD_NUMBERS = Statement("lifecycle/confirmation/record_numbers")
RESTORE_TAKEN_SHARES = Statement("lifecycle/confirmation/restore_taken_shares")
SEAL_DETAILS = Statement("lifecycle/confirmation/seal_details")
SEAL_LINES = Statement("lifecycle/confirmation/seal_lines")

_REFUSALS = {
    "confirmed": "is {status} already, as {invoice_number}",
    "changed": "is at version {version} and you saw {asked_version}: somebody changed it meanwhile; look at it again",
    "empty": "has no details; refresh it, add some, or delete it",
    "totals": "says {chargeable_amount} chargeable and its details come to {detail_amount}; run `invoicing verify`",
    "unchanged": "is a correction that changes nothing; change a quantity, or delete it",
}


def choose_drafts(
    connection: sa.Connection, *, run_date: date | None = None, contract_ids: Sequence[str] | None = None
) -> list[Invoice]:
    """The drafts of a run date, of contracts, of both, or all: not those in review, and not corrections that nobody has edited."""
    rows = execute(
        connection,
        CHOOSE_DRAFTS,
        run_date=run_date,
        contract_ids=list(contract_ids) if contract_ids is not None else None,
    )
    return [Invoice(**row._mapping) for row in rows]


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

    Args:
        versions: of each invoice the version that was looked at; None when nobody looked.
        today: decides the series of the numbers.
        accounting_date: of the actuals that are written; None: today.

    Raises:
        RefusedError: the next numbers were given before, in another series; nothing was confirmed.
    """
    lock_request(connection, request.key)
    before = done_before(connection, "confirmed", request)
    asked = {invoice_id: version for invoice_id, version in versions.items() if invoice_id not in before}
    lock_contracts(connection, contracts_of(connection, list(asked)))
    refusals = _refusals(connection, asked)
    accepted = [invoice_id for invoice_id in asked if invoice_id not in refusals]
    if accepted:
        _confirm(connection, accepted, accounting_date or today, series_of(settings.number_pattern, today), request)
    return Handled(
        invoices=as_they_stand(connection, [*(name for name in before if name in versions), *accepted]),
        refused=tuple(Refused(str(invoice_id), reason) for invoice_id, reason in refusals.items()),
    )


def _refusals(connection: sa.Connection, asked: Mapping[UUID, int | None]) -> dict[UUID, str]:
    """Why invoices cannot be confirmed, those that cannot, in the order of contract and id."""
    rows = execute(connection, CHECK_INVOICES, invoice_ids=list(asked), versions=list(asked.values())).all()
    unknown = dict.fromkeys(sorted(asked.keys() - {row.invoice_id for row in rows}), NO_SUCH_INVOICE)
    return {
        row.invoice_id: _REFUSALS[row.refusal].format(**row._mapping) for row in rows if row.refusal is not None
    } | unknown


def _confirm(
    connection: sa.Connection, invoice_ids: list[UUID], accounting_date: date, series: Series, request: Request
) -> None:
    """What stands between the first and the last statement works on the chosen invoices."""
    _choose(connection, invoice_ids, series)
    change = begin_change(connection, request, "confirm", contracts_of(connection, invoice_ids))
    execute(connection, RECORD_NUMBERS, series=series.name, change_id=change.change_id)
    execute(connection, NAME_INVOICES)
    execute(connection, RECORD_LATER_SHARES, change_id=change.change_id)
    execute(connection, RESTORE_TAKEN_SHARES)
    # The sources are read before they are closed, and the content is sealed when nothing of it changes any more.
    execute(connection, POST_ACTUALS, accounting_date=accounting_date, change_id=change.change_id)
    execute(connection, GIVE_BACK, accounting_date=accounting_date, change_id=change.change_id)
    execute(connection, CLOSE_BILLABLES)
    execute(connection, SEAL_LINES)
    execute(connection, SEAL_DETAILS)
    execute(connection, CONFIRM_INVOICES, change_id=change.change_id, confirmed_at=change.changed_at)
    record_action(connection, invoice_ids, "confirmed", change)
    execute(connection, DROP_CHOSEN)


def _choose(connection: sa.Connection, invoice_ids: list[UUID], series: Series) -> None:
    """Raises:
    RefusedError: one of the numbers was given before.
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
    )
    connection.execute(sa.text("ANALYZE pg_temp.chosen_invoice"))
    if given := execute(connection, FIND_GIVEN_NUMBER).one_or_none():
        raise RefusedError(
            f"the number {given.invoice_number} was given before, in the series {given.series}; nothing is confirmed: "
            "choose another INVOICING_NUMBER_PATTERN"
        )
