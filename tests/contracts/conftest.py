from __future__ import annotations

import pytest

from tests.contracts.fixed_price import FixedPrice
from tests.contracts.planner import Planner
from tests.world.world import World


@pytest.fixture
def planner(world: World) -> Planner:
    world.contract()
    return Planner(world)


@pytest.fixture
def fixed(world: World) -> FixedPrice:
    world.contract()
    return FixedPrice(world)
