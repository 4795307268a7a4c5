"""Ways in which a warehouse makes trouble."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.process.warehouse import Warehouse


@contextmanager
def refusing(warehouse: Warehouse, table: str) -> Iterator[None]:
    """Within the block the warehouse refuses every row of a table."""
    warehouse.execute(f"ALTER TABLE invoicing.{table} ADD CONSTRAINT refused CHECK (FALSE) NOT VALID")
    yield
    warehouse.execute(f"ALTER TABLE invoicing.{table} DROP CONSTRAINT refused")
