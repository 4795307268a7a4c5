"""Transactions: bounded waiting, and errors that say what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from invoicing.errors import (
    InvoicingError,
    LoginRefusedError,
    RunStateError,
    TerminalError,
    TransientError,
    WarehouseRefusedError,
    WarehouseUnavailableError,
)
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.transactions import reading, rehearsing, translated, writing


@pytest.fixture(scope="module")
def warehouse(new_database: Callable[[str], sa.URL], bare: str) -> sa.Engine:
    """A database with a table `kept` of one number, 1."""
    made = create_engine(new_database(bare))
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT 1 AS number")
        connection.exec_driver_sql("CREATE UNIQUE INDEX uq_kept ON kept (number)")
    return made


def numbers(warehouse: sa.Engine) -> list[int]:
    with warehouse.connect() as connection:
        return list(connection.exec_driver_sql("SELECT number FROM kept ORDER BY number").scalars())


def write(warehouse: sa.Engine, wait_seconds: int = 1) -> AbstractContextManager[sa.Connection]:
    return writing(warehouse, wait_seconds)


@contextmanager
def held(warehouse: sa.Engine, statement: str) -> Iterator[sa.Connection]:
    """Another session, with a transaction open after a statement; it is rolled back."""
    with warehouse.connect() as connection:
        connection.exec_driver_sql(statement)
        yield connection
        connection.rollback()


LOCK = "SELECT pg_advisory_xact_lock(9)"


def lock(warehouse: sa.Engine, wait_seconds: int = 1) -> None:
    with write(warehouse, wait_seconds) as connection:
        connection.exec_driver_sql(LOCK)


# What errors mean


@pytest.mark.parametrize(
    "state",
    [
        "08000",  # connection_exception
        "08006",  # connection_failure
        "53100",  # disk_full
        "53200",  # out_of_memory
        "53300",  # too_many_connections
        "57014",  # query_canceled
        "57P01",  # admin_shutdown
        "57P03",  # cannot_connect_now
        "58030",  # io_error
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "55P03",  # lock_not_available
        "25006",  # read_only_sql_transaction: a standby, just after a failover
    ],
)
def test_error_that_may_pass_is_worth_another_try(state: str) -> None:
    error = translated(psycopg.errors.lookup(state)("the reason"))
    assert isinstance(error, WarehouseUnavailableError)
    assert isinstance(error, TransientError)


@pytest.mark.parametrize(
    "state",
    [
        "22003",  # numeric_value_out_of_range
        "22012",  # division_by_zero
        "23502",  # not_null_violation
        "23503",  # foreign_key_violation
        "23505",  # unique_violation
        "23514",  # check_violation
        "42501",  # insufficient_privilege
        "42601",  # syntax_error
        "42703",  # undefined_column
        "42P01",  # undefined_table
        "XX000",  # internal_error
    ],
)
def test_error_that_stays_is_not_worth_another_try(state: str) -> None:
    error = translated(psycopg.errors.lookup(state)("the reason"))
    assert isinstance(error, WarehouseRefusedError)
    assert isinstance(error, TerminalError)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.InvalidPassword("the reason"),
        psycopg.errors.InvalidAuthorizationSpecification("the reason"),
        psycopg.errors.InvalidCatalogName("the reason"),
        psycopg.OperationalError('failed: FATAL:  password authentication failed for user "ann"'),
        psycopg.OperationalError("failed: fe_sendauth: no password supplied"),
        psycopg.OperationalError('failed: FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "ann", database "a"'),
        psycopg.OperationalError('failed: FATAL:  role "ann" is not permitted to log in'),
        psycopg.OperationalError('failed: FATAL:  permission denied for database "a"'),
    ],
    ids=str,
)
def test_refused_login_is_not_worth_another_try(error: psycopg.Error) -> None:
    refused = translated(error)
    assert isinstance(refused, LoginRefusedError)
    assert isinstance(refused, TerminalError)


@pytest.mark.parametrize("wrong", [{"username": "nobody at all"}, {"database": "nowhere at all"}])
def test_login_that_the_server_refuses_is_an_error_of_its_own(url: sa.URL, wrong: dict[str, Any]) -> None:
    with pytest.raises(LoginRefusedError, match=r'INV-404: .* (role|database) "no.* at all" does not exist$'):
        with reading(create_engine(url.set(**wrong))):
            pass


def test_refused_login_is_found_among_several_hosts() -> None:
    message = 'Multiple connection attempts failed:\n- host: a: Connection refused\n- host: b: FATAL:  role "x" does not exist'
    assert str(translated(psycopg.OperationalError(message))).endswith(': host: b: FATAL:  role "x" does not exist')


def test_server_that_is_full_is_worth_another_try() -> None:
    error = psycopg.OperationalError("failed: FATAL:  sorry, too many clients already")
    assert isinstance(translated(error), WarehouseUnavailableError)


def test_error_that_stays_names_its_state_and_reason() -> None:
    assert str(translated(psycopg.errors.UniqueViolation("duplicate key\nDETAIL: Key (a)=(1)"))) == (
        "INV-403: the warehouse refused a statement (23505): duplicate key"
    )


def test_error_that_may_pass_names_its_reason() -> None:
    assert str(translated(psycopg.errors.DiskFull("no space left"))) == (
        "INV-451: the warehouse is not available, try again: no space left"
    )


def test_error_of_the_driver_itself_is_a_lost_connection() -> None:
    assert isinstance(translated(psycopg.OperationalError("server closed the connection")), WarehouseUnavailableError)


def test_error_that_cost_the_connection_is_a_lost_connection() -> None:
    assert isinstance(translated(psycopg.InterfaceError("closed"), lost=True), WarehouseUnavailableError)


def test_error_without_state_is_refused() -> None:
    assert isinstance(translated(psycopg.ProgrammingError("no such option")), WarehouseRefusedError)


def test_error_without_words_has_its_name() -> None:
    assert "InterfaceError" in str(translated(psycopg.InterfaceError()))


@pytest.mark.parametrize("transaction", [reading, write], ids=["reading", "writing"])
def test_warehouse_that_is_not_there_is_not_available(
    transaction: Callable[[sa.Engine], AbstractContextManager[sa.Connection]],
) -> None:
    with (
        pytest.raises(WarehouseUnavailableError),
        transaction(create_engine(sa.URL.create("postgresql+psycopg", host="127.0.0.1", port=1, database="billing"))),
    ):
        pass


def test_statement_that_is_refused_says_why(warehouse: sa.Engine) -> None:
    with (
        pytest.raises(WarehouseRefusedError, match=r"\(42P01\): relation \"gone\" does not exist"),
        write(warehouse) as c,
    ):
        c.exec_driver_sql("SELECT FROM gone")


def test_session_that_is_ended_is_not_available(warehouse: sa.Engine) -> None:
    with pytest.raises(WarehouseUnavailableError), write(warehouse) as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


def insert_and_lose_the_session(warehouse: sa.Engine) -> None:
    with write(warehouse) as connection, warehouse.connect() as other:
        pid: int = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        connection.exec_driver_sql("INSERT INTO kept VALUES (2)")
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")


def test_session_that_is_ended_before_commit_is_not_available(warehouse: sa.Engine) -> None:
    with pytest.raises(WarehouseUnavailableError):
        insert_and_lose_the_session(warehouse)
    assert numbers(warehouse) == [1]


def meet_in_a_deadlock(warehouse: sa.Engine) -> None:
    with ThreadPoolExecutor() as threads, held(warehouse, "SELECT pg_advisory_xact_lock(2)") as other:
        other.exec_driver_sql("SET LOCAL deadlock_timeout = '1min'")  # so that the writer is the one to give way
        with write(warehouse, 30) as connection:
            connection.exec_driver_sql("SET LOCAL deadlock_timeout = '1ms'")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1)")
            threads.submit(other.exec_driver_sql, "SELECT pg_advisory_xact_lock(1)")
            while not somebody_waits(warehouse):
                pass
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(2)")


def somebody_waits(warehouse: sa.Engine) -> bool:
    with warehouse.connect() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(connection.exec_driver_sql(waiting).scalar_one())


def test_deadlock_is_worth_another_try(warehouse: sa.Engine) -> None:
    with pytest.raises(WarehouseUnavailableError, match="deadlock detected"):
        meet_in_a_deadlock(warehouse)


def change_what_somebody_else_changed(warehouse: sa.Engine) -> None:
    with write(warehouse.execution_options(isolation_level="REPEATABLE READ")) as connection:
        connection.exec_driver_sql("SELECT FROM kept")
        with warehouse.begin() as other:
            other.exec_driver_sql("UPDATE kept SET number = 1")
        connection.exec_driver_sql("UPDATE kept SET number = 2")


def test_serialization_failure_is_worth_another_try(warehouse: sa.Engine) -> None:
    with pytest.raises(WarehouseUnavailableError, match="could not serialize"):
        change_what_somebody_else_changed(warehouse)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_is_worth_another_try(warehouse: sa.Engine) -> None:
    with pytest.raises(WarehouseUnavailableError, match="No space left on device"), write(warehouse) as connection:
        connection.exec_driver_sql("COPY (SELECT 1) TO '/dev/full'")


# Writing


def test_what_is_written_stays(warehouse: sa.Engine) -> None:
    with write(warehouse) as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (3)")
    assert numbers(warehouse) == [1, 3]
    with write(warehouse) as connection:
        connection.exec_driver_sql("DELETE FROM kept WHERE number = 3")


def insert_and_fail(warehouse: sa.Engine, error: BaseException) -> None:
    with write(warehouse) as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (2)")
        raise error


@pytest.mark.parametrize("error", [RunStateError("held"), ValueError("wrong"), KeyboardInterrupt()])
def test_what_is_written_before_an_error_is_gone(warehouse: sa.Engine, error: BaseException) -> None:
    with pytest.raises(type(error)):
        insert_and_fail(warehouse, error)
    assert numbers(warehouse) == [1]


def test_error_of_the_package_comes_through_as_it_is(warehouse: sa.Engine) -> None:
    error = RunStateError("held")
    with pytest.raises(InvoicingError) as found, write(warehouse):
        raise error
    assert found.value is error


def test_writer_does_not_wait_for_a_lock_longer_than_it_was_told(warehouse: sa.Engine) -> None:
    with held(warehouse, LOCK):
        started = time.monotonic()
        with pytest.raises(WarehouseUnavailableError):
            lock(warehouse, 1)
    assert 1 <= time.monotonic() - started < 5


def test_writer_that_gave_up_says_why(warehouse: sa.Engine) -> None:
    with held(warehouse, LOCK), pytest.raises(WarehouseUnavailableError) as refusal:
        lock(warehouse)
    assert "somebody else is changing the warehouse and did not finish in time" in str(refusal.value)


def test_writer_that_is_told_not_to_wait_gives_up_after_a_moment(warehouse: sa.Engine) -> None:
    with held(warehouse, LOCK):
        started = time.monotonic()
        with pytest.raises(WarehouseUnavailableError):
            lock(warehouse, 0)
    assert time.monotonic() - started < 5


def test_two_writers_that_lock_nothing_do_not_wait(warehouse: sa.Engine) -> None:
    with write(warehouse), write(warehouse) as second:
        assert second.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 1


def test_lock_of_a_row_is_not_waited_for_longer_either(warehouse: sa.Engine) -> None:
    with held(warehouse, "UPDATE kept SET number = 2"):
        with pytest.raises(WarehouseUnavailableError, match="did not finish in time"), write(warehouse) as connection:
            connection.exec_driver_sql("UPDATE kept SET number = 3")


def test_key_that_another_is_inserting_is_not_waited_for_longer_either(warehouse: sa.Engine) -> None:
    with held(warehouse, "INSERT INTO kept VALUES (2)"):
        with pytest.raises(WarehouseUnavailableError, match="did not finish in time"), write(warehouse) as connection:
            connection.exec_driver_sql("INSERT INTO kept VALUES (2)")


def test_writer_goes_on_when_the_other_has_ended(warehouse: sa.Engine) -> None:
    with ThreadPoolExecutor() as threads, held(warehouse, LOCK):
        waiting = threads.submit(lock, warehouse, 30)
    assert waiting.exception() is None


# Rehearsing


def test_rehearsal_sees_what_it_writes(warehouse: sa.Engine) -> None:
    with rehearsing(warehouse, 1) as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (2)")
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 2


def test_rehearsal_leaves_nothing(warehouse: sa.Engine) -> None:
    with rehearsing(warehouse, 1) as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (2)")
        connection.exec_driver_sql("CREATE TABLE left_behind ()")
    assert numbers(warehouse) == [1]
    assert not sa.inspect(warehouse).has_table("left_behind")


def test_rehearsal_waits_no_longer_than_it_was_told_either(warehouse: sa.Engine) -> None:
    with held(warehouse, LOCK), pytest.raises(WarehouseUnavailableError), rehearsing(warehouse, 1) as connection:
        connection.exec_driver_sql(LOCK)


# Reading


def test_reader_does_not_wait_for_a_writer(warehouse: sa.Engine) -> None:
    with held(warehouse, LOCK), reading(warehouse) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 1


def test_reader_sees_the_warehouse_as_of_one_moment(warehouse: sa.Engine) -> None:
    with reading(warehouse) as reader:
        before: list[int] = reader.exec_driver_sql("SELECT array_agg(number) FROM kept").scalar_one()
        with write(warehouse) as connection:
            connection.exec_driver_sql("UPDATE kept SET number = 2")
        after: list[int] = reader.exec_driver_sql("SELECT array_agg(number) FROM kept").scalar_one()
    with write(warehouse) as connection:
        connection.exec_driver_sql("UPDATE kept SET number = 1")
    assert after == before


def test_reader_cannot_write(warehouse: sa.Engine) -> None:
    with pytest.raises(InvoicingError, match="read-only transaction"), reading(warehouse) as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (2)")
