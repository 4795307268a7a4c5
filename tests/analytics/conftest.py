from __future__ import annotations

import pytest

from tests.world.desk import Desk
from tests.world.names import october
from tests.world.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    """One line of work, due on 5 and 19 October, and one of milestones."""
    world.contract()
    world.line(contracted_amount="900")
    world.line("prototype", method="fixed_price", contracted_amount="5000")
    world.schedule(october(5), october(19))
    return Desk(world)
