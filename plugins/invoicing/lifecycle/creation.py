"""Proforma invoices created by hand: everything that is ready of a contract, whatever its schedule says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from invoicing.lifecycle.invoices import Handled, Refused, Request, as_they_stand, done_before, record_action, total
from invoicing.process.exceptions import detect_exceptions
from invoicing.settings import Settings
from invoicing.warehouse.lease import refuse_while_running
from invoicing.warehouse.statements import execute


def create_invoices(
    connection: sa.Connection, contract_ids: Sequence[str], *, today: date, settings: Settings, request: Request
) -> Handled:
    """One draft per contract, customer and currency with everything that is ready: transactions whatever their date,
    milestones whatever theirs. Schedules are not touched. A contract that cannot be invoiced does not stop the others.

    Args:
        today: the run date of the drafts.

    Raises:
        RunHeldError: a run is in progress.
    """
    refuse_while_running(connection, "creating invoices")
    before = done_before(connection, "created", request)
    asked = sorted(set(contract_ids) - set(before.values()))
    detect_exceptions(connection, today, catch_up_days=settings.catch_up_days, contract_ids=asked)
    refusals = {
        row.contract_id: _refusal(row)
        for row in execute(connection, "lifecycle/create/check_contracts", contract_ids=asked)
    }
    accepted = [contract_id for contract_id, reason in refusals.items() if reason is None]
    written = execute(connection, "lifecycle/create/write_invoices", contract_ids=accepted, run_date=today).all()
    invoice_ids = [row.invoice_id for row in written]
    execute(
        connection,
        "lifecycle/add_ready",
        contract_ids=accepted,
        invoice_ids=invoice_ids,
        version=None,
        changed_by=request.by,
        request_key=request.key,
    )
    total(connection, accepted, invoice_ids, changed_at=None)
    record_action(connection, invoice_ids, "created", request)
    return Handled(
        invoices=as_they_stand(connection, [*before, *invoice_ids]),
        refused=tuple(Refused(contract_id, reason) for contract_id, reason in refusals.items() if reason is not None),
    )


def _refusal(row: sa.Row[tuple[object, ...]]) -> str | None:
    if row.state is None:
        return "there is no such contract in the warehouse"
    if row.state != "active":
        return f"the contract is {row.state}; only active contracts are invoiced"
    if row.code is not None:
        return f"the contract is quarantined ({row.code}): {row.message}"
    if not row.ready_count:
        return "nothing is ready to invoice; `invoicing backlog` lists what waits, `invoicing ready` makes it ready"
    return None
