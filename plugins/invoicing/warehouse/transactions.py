"""Transactions that change the warehouse: one at a time, bounded in waiting, with errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from invoicing.errors import InvoicingError, RunHeldError, WarehouseRefusedError, WarehouseUnavailableError

# Whoever writes takes this lock first, so that a load never changes what a step of a run is reading.
WRITER_LOCK = 0x696E766F  # "invo"

# Sorts and hashes of a large day stay in memory. One writer at a time, so it is spent once, by a few operations of a plan.
_WORK_MEMORY = "128MB"

_LEASE_CONSTRAINT = "uq_invoice_run_running"

# SQLSTATE classes and codes that a later try may get past: connection, insufficient resources, operator intervention,
# serialization, deadlock, lock timeout, system error.
_TRANSIENT_CLASSES = ("08", "53", "57", "58")
_TRANSIENT_CODES = ("40001", "40P01", "55P03", "25006")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that only reads, all of it as of one moment."""
    with translating(), engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        yield connection
        connection.rollback()


@contextmanager
def writing(engine: sa.Engine, wait_seconds: int, *, shared: bool = False) -> Iterator[sa.Connection]:
    """A transaction that holds the writer lock; commits at the end of the block, rolls back on an error.

    Args:
        shared: side by side with others that share the lock: the buckets of one run.

    Raises:
        RunHeldError: another run has become the one in progress meanwhile.
        WarehouseUnavailableError: the lock or the connection could not be had, or was lost (also at COMMIT, when it
            is unknown whether the change is in: every step may be repeated).
        WarehouseRefusedError: the warehouse refused a statement.
    """
    with translating(), engine.begin() as connection:
        take_writer_lock(connection, wait_seconds, shared=shared)
        yield connection


@contextmanager
def rehearsing(engine: sa.Engine, wait_seconds: int) -> Iterator[sa.Connection]:
    """As `writing`, but nothing stays: the block is rolled back."""
    with translating(), engine.connect() as connection:
        take_writer_lock(connection, wait_seconds)
        yield connection
        connection.rollback()


def take_writer_lock(connection: sa.Connection, wait_seconds: int, *, shared: bool = False) -> None:
    """Waits at most `wait_seconds` for the writer lock, and as long for any lock after it. All ends with the transaction."""
    connection.execute(
        sa.text("SELECT set_config('lock_timeout', :timeout, true), set_config('work_mem', :memory, true)"),
        {"timeout": f"{max(wait_seconds, 1)}s", "memory": _WORK_MEMORY},
    )
    lock = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
    connection.execute(sa.select(lock(WRITER_LOCK)))


@contextmanager
def translating() -> Iterator[None]:
    """Turns the driver's errors into errors that say what to do."""
    try:
        yield
    except InvoicingError:
        raise
    except DBAPIError as error:
        raise translated(error.orig, lost=error.connection_invalidated) from error
    except psycopg.Error as error:
        raise translated(error) from error


def translated(error: BaseException | None, lost: bool = False) -> InvoicingError:
    """What an error of the driver means to whoever has to act on it."""
    state = getattr(error, "sqlstate", None) or ""
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, psycopg.errors.UniqueViolation) and error.diag.constraint_name == _LEASE_CONSTRAINT:
        return RunHeldError("the warehouse is held by another run, which began meanwhile; try again when it has ended")
    if state == "55P03":
        return WarehouseUnavailableError(
            f"somebody else is changing the warehouse and did not finish in time: {reason}"
        )
    lost = lost or (not state and isinstance(error, psycopg.OperationalError))
    if lost or state.startswith(_TRANSIENT_CLASSES) or state in _TRANSIENT_CODES:
        return WarehouseUnavailableError(f"the warehouse is not available, try again: {reason}")
    return WarehouseRefusedError(f"the warehouse refused a statement ({state or 'no code'}): {reason}")
