"""Corrections: a confirmed invoice is never changed, a corrective draft takes back what it billed and bills it anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from invoicing.lifecycle.invoices import Handled, Refused, Request, as_they_stand, done_before, record_action, total
from invoicing.warehouse.lease import refuse_while_running
from invoicing.warehouse.statements import execute


def correct_invoices(
    connection: sa.Connection,
    invoice_ids: Sequence[UUID],
    *,
    today: date,
    request: Request,
    detail_ids: Sequence[int] | None = None,
) -> Handled:
    """A corrective draft for each confirmed or paid invoice: its details with quantity 0, beside what was billed.

    To be edited and confirmed like any draft; one that cannot be corrected does not stop the others.

    Args:
        today: the run date of the drafts.
        detail_ids: of the invoices' details; None: all that no other correction has taken up.

    Raises:
        RunHeldError: a run is in progress.
    """
    refuse_while_running(connection, "correcting invoices")
    # A request that is tried again has all of its drafts: they were written in one transaction.
    before = list(done_before(connection, "created", request))
    if before:
        corrected = set(execute(connection, "lifecycle/correct/list_corrected", invoice_ids=before).scalars())
        rest = [name for name in invoice_ids if name not in corrected]
        return Handled(as_they_stand(connection, before), _refused(_refusals(connection, rest, detail_ids)))
    refusals = _refusals(connection, invoice_ids, detail_ids)
    accepted = [name for name, reason in refusals.items() if reason is None]
    written = execute(connection, "lifecycle/correct/write_invoices", invoice_ids=accepted, run_date=today).all()
    corrections = [row.invoice_id for row in written]
    contract_ids = sorted({row.contract_id for row in written})
    execute(
        connection,
        "lifecycle/correct/write_details",
        contract_ids=contract_ids,
        invoice_ids=corrections,
        detail_ids=_listed(detail_ids),
    )
    total(connection, contract_ids, corrections, changed_at=None)
    record_action(connection, corrections, "created", request)
    return Handled(as_they_stand(connection, corrections), _refused(refusals))


def _refused(refusals: dict[UUID, str | None]) -> tuple[Refused, ...]:
    return tuple(Refused(str(name), reason) for name, reason in refusals.items() if reason is not None)


def _refusals(
    connection: sa.Connection, invoice_ids: Sequence[UUID], detail_ids: Sequence[int] | None
) -> dict[UUID, str | None]:
    """Of each invoice what stands against correcting it, if anything does."""
    statuses = execute(connection, "lifecycle/list_statuses", invoice_ids=list(dict.fromkeys(invoice_ids)))
    found = execute(
        connection, "lifecycle/correct/check_details", invoice_ids=list(invoice_ids), detail_ids=_listed(detail_ids)
    )
    details = defaultdict(list)
    for row in found:
        details[row.invoice_id].append(row)
    return {row.invoice_id: _refusal(row.status, details[row.invoice_id], detail_ids) for row in statuses}


def _refusal(
    status: str | None, details: list[sa.Row[tuple[object, ...]]], detail_ids: Sequence[int] | None
) -> str | None:
    if status is None:
        return "there is no such invoice in the warehouse"
    if status not in ("confirmed", "paid"):
        return f"is {status}; a draft is edited, only a confirmed invoice is corrected"
    if missing := sorted(set(detail_ids or ()) - {row.detail_id for row in details}):
        return f"has no detail {missing[0]}"
    for row in details:
        if row.correction_status in ("draft", "in_review"):
            return (
                f"detail {row.detail_id} is on the open correction {row.correction_id} already; confirm or delete that"
            )
    taken = [row for row in details if row.correction_id is not None]
    if taken and (detail_ids is not None or len(taken) == len(details)):
        return (
            f"detail {taken[0].detail_id} was corrected by {taken[0].correction_number}; correct that invoice instead"
        )
    if not any(row.billed_actual_id is not None and row.correction_id is None for row in details):
        return "has nothing left that it billed"
    return None


def _listed(detail_ids: Sequence[int] | None) -> list[int] | None:
    return list(detail_ids) if detail_ids is not None else None
