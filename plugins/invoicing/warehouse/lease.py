"""Who holds the warehouse: the one run that stands as `running` in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from invoicing.errors import RunHeldError
from invoicing.warehouse.statements import execute
from invoicing.warehouse.transactions import translating


@dataclass(frozen=True)
class Holder:
    """The run in progress. `is_over`: its process is gone, or it has shown no sign of life for longer than its lease."""

    run_id: int
    run_key: str
    run_date: date
    started_at: datetime
    lease_until: datetime
    is_over: bool

    def __str__(self) -> str:
        return f"run {self.run_id} of {self.run_date} ({self.run_key}, since {self.started_at:%Y-%m-%d %H:%M:%S} UTC)"


def holder(connection: sa.Connection) -> Holder | None:
    """The run in progress, or None. Call it under the writer lock, or it may be outdated at once."""
    row = execute(connection, "ledger/holder").one_or_none()
    return None if row is None else Holder(**row._mapping)


def refuse_while_running(connection: sa.Connection, what: str) -> None:
    """Keeps the data of a run still while it is in progress.

    Raises:
        RunHeldError: a run is in progress.
    """
    found = holder(connection)
    if found is not None and not found.is_over:
        raise RunHeldError(f"{what} has to wait: {found} is in progress; try again when it has ended")


@contextmanager
def sign_of_life(engine: sa.Engine, run_key: str) -> Iterator[None]:
    """Shows others that the process of this run is there; when it is gone, however it ended, they may take over."""
    with translating():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        execute(connection, "ledger/show_life", run_key=run_key)
    try:
        yield
    finally:
        connection.close()
