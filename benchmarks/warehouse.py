"""The warehouse that the benchmarks measure on: a database of its own on the server of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from invoicing.settings import read_settings
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, warehouse_url

SQL = Path(__file__).parent / "sql"
DATABASE = "invoicing_benchmark"


@contextmanager
def generated(*, contracts: int, transactions: int, database: str = DATABASE) -> Iterator[sa.Engine]:
    """A warehouse with so many transactions, a third of them due on 5 October 2026; gone afterwards."""
    server = create_engine(warehouse_url(read_settings()))
    with _database(server, database) as engine:
        migrations.upgrade(engine)
        script = (SQL / "generate.sql").read_text(encoding="utf-8")
        script = script.replace(":contracts", str(contracts)).replace(":transactions", str(transactions))
        with engine.begin() as connection:
            run_script(connection, script)
        administer(engine, "VACUUM (FREEZE, ANALYZE)")
        yield engine
        engine.dispose()


@contextmanager
def copied(engine: sa.Engine) -> Iterator[sa.Engine]:
    """A copy of a warehouse, for what can be done to it only once."""
    engine.dispose()  # a database that somebody is connected to cannot be copied
    server = create_engine(engine.url.set(database="postgres"))
    with _database(server, f"{DATABASE}_copy", template=DATABASE) as copy:
        yield copy
        copy.dispose()


@contextmanager
def _database(server: sa.Engine, name: str, template: str = "template1") -> Iterator[sa.Engine]:
    administer(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield create_engine(server.url.set(database=name))
    finally:
        administer(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def run_script(connection: sa.Connection, script: str) -> None:
    """Runs a script of several statements as it stands."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script)


def administer(engine: sa.Engine, *statements: str) -> None:
    """Runs statements, each committed by itself."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
