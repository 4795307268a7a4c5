from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.limits.capped import Capped
from tests.world.desk import Desk
from tests.world.verdict import differences
from tests.world.world import World


@pytest.fixture
def capped(world: World) -> Iterator[Capped]:
    """A contract with one line; whatever the test does to it, in the end everything adds up."""
    world.contract()
    world.line()
    yield Capped(Desk(world))
    assert differences(world) == []
