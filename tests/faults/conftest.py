from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.scene import Scene, build_scene
from tests.faults.server import own_server


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """A server of the faults' own, with the day that they strike."""
    with own_server("faults") as server:
        yield build_scene(server)
