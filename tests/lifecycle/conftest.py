from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.lifecycle.whole_life import live
from tests.world.desk import Desk
from tests.world.verdict import differences
from tests.world.world import World


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    """Of a world with one contract and one line; whatever the test does to it, in the end everything adds up."""
    world.contract()
    world.line()
    yield Desk(world)
    assert differences(world) == []


@pytest.fixture(scope="module")
def a_life(new_world: Callable[[], World]) -> World:
    """A world in which everything was done to invoices that can be done."""
    world = new_world()
    live(world)
    return world


@pytest.fixture
def lived(a_life: World, lend_world: Callable[[World], World]) -> World:
    """A copy of `a_life` that a test may do with as it likes."""
    return lend_world(a_life)
