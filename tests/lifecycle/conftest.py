from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from invoicing.warehouse.connection import create_engine
from tests.lifecycle.life import Life
from tests.lifecycle.whole_life import live
from tests.process.conftest import emptied, shared_engine, warehouse
from tests.process.warehouse import Warehouse

__all__ = ["emptied", "shared_engine", "warehouse"]


@pytest.fixture
def life(emptied: Warehouse) -> Iterator[Life]:
    """An empty warehouse with one contract and one line; whatever the test does to it, in the end everything adds up."""
    emptied.contract()
    emptied.line()
    life = Life(emptied)
    yield life
    assert life.differences() == []


@pytest.fixture(scope="module")
def a_life(new_database: Callable[[str], sa.URL], template: str) -> Warehouse:
    """A warehouse in which everything was done to invoices that can be done."""
    warehouse = Warehouse(create_engine(new_database(template)))
    live(warehouse)
    return warehouse


@pytest.fixture
def lived(
    a_life: Warehouse, new_database: Callable[[str], sa.URL], administer: Callable[[str], None]
) -> Iterator[Warehouse]:
    """A copy of `a_life` that a test may do with as it likes."""
    name = a_life.engine.url.database
    assert name
    a_life.engine.dispose()
    copy = new_database(name)
    yield a_life.at(create_engine(copy))
    administer(f"DROP DATABASE {copy.database} WITH (FORCE)")
