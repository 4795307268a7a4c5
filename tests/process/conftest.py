from __future__ import annotations

import pytest

from tests.world.names import october
from tests.world.world import World


@pytest.fixture
def contract(world: World) -> World:
    """An active contract with a line of time and material, and no schedule."""
    world.contract()
    world.line()
    return world


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
