from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from invoicing.warehouse.connection import create_engine
from tests.process.warehouse import Warehouse
from tests.world.names import october
from tests.world.world import World


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


@pytest.fixture
def three_lines(world: World) -> World:
    """An active contract with two lines and a milestone to invoice on 5 October."""
    world.contract()
    world.line()
    world.line("travel")
    world.line("prototype", method="fixed_price")
    world.schedule(october(5))
    world.schedule(october(5), line_id="travel")
    world.milestone("M1", october(5), "5000", line_id="prototype")
    world.transaction("T1", october(1), "100")
    world.transaction("T2", october(2), "30")
    world.transaction("T3", october(2), "7", line_id="travel")
    return world
