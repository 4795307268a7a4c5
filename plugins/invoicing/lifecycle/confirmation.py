"""Confirmation, one way: numbers, actuals, and from then on read-only. And payment, which comes after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from invoicing.lifecycle.invoices import (
    Handled,
    Invoice,
    Refused,
    Request,
    as_they_stand,
    clock,
    done_before,
    record_action,
)
from invoicing.numbering import series_of
from invoicing.settings import Settings
from invoicing.warehouse.lease import refuse_while_running
from invoicing.warehouse.statements import execute

# The sources are read before they are closed, and the content is sealed when nothing of it changes any more.
_STATEMENTS = ("post_actuals", "post_sources", "adjust_corrected", "freeze_lines", "freeze_details", "confirm_invoices")

_REFUSALS = {
    "unknown": "there is no such invoice in the warehouse",
    "confirmed": "is {status} already, as {invoice_number}",
    "changed": "is at version {version} and you saw {asked_version}: somebody changed it meanwhile; look at it again",
    "empty": "has no details; refresh it, add some, or delete it",
    "totals": "says {chargeable_amount} chargeable and its details come to {detail_amount}; run `invoicing verify`",
    "unchanged": "is a correction that changes nothing; change a quantity, or delete it",
}


def choose_drafts(
    connection: sa.Connection, *, run_date: date | None = None, contract_ids: Sequence[str] | None = None
) -> list[Invoice]:
    """The drafts of a run date, of contracts, or of both, in review or not."""
    rows = execute(
        connection,
        "lifecycle/confirm/choose_drafts",
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
) -> Handled:
    """Confirms invoices, as many as there are, in a few statements; one that cannot be confirmed does not stop the others.

    Args:
        versions: of each invoice the version that was looked at; None when nobody looked.
        today: decides the series of the numbers.

    Raises:
        RunHeldError: a run is in progress.
    """
    refuse_while_running(connection, "confirming invoices")
    before = done_before(connection, "confirmed", request)
    asked = {invoice_id: version for invoice_id, version in versions.items() if invoice_id not in before}
    checked = execute(
        connection,
        "lifecycle/confirm/check_invoices",
        invoice_ids=list(asked),
        versions=list(asked.values()),
    ).all()
    accepted = [row for row in checked if row.refusal is None]
    invoice_ids = [row.invoice_id for row in accepted]
    if invoice_ids:
        contract_ids = sorted({row.contract_id for row in accepted})
        _number(connection, invoice_ids, today, settings)
        now = clock(connection)
        for statement in _STATEMENTS:
            execute(
                connection,
                f"lifecycle/confirm/{statement}",
                contract_ids=contract_ids,
                invoice_ids=invoice_ids,
                recorded_at=now,
                confirmed_at=now,
            )
        record_action(connection, invoice_ids, "confirmed", request)
    return Handled(
        invoices=as_they_stand(connection, [*(name for name in before if name in versions), *invoice_ids]),
        refused=tuple(
            Refused(str(row.invoice_id), _REFUSALS[row.refusal].format(**row._mapping))
            for row in checked
            if row.refusal is not None
        ),
    )


def _number(connection: sa.Connection, invoice_ids: list[UUID], today: date, settings: Settings) -> None:
    series = series_of(settings.number_pattern, today)
    last = execute(
        connection, "lifecycle/confirm/take_numbers", series=series.name, count=len(invoice_ids)
    ).scalar_one()
    execute(
        connection,
        "lifecycle/confirm/number_invoices",
        invoice_ids=invoice_ids,
        first_number=last - len(invoice_ids) + 1,
        series=series.name,
        prefix=series.prefix,
        digits=series.digits,
        suffix=series.suffix,
    )


def pay_invoices(connection: sa.Connection, invoice_ids: Sequence[UUID], *, request: Request) -> Handled:
    """Says of confirmed invoices that they are paid; one that is not confirmed does not stop the others.

    Raises:
        RunHeldError: a run is in progress.
    """
    refuse_while_running(connection, "paying invoices")
    before = done_before(connection, "paid", request)
    checked = execute(
        connection,
        "lifecycle/list_statuses",
        invoice_ids=[name for name in invoice_ids if name not in before],
    ).all()
    accepted = [row.invoice_id for row in checked if row.status == "confirmed"]
    execute(connection, "lifecycle/confirm/pay_invoices", invoice_ids=accepted)
    record_action(connection, accepted, "paid", request)
    return Handled(
        invoices=as_they_stand(connection, [*(name for name in before if name in invoice_ids), *accepted]),
        refused=tuple(
            Refused(str(row.invoice_id), _no_payment(row.status)) for row in checked if row.status != "confirmed"
        ),
    )


def _no_payment(status: str | None) -> str:
    if status is None:
        return "there is no such invoice in the warehouse"
    return "is paid already" if status == "paid" else f"is {status}; only a confirmed invoice can be paid"
