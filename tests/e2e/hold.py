"""Holds a step of a run in the middle of its transaction, until the test lets it go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from tests.e2e.rest import wait_until
from tests.world.damage import make_wait
from tests.world.place import Place

_KEY = 4711


class Hold:
    def __init__(self, connection: sa.Connection, step: str) -> None:
        self._connection = connection
        self._step = step

    def wait_until_reached(self, steps: int = 1, seconds: float = 300) -> None:
        """Waits until a step is held, or several that run side by side."""
        query = f"SELECT count(*) FROM pg_catalog.pg_locks WHERE objid = {_KEY} AND NOT granted"
        wait_until(
            lambda: self._connection.exec_driver_sql(query).scalar_one() >= steps,
            seconds,
            f"{self._step} never came to its middle",
        )


@contextmanager
def holding(place: Place, step: str) -> Iterator[Hold]:
    """Within the block, the step waits in its middle; afterwards everything goes on."""
    make_wait(place, step, _KEY)
    with place.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_KEY})")
        yield Hold(connection, step)
