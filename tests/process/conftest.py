from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from invoicing.warehouse.connection import create_engine
from tests.process.warehouse import Warehouse


@pytest.fixture
def warehouse(engine: sa.Engine) -> Warehouse:
    """A migrated, empty warehouse."""
    return Warehouse(engine)


@pytest.fixture(scope="module")
def shared_engine(new_database: Callable[[str], sa.URL], template: str) -> sa.Engine:
    """Engine of a warehouse that the tests of a module share."""
    return create_engine(new_database(template))


@pytest.fixture
def emptied(shared_engine: sa.Engine) -> Warehouse:
    """The warehouse that the tests of a module share, empty as a new one: much faster to come by."""
    warehouse = Warehouse(shared_engine)
    warehouse.empty()
    return warehouse
