"""A gate in the warehouse: while it is shut, whatever statement passes it is held up in the middle of its work.

Every table has a trigger that passes the gate when a statement has changed its rows, and one that passes it at COMMIT; queries
are sent through it. ANALYZE fires no trigger: it is held up where it writes its findings.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import LiteralString

import psycopg

from tests.faults.server import Server

_KEY = 0x67617465  # "gate"
_WAITS = 10  # seconds
_CHANGE = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b")
_SET_UP: LiteralString = f"""
CREATE SCHEMA faults;

CREATE FUNCTION faults.gate() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_lock_shared({_KEY});
    PERFORM pg_advisory_unlock_shared({_KEY});
    RETURN true;
END $$;

CREATE FUNCTION faults.pass_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM faults.gate();
    RETURN NULL;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT oid::regclass FROM pg_catalog.pg_class WHERE relkind = 'r' AND relnamespace = 'invoicing'::regnamespace
    LOOP
        EXECUTE 'CREATE TRIGGER pass_gate AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ' || name
            || ' FOR EACH STATEMENT EXECUTE FUNCTION faults.pass_gate()';
        EXECUTE 'CREATE CONSTRAINT TRIGGER pass_gate_at_commit AFTER INSERT OR UPDATE OR DELETE ON ' || name
            || ' DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION faults.pass_gate()';
    END LOOP;
END $$;

-- Temporary tables come and go within a transaction.
CREATE FUNCTION faults.pass_gate_of_table() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    made record;
BEGIN
    PERFORM faults.gate();
    FOR made IN SELECT object_identity AS name FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' LOOP
        EXECUTE 'CREATE TRIGGER pass_gate AFTER INSERT ON ' || made.name
            || ' FOR EACH STATEMENT EXECUTE FUNCTION faults.pass_gate()';
    END LOOP;
END $$;

CREATE EVENT TRIGGER pass_gate ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'DROP TABLE')
EXECUTE FUNCTION faults.pass_gate_of_table();
"""


def build_gate(connection: psycopg.Connection) -> None:
    connection.execute(_SET_UP)


def through_gate(statement: str) -> str:
    """A query that passes the gate before its first row; other statements as they are, their tables have triggers."""
    body = "\n".join(row for row in statement.splitlines() if not row.startswith("--"))
    if not body.startswith(("SELECT", "WITH")) or _CHANGE.search(body):
        return statement
    return (
        "SELECT passed.* FROM (SELECT faults.gate() AS is_open OFFSET 0) AS gate"
        f" CROSS JOIN LATERAL (SELECT held.* FROM ({body}) AS held WHERE gate.is_open OFFSET 0) AS passed"
    )


@contextmanager
def shut(server: Server, database: str) -> Iterator[None]:
    """The gate is shut within the block, or until the server dies."""
    keeper = server.connect(database)
    keeper.execute("BEGIN")
    keeper.execute("SELECT pg_advisory_xact_lock(%s)", (_KEY,))
    keeper.execute("LOCK pg_catalog.pg_statistic IN SHARE MODE")
    try:
        yield
    finally:
        with suppress(psycopg.OperationalError):
            keeper.execute("ROLLBACK")
        keeper.close()


def wait_until_held(server: Server, database: str, backend: int) -> None:
    """Returns when the session is held up in the middle of a statement, or after its COMMIT.

    Raises:
        TimeoutError: it was not.
    """
    held = "SELECT FROM pg_stat_activity WHERE pid = %s AND state = 'active' AND wait_event_type IN ('Lock', 'IPC')"
    deadline = time.monotonic() + _WAITS
    with server.connect(database) as watcher:
        while watcher.execute(held, (backend,)).fetchone() is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"session {backend} passed the gate")
            time.sleep(0.002)


def waits_for_another(watcher: psycopg.Connection) -> bool:
    """Whether any session of the database waits for a lock that another one has."""
    waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return watcher.execute(waiting).fetchone() is not None
