"""One try of a step in a process of its own, as a task of Airflow makes it, and the hook that lets faults strike in it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, Literal

import sqlalchemy as sa

from invoicing.errors import TransientError
from invoicing.settings import Settings
from invoicing.warehouse import embedded
from invoicing.warehouse.connection import DRIVER, create_engine
from invoicing.warehouse.migrations import check
from invoicing.warehouse.statements import SQL_ROOT, Statement
from tests.faults.gate import through_gate
from tests.faults.scenario import Seen, Task
from tests.faults.scenarios import SCENARIOS

TRY_AGAIN = 75  # the exit code of a try that ended in a transient error

# Loads the driver, once: the processes are forked from one that has imported this.
_DIALECT = create_engine(sa.URL.create(DRIVER)).dialect

_FOLDERS = ("warehouse", "ledger", "process", "lifecycle", "audit")

Phase = Literal["before", "inside", "committed", "after"]


@dataclass(frozen=True)
class Stop:
    """Where a try waits for what befalls it: at its nth statement or COMMIT, counted from 1.

    `inside`: it waits to be told before it sends the statement, which the gate then holds up. `committed`: likewise, and the
    server holds it up just after it has committed.
    """

    nth: int
    phase: Phase


@dataclass(frozen=True)
class Order:
    """A try to be made. `port`: of a line that leads to the warehouse; without one it is reached directly."""

    settings: Settings
    database: str
    scenario: str
    step: str
    key: str
    seen: Seen
    stop: Stop | None = None
    port: int | None = None


@dataclass(frozen=True)
class Reached:
    """The try stands where it was told to stop, and goes on when it gets any answer."""

    statement: str
    backend: int


@dataclass(frozen=True)
class Done:
    """What the try sent to the warehouse."""

    statements: tuple[str, ...]


def take(order: Order, runner: Connection) -> None:
    """What the process does; an error that is not transient ends it with a traceback."""
    hook = _Hook(order.stop, runner)
    try:
        engine = create_engine(_url(order))
        hook.watch(engine)
        check(engine)
        SCENARIOS[order.scenario].step(order.step)(Task(engine, order.settings, order.key, order.seen))
    except TransientError:
        sys.exit(TRY_AGAIN)
    runner.send(Done(tuple(hook.statements)))


def _url(order: Order) -> sa.URL:
    url = embedded.ensure_running(order.settings).set(database=order.database)
    return url if order.port is None else url.set(host="127.0.0.1", port=order.port, query={})


class _Hook:
    """Sees each statement and COMMIT of an engine's transactions, and stops at the one it was told."""

    def __init__(self, stop: Stop | None, runner: Connection) -> None:
        self.statements: list[str] = []
        self._stop = stop
        self._runner = runner

    def watch(self, engine: sa.Engine) -> None:
        commit = engine.dialect.do_commit

        def watched_commit(connection: Any) -> None:
            if self._begins("COMMIT", connection.driver_connection) == "committed":
                connection.driver_connection.execute("SET LOCAL synchronous_commit = on")
            commit(connection)
            self._ended(connection.driver_connection)

        sa.event.listen(engine, "before_cursor_execute", self._before_statement, retval=True)
        sa.event.listen(engine, "after_cursor_execute", self._after_statement)
        engine.dialect.do_commit = watched_commit  # type: ignore[assignment, method-assign]  # no event comes after a COMMIT

    def _before_statement(
        self, connection: sa.Connection, _: Any, statement: str, parameters: Any, *__: Any
    ) -> tuple[str, Any]:
        phase = self._begins(_name(statement), connection.connection.driver_connection)
        return through_gate(statement) if phase == "inside" else statement, parameters

    def _after_statement(self, connection: sa.Connection, *_: Any) -> None:
        self._ended(connection.connection.driver_connection)

    def _begins(self, name: str, driver: Any) -> Phase | None:
        self.statements.append(name)
        if self._stop is None or len(self.statements) != self._stop.nth:
            return None
        if self._stop.phase != "after":
            self._wait(driver)
        return self._stop.phase

    def _ended(self, driver: Any) -> None:
        if self._stop == Stop(len(self.statements), "after"):
            self._wait(driver)

    def _wait(self, driver: Any) -> None:
        self._runner.send(Reached(self.statements[-1], driver.info.backend_pid))
        self._runner.recv()


def _name(statement: str) -> str:
    return _files().get(statement, statement.splitlines()[0][:60])


@cache
def _files() -> dict[str, str]:
    """The files of statements by what is sent of them."""
    paths = (path for folder in _FOLDERS for path in (SQL_ROOT / folder).rglob("*.sql"))
    statements = (Statement(str(path.relative_to(SQL_ROOT).with_suffix(""))) for path in paths)
    return {str(statement.clause.compile(dialect=_DIALECT)): statement.name for statement in statements}


_files()  # once, as the driver
