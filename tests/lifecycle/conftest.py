from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lifecycle.life import Life
from tests.process.conftest import emptied, shared_engine
from tests.process.warehouse import Warehouse

__all__ = ["emptied", "shared_engine"]


@pytest.fixture
def life(emptied: Warehouse) -> Iterator[Life]:
    """An empty warehouse with one contract and one line; whatever the test does to it, in the end everything adds up."""
    emptied.contract()
    emptied.line()
    life = Life(emptied)
    yield life
    assert life.differences() == []
