"""Transactions that change the warehouse: bounded in waiting, with errors that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from invoicing.errors import (
    InvoicingError,
    LoginRefusedError,
    UsageError,
    WarehouseRefusedError,
    WarehouseUnavailableError,
)

# Sorts and hashes of a bucket stay in memory; it is spent by a few operations of a plan.
_WORK_MEMORY = "128MB"

# A transaction has one connection to each node of a Citus cluster. With several, which Citus opens when it is slow, it refuses to read
# together what was written apart, and to write what every node has after what refers to it. A placeholder to plain Postgres.
_CLUSTER_MODE = "sequential"

# SQLSTATE classes and codes that a later try may get past: connection, insufficient resources, operator intervention,
# serialization, deadlock, lock timeout, system error.
_TRANSIENT_CLASSES = ("08", "53", "57", "58")
_TRANSIENT_CODES = ("40001", "40P01", "55P03", "25006")

# A login that is refused: by SQLSTATE, and by its words, since libpq tells no SQLSTATE of a connection that did not come about. A
# server that says it in another language seems to be out of reach, and is tried again.
_LOGIN_CLASSES = ("28", "3D")
_LOGIN_REFUSED = re.compile(
    r"authentication failed|no password supplied|(role|database|user) .* does not exist|no such (database|user)"
    r"|pg_hba\.conf|not permitted to log in|permission denied for database"
)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that only reads, all of it as of one moment."""
    with translating(), engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        yield connection
        connection.rollback()


@contextmanager
def writing(engine: sa.Engine, wait_seconds: int) -> Iterator[sa.Connection]:
    """A transaction that changes the warehouse; commits at the end of the block, rolls back on an error.

    What it changes it locks first, by contracts or slots (`invoicing.warehouse.locks`), and waits at most `wait_seconds` for each
    lock.

    Raises:
        WarehouseUnavailableError: a lock or the connection could not be had, or was lost (also at COMMIT, when it is
            unknown whether the change is in: every step may be repeated).
        WarehouseRefusedError: the warehouse refused a statement.
    """
    with translating(), engine.begin() as connection:
        bound_waiting(connection, wait_seconds)
        yield connection


@contextmanager
def rehearsing(engine: sa.Engine, wait_seconds: int) -> Iterator[sa.Connection]:
    """As `writing`, but nothing stays: the block is rolled back."""
    with translating(), engine.connect() as connection:
        bound_waiting(connection, wait_seconds)
        yield connection
        connection.rollback()


def bound_waiting(connection: sa.Connection, wait_seconds: int) -> None:
    """Waits at most `wait_seconds` for any lock of the transaction."""
    connection.execute(
        sa.text(
            "SELECT set_config('lock_timeout', :timeout, true), set_config('work_mem', :memory, true),"
            " set_config('citus.multi_shard_modify_mode', :mode, true)"
        ),
        {"timeout": f"{max(wait_seconds, 1)}s", "memory": _WORK_MEMORY, "mode": _CLUSTER_MODE},
    )


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
    except UnicodeEncodeError as error:
        raise UsageError(f"{error.object} is not a text: it holds bytes that are no UTF-8") from error


def translated(error: BaseException | None, lost: bool = False) -> InvoicingError:
    """What an error of the driver means to anyone who has to act on it."""
    state = getattr(error, "sqlstate", None) or ""
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if state == "55P03":
        return WarehouseUnavailableError(
            f"somebody else is changing the warehouse and did not finish in time: {reason}"
        )
    if state.startswith(_LOGIN_CLASSES):
        return LoginRefusedError(f"the warehouse does not let this user in: {reason}")
    if not state and isinstance(error, psycopg.OperationalError) and (words := _words_of_refusal(str(error))):
        return LoginRefusedError(f"the warehouse does not let this user in: {words}")
    lost = lost or (not state and isinstance(error, psycopg.OperationalError))
    if lost or state.startswith(_TRANSIENT_CLASSES) or state in _TRANSIENT_CODES:
        return WarehouseUnavailableError(f"the warehouse is not available, try again: {reason}")
    return WarehouseRefusedError(f"the warehouse refused a statement ({state or 'no code'}): {reason}")


def _words_of_refusal(message: str) -> str | None:
    """The line of a message, which has one for each host that was tried, that says why a login was refused."""
    return next((line.strip(" -\t") for line in message.splitlines() if _LOGIN_REFUSED.search(line)), None)
