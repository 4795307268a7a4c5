"""Proforma invoices created by hand, whatever the schedules say: of everything ready up to a day, or of exactly what is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from invoicing.audit.exceptions import detect_exceptions
from invoicing.errors import NotReadyError, OptionsError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.backlog import Selection, refuse_closed
from invoicing.lifecycle.invoices import Handled, Refused, as_they_stand
from invoicing.lifecycle.requests import begin_change, done_before, record_action
from invoicing.lifecycle.totals import Drafts, total
from invoicing.limits.usage import refuse_failed
from invoicing.settings import Settings
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

CHECK_CONTRACTS = Statement("lifecycle/creation/check_contracts")
CHOOSE_READY = Statement("lifecycle/creation/choose_ready")
DROP_READY = Statement("lifecycle/creation/drop_ready")
FIND_MISSING = Statement("lifecycle/creation/find_missing")
WRITE_DETAILS = Statement("lifecycle/creation/write_details")
WRITE_INVOICES = Statement("lifecycle/creation/write_invoices")


def create_invoices(
    connection: sa.Connection,
    contract_ids: Sequence[str],
    *,
    today: date,
    settings: Settings,
    request: Request,
    until: date | None = None,
    transaction_ids: Sequence[str] | None = None,
    milestone_ids: Sequence[str] | None = None,
) -> Handled:
    """One draft per contract, customer and currency. Schedules are not touched. A contract that cannot be invoiced does not stop
    the others.

    Args:
        today: the run date of the drafts.
        until: the last date of the work and the milestones that are taken; None: today.
        transaction_ids, milestone_ids: exactly these, whatever their dates; None for both: everything that is ready.

    Raises:
        OptionsError: both a day and names were given.
        NotFoundError, RefusedError: what was named is not known, or cannot be invoiced now; nothing was created.
    """
    if until is not None and (transaction_ids or milestone_ids):
        raise OptionsError("say either up to which day, or which transactions and milestones")
    lock_request(connection, request.key)
    before = done_before(connection, "created", request)
    asked = sorted(set(contract_ids) - set(before.values()))
    lock_contracts(connection, asked)
    detect_exceptions(connection, today, catch_up_days=settings.catch_up_days, contract_ids=asked)
    named = Selection(asked, transaction_ids or None, milestone_ids or None, until=until or today)
    _choose(connection, named, is_retried=bool(before))
    refusals = _refusals(connection, named)
    accepted = [contract_id for contract_id in asked if contract_id not in refusals]
    drafts = _write(connection, accepted, today, request) if accepted else Drafts([], [])
    execute(connection, DROP_READY)
    return Handled(
        invoices=as_they_stand(connection, [*before, *drafts.invoice_ids]),
        refused=tuple(Refused(contract_id, reason) for contract_id, reason in refusals.items()),
    )


def _choose(connection: sa.Connection, named: Selection, *, is_retried: bool) -> None:
    """Raises:
    NotFoundError, RefusedError: something that was named cannot be invoiced. What an earlier try took is on its drafts by now.
    """
    if not is_retried:
        refuse_closed(connection, named)
    names = {"transaction_ids": named.transaction_ids, "milestone_ids": named.milestone_ids}
    execute(
        connection,
        CHOOSE_READY,
        contract_ids=list(named.contract_ids),
        until=named.until,
        **{name: list(ids) if ids is not None else None for name, ids in names.items()},
    )
    if not is_retried:
        refuse_failed(connection, named.contract_ids, named.transaction_ids or ())
        missing = execute(connection, FIND_MISSING, **{name: list(ids or ()) for name, ids in names.items()}).first()
        if missing is not None:
            raise NotReadyError(missing.what, missing.name)


def _write(connection: sa.Connection, contract_ids: list[str], today: date, request: Request) -> Drafts:
    change = begin_change(connection, request, "create", contract_ids)
    drafts = Drafts.of(
        execute(connection, WRITE_INVOICES, contract_ids=contract_ids, run_date=today, change_id=change.change_id).all()
    )
    execute(connection, WRITE_DETAILS, **vars(drafts))
    total(connection, drafts, change, is_edited=False)
    record_action(connection, drafts.invoice_ids, "created", change)
    return drafts


def _refusals(connection: sa.Connection, named: Selection) -> dict[str, str]:
    """Why contracts cannot be invoiced, those that cannot."""
    contract_ids = list(named.contract_ids)
    known = {row.contract_id: row for row in execute(connection, CHECK_CONTRACTS, contract_ids=contract_ids)}
    reasons = {contract_id: _refusal(known.get(contract_id), named) for contract_id in contract_ids}
    return {contract_id: reason for contract_id, reason in reasons.items() if reason is not None}


def _refusal(row: sa.Row[tuple[object, ...]] | None, named: Selection) -> str | None:
    if row is None:
        return "there is no such contract in the warehouse"
    if row.state != "active":
        return f"the contract is {row.state}; only active contracts are invoiced"
    if row.code is not None:
        return f"the contract is quarantined ({row.code}): {row.message}"
    if not row.ready_count:
        what = f"up to {named.until}" if named.names_nothing else "of what was named"
        return f"nothing is ready to invoice {what}; `invoicing backlog` lists what waits, `invoicing ready` makes it ready"
    return None
