"""Invoices as people name them: by id or by number, many at once."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from invoicing.lifecycle.confirmation import confirm_invoices
from invoicing.lifecycle.creation import create_invoices
from invoicing.lifecycle.invoices import Request, find_invoices
from invoicing.warehouse.transactions import reading, writing
from tests.process.warehouse import Warehouse, october

CONFIRMED, DRAFT = "Contoso", "Tailspin"
NUMBER = "INV-2026-000001"


@pytest.fixture
def ids(engine: sa.Engine) -> dict[str, UUID]:
    """A confirmed invoice and a draft, by contract."""
    warehouse, anna = Warehouse(engine), Request("anna", "before")
    for contract_id in (CONFIRMED, DRAFT):
        warehouse.contract(contract_id)
        warehouse.line(contract_id=contract_id)
        warehouse.transaction(f"T-{contract_id}", october(1), contract_id=contract_id)
    with writing(engine, 2) as connection:
        settings, today = warehouse.settings, october(5)
        created = create_invoices(connection, [CONFIRMED, DRAFT], today=today, settings=settings, request=anna)
        made = {invoice.contract_id: invoice.invoice_id for invoice in created.invoices}
        confirm_invoices(connection, {made[CONFIRMED]: None}, today=today, settings=settings, request=anna)
    return made


def find(engine: sa.Engine, *names: str) -> tuple[list[UUID], list[str]]:
    with reading(engine) as connection:
        found, unknown = find_invoices(connection, names)
    return found, [refused.subject for refused in unknown]


def test_invoices_are_found_by_id_or_number_in_the_order_they_were_named(
    engine: sa.Engine, ids: dict[str, UUID]
) -> None:
    assert find(engine, str(ids[DRAFT]).upper(), NUMBER) == ([ids[DRAFT], ids[CONFIRMED]], [])


def test_an_invoice_that_is_named_twice_is_found_once(engine: sa.Engine, ids: dict[str, UUID]) -> None:
    assert find(engine, NUMBER, str(ids[CONFIRMED])) == ([ids[CONFIRMED]], [])


def test_names_that_nobody_bears_are_told(engine: sa.Engine, ids: dict[str, UUID]) -> None:
    assert find(engine, "INV-1", str(ids[DRAFT]), "nonsense") == ([ids[DRAFT]], ["INV-1", "nonsense"])


def test_however_many_are_named_one_statement_finds_them(engine: sa.Engine, ids: dict[str, UUID]) -> None:
    statements: list[str] = []
    with reading(engine) as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        find_invoices(connection, [NUMBER, str(ids[DRAFT]), *(f"INV-{nth}" for nth in range(100))])
    assert len(statements) == 1
