from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.scenarios import SCENARIOS
from tests.faults.scene import Scene, build_scene
from tests.faults.server import Server, own_server


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """A server of the faults' own."""
    with own_server("faults") as server:
        yield server


@pytest.fixture(scope="package")
def day(server: Server) -> Scene:
    """A day with all there is to do."""
    return build_scene(server, SCENARIOS["day"])


@pytest.fixture(scope="package")
def cleared(server: Server) -> Scene:
    """A bucket of that day that is cleared when the day is over."""
    return build_scene(server, SCENARIOS["cleared"])


@pytest.fixture(scope="package")
def life(server: Server) -> Scene:
    """The life of invoices, from creation to the confirmed correction."""
    return build_scene(server, SCENARIOS["life"])
