"""Invoices as people name them: by id or by number, many at once."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from invoicing.lifecycle.invoices import find_invoices
from invoicing.warehouse.transactions import reading
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.world import World

CONFIRMED, DRAFT = "Contoso", "Tailspin"
NUMBER = "INV-2026-000001"


@pytest.fixture
def ids(world: World) -> dict[str, UUID]:
    """A confirmed invoice and a draft, by contract."""
    for contract_id in (CONFIRMED, DRAFT):
        world.contract(contract_id)
        world.line(contract_id=contract_id)
        world.transaction(f"T-{contract_id}", october(1), contract_id=contract_id)
    desk = Desk(world)
    made = {invoice.contract_id: invoice.invoice_id for invoice in desk.create(CONFIRMED, DRAFT).invoices}
    desk.confirm(made[CONFIRMED])
    return made


def find(world: World, *names: str) -> tuple[list[UUID], list[str]]:
    with reading(world.engine) as connection:
        found, unknown = find_invoices(connection, names)
    return found, [refused.subject for refused in unknown]


def test_invoices_are_found_by_id_or_number_in_the_order_they_were_named(world: World, ids: dict[str, UUID]) -> None:
    assert find(world, str(ids[DRAFT]).upper(), NUMBER) == ([ids[DRAFT], ids[CONFIRMED]], [])


def test_an_invoice_that_is_named_twice_is_found_once(world: World, ids: dict[str, UUID]) -> None:
    assert find(world, NUMBER, str(ids[CONFIRMED])) == ([ids[CONFIRMED]], [])


def test_names_that_nobody_bears_are_told(world: World, ids: dict[str, UUID]) -> None:
    assert find(world, "INV-1", str(ids[DRAFT]), "nonsense") == ([ids[DRAFT]], ["INV-1", "nonsense"])


def test_however_many_are_named_one_statement_finds_them(world: World, ids: dict[str, UUID]) -> None:
    statements: list[str] = []
    with reading(world.engine) as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        find_invoices(connection, [NUMBER, str(ids[DRAFT]), *(f"INV-{nth}" for nth in range(100))])
    assert len(statements) == 1
