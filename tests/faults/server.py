"""A warehouse of the faults' own, whose postmaster and sessions may be killed beside no other test."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psutil import STATUS_ZOMBIE, NoSuchProcess, Process

from invoicing.errors import WarehouseUnavailableError
from invoicing.settings import Settings
from invoicing.warehouse import embedded
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.transactions import writing
from tests.faults.day import BUCKETS
from tests.places import server_home

# A killed server loses nothing that it handed to the operating system, so nothing has to reach the disk. It starts hundreds of
# times, so it is small. Autovacuum would open the templates. No standby of that name exists: a session that asks for
# synchronous commits is held up just after it has committed.
_CONFIGURATION = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "io_method": "sync",
    "autovacuum": "off",
    "synchronous_standby_names": "nobody",
    "synchronous_commit": "local",
}

_WAITS = 10  # seconds


@dataclass(frozen=True)
class Server:
    """The embedded warehouse in a folder of its own. Anyone who asks for `url` starts it when it is down, as the tasks do."""

    settings: Settings

    def url(self, database: str) -> sa.URL:
        return embedded.ensure_running(self.settings).set(database=database)

    def engine(self, database: str) -> sa.Engine:
        return create_engine(self.url(database))

    def connect(self, database: str) -> psycopg.Connection:
        """A session that commits each statement."""
        url = self.url(database)
        return psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=database, autocommit=True)

    def administer(self, *statements: str) -> None:
        with self.connect("postgres") as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def copy(self, database: str, name: str) -> None:
        self.administer(f"CREATE DATABASE {name} TEMPLATE {database} STRATEGY file_copy")

    def wait_until_idle(self, database: str) -> None:
        """Returns when the server is up again, and no transaction that changes the database is under way.

        Raises:
            TimeoutError: it did not come to that.
        """
        deadline = time.monotonic() + _WAITS
        while True:
            try:
                with writing(self.engine(database), self.settings.wait_seconds):
                    return
            except WarehouseUnavailableError as error:  # it is being restarted
                if time.monotonic() > deadline:
                    raise TimeoutError from error
                time.sleep(0.01)

    @property
    def socket(self) -> Path:
        return embedded.server_of(self.settings).socket_folder / ".s.PGSQL.5432"

    def kill_postmaster(self) -> None:
        """Returns when its sessions are gone as well: one that has not noticed yet could still commit.

        Raises:
            TimeoutError: one of them stayed.
        """
        lock_file = embedded.server_of(self.settings).data / "postmaster.pid"
        postmaster = Process(int(lock_file.read_text().splitlines()[0]))
        doomed = [postmaster, *postmaster.children()]  # they end when they find that it is gone
        postmaster.kill()
        # Where orphans come back to this process it has to bury them: a server whose remains lie about does not start.
        for process in doomed:
            with suppress(ChildProcessError):
                os.waitpid(process.pid, 0)
            _wait_until_over(process.pid)


def is_alive(process: int) -> bool:
    try:
        return bool(Process(process).status() != STATUS_ZOMBIE)
    except NoSuchProcess:
        return False


def _wait_until_over(process: int) -> None:
    deadline = time.monotonic() + _WAITS
    while is_alive(process):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {process} outlives its postmaster")
        time.sleep(0.002)


@contextmanager
def own_server(name: str) -> Iterator[Server]:
    """A server for the length of the block."""
    server = Server(Settings(warehouse_dir=server_home(name), wait_seconds=20, buckets=BUCKETS, buckets_at_once=1))
    try:
        changes = [f"ALTER SYSTEM SET {setting} = '{value}'" for setting, value in _CONFIGURATION.items()]
        server.administer(*changes)
        embedded.stop(server.settings)
        yield server
    finally:
        embedded.remove(server.settings)
