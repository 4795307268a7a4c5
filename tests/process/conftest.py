from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.process.warehouse import Warehouse


@pytest.fixture
def warehouse(engine: sa.Engine) -> Warehouse:
    """A migrated, empty warehouse."""
    return Warehouse(engine)
