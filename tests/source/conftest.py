from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from invoicing.warehouse.connection import create_engine
from tests.source.folders import SourceFolder


@pytest.fixture
def source(tmp_path: Path) -> SourceFolder:
    """A folder that loads; nothing is written yet."""
    return SourceFolder(tmp_path / "source")


@pytest.fixture(scope="session")
def empty(new_database: Callable[[str], sa.URL], template: str) -> sa.Engine:
    """One empty warehouse for all tests whose loads are refused, and so leave it empty."""
    return create_engine(new_database(template))


@pytest.fixture(scope="session")
def scratch(new_database: Callable[[str], sa.URL], template: str) -> sa.Engine:
    """One warehouse for all tests that only ask whether a load is taken, and do not care what is there already."""
    return create_engine(new_database(template))
