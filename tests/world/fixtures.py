"""Worlds to build in. Imported by the conftest of all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from invoicing.warehouse.connection import create_engine
from tests.world.world import World


@pytest.fixture(scope="module")
def module_engine(
    new_database: Callable[[str], sa.URL], template: str, administer: Callable[[str], None]
) -> Iterator[sa.Engine]:
    """Engine of a warehouse that the tests of a module share."""
    made = new_database(template)
    yield create_engine(made)
    administer(f"DROP DATABASE IF EXISTS {made.database} WITH (FORCE)")


@pytest.fixture
def world(module_engine: sa.Engine) -> World:
    """An empty world. Its database is shared by the tests of a module, and emptied: much faster to come by."""
    world = World(module_engine)
    world.empty()
    return world


@pytest.fixture
def own_world(engine: sa.Engine) -> World:
    """An empty world in a database of this test alone."""
    return World(engine)


@pytest.fixture(scope="session")
def new_world(new_database: Callable[[str], sa.URL], template: str) -> Callable[[], World]:
    """Makes an empty world that lives as long as the session."""
    return lambda: World(create_engine(new_database(template)))


@pytest.fixture(scope="session")
def copy_world(new_database: Callable[[str], sa.URL]) -> Callable[[World], World]:
    """Copies a world into a database that lives as long as the session."""

    def copy(world: World) -> World:
        world.engine.dispose()  # a database that somebody is connected to cannot be copied
        return world.at(create_engine(new_database(str(world.engine.url.database))))

    return copy


@pytest.fixture
def lend_world(
    copy_world: Callable[[World], World], administer: Callable[[str], None]
) -> Iterator[Callable[[World], World]]:
    """Copies a world for this test, which may do with the copy as it likes."""
    lent: list[World] = []

    def lend(world: World) -> World:
        lent.append(copy_world(world))
        return lent[-1]

    yield lend
    for world in lent:
        administer(f"DROP DATABASE {world.engine.url.database} WITH (FORCE)")
