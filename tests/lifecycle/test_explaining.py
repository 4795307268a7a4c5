"""What `explain` says of a transaction in the course of its life."""

from __future__ import annotations

from invoicing.process.explain import explain_transaction
from invoicing.warehouse.transactions import reading
from tests.lifecycle.life import Life
from tests.process.warehouse import october


def explained(life: Life) -> list[str]:
    with reading(life.warehouse.engine) as connection:
        found = explain_transaction(connection, "T1", october(5), settings=life.warehouse.settings)
    return [str(share) for share in found]


def test_on_a_manual_draft(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    life.create()
    (told,) = explained(life)
    assert "is on manual invoice" in told


def test_confirmed_with_another_quantity(life: Life) -> None:
    life.warehouse.transaction("T1", october(1), "1600", quantity="8")
    invoice = life.created()
    life.change(invoice, life.detail_ids(invoice)["T1"], quantity="6")
    life.confirm(invoice)
    (told,) = explained(life)
    assert "is invoiced for good, on manual invoice INV-2026-000001" in told


def test_what_a_correction_left(life: Life) -> None:
    life.warehouse.transaction("T1", october(1), "1600", quantity="8")
    life.warehouse.schedule(october(5))
    invoice = life.created()
    life.confirm(invoice)
    draft = life.corrected(invoice)
    life.change(draft, life.detail_ids(draft)["T1"], quantity="6")
    life.confirm(draft)
    confirmed, left = explained(life)
    assert "is invoiced for good" in confirmed
    assert "share of 400.00, waits, since it is not ready to invoice" in left
