from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.source.folders import SourceFolder
from tests.world.world import World


@pytest.fixture
def source(tmp_path: Path) -> SourceFolder:
    """A folder that loads; nothing is written yet."""
    return SourceFolder(tmp_path / "source")


@pytest.fixture(scope="session")
def empty(new_world: Callable[[], World]) -> World:
    """One empty warehouse for all tests whose loads are refused, and so leave it empty."""
    return new_world()


@pytest.fixture(scope="session")
def scratch(new_world: Callable[[], World]) -> World:
    """One warehouse for all tests that only ask whether a load is taken, and do not care what is there already."""
    return new_world()
