"""What `explain` says of a transaction in the course of its desk."""

from __future__ import annotations

from invoicing.audit.explain import explain_transaction
from invoicing.warehouse.transactions import reading
from tests.world.desk import Desk
from tests.world.names import october


def explained(desk: Desk) -> list[str]:
    with reading(desk.world.engine) as connection:
        found = explain_transaction(connection, "T1", october(5), settings=desk.world.settings)
    return [str(share) for share in found]


def test_on_a_manual_draft(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.create()
    (told,) = explained(desk)
    assert "is on manual invoice" in told


def test_confirmed_with_another_quantity(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "1600", quantity="8")
    invoice = desk.created()
    desk.change(invoice, desk.detail_ids(invoice)["T1"], quantity="6")
    desk.confirm(invoice)
    (told,) = explained(desk)
    assert "is invoiced for good, on manual invoice INV-2026-000001" in told


def test_what_a_correction_left(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "1600", quantity="8")
    desk.world.schedule(october(5))
    invoice = desk.created()
    desk.confirm(invoice)
    draft = desk.corrected(invoice)
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="6")
    desk.confirm(draft)
    confirmed, left = explained(desk)
    assert "is invoiced for good" in confirmed
    assert "share of 400.00, waits, since it is not ready to invoice" in left
