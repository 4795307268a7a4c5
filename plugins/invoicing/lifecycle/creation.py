"""Proforma invoices created by hand: everything that is ready of a contract, whatever its schedule says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from invoicing.audit.exceptions import detect_exceptions
from invoicing.ledger.changes import Request
from invoicing.lifecycle.invoices import Handled, Refused, as_they_stand
from invoicing.lifecycle.requests import begin_change, done_before, record_action
from invoicing.lifecycle.totals import Drafts, total
from invoicing.settings import Settings
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

CHECK_CONTRACTS = Statement("lifecycle/creation/check_contracts")
CHOOSE_READY = Statement("lifecycle/creation/choose_ready")
DROP_READY = Statement("lifecycle/creation/drop_ready")
WRITE_DETAILS = Statement("lifecycle/creation/write_details")
WRITE_INVOICES = Statement("lifecycle/creation/write_invoices")


def create_invoices(
    connection: sa.Connection, contract_ids: Sequence[str], *, today: date, settings: Settings, request: Request
) -> Handled:
    """One draft per contract, customer and currency with everything that is ready: transactions whatever their date,
    milestones whatever theirs. Schedules are not touched. A contract that cannot be invoiced does not stop the others.

    Args:
        today: the run date of the drafts.
    """
    lock_request(connection, request.key)
    before = done_before(connection, "created", request)
    asked = sorted(set(contract_ids) - set(before.values()))
    lock_contracts(connection, asked)
    detect_exceptions(connection, today, catch_up_days=settings.catch_up_days, contract_ids=asked)
    execute(connection, CHOOSE_READY, contract_ids=asked)
    refusals = _refusals(connection, asked)
    accepted = [contract_id for contract_id in asked if contract_id not in refusals]
    drafts = _write(connection, accepted, today, request) if accepted else Drafts([], [])
    execute(connection, DROP_READY)
    return Handled(
        invoices=as_they_stand(connection, [*before, *drafts.invoice_ids]),
        refused=tuple(Refused(contract_id, reason) for contract_id, reason in refusals.items()),
    )


def _write(connection: sa.Connection, contract_ids: list[str], today: date, request: Request) -> Drafts:
    change = begin_change(connection, request, "create", contract_ids)
    drafts = Drafts.of(
        execute(connection, WRITE_INVOICES, contract_ids=contract_ids, run_date=today, change_id=change.change_id).all()
    )
    execute(connection, WRITE_DETAILS, **vars(drafts))
    total(connection, drafts, change, is_edited=False)
    record_action(connection, drafts.invoice_ids, "created", change)
    return drafts


def _refusals(connection: sa.Connection, contract_ids: list[str]) -> dict[str, str]:
    """Why contracts cannot be invoiced, those that cannot."""
    known = {row.contract_id: row for row in execute(connection, CHECK_CONTRACTS, contract_ids=contract_ids)}
    reasons = {contract_id: _refusal(known.get(contract_id)) for contract_id in contract_ids}
    return {contract_id: reason for contract_id, reason in reasons.items() if reason is not None}


def _refusal(row: sa.Row[tuple[object, ...]] | None) -> str | None:
    if row is None:
        return "there is no such contract in the warehouse"
    if row.state != "active":
        return f"the contract is {row.state}; only active contracts are invoiced"
    if row.code is not None:
        return f"the contract is quarantined ({row.code}): {row.message}"
    if not row.ready_count:
        return "nothing is ready to invoice; `invoicing backlog` lists what waits, `invoicing ready` makes it ready"
    return None
