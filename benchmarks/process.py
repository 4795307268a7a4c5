"""The Process of one large day against two yardsticks on the same rows: `python -m benchmarks.process [--transactions N]`.

*by hand*: the shortest SQL that writes the same invoices, lines and details with their parents checked, and nothing else.
*floor*: one INSERT … SELECT of the finished detail rows into a table with the same unique key.

Figures are medians of interleaved rounds, and only their ratios mean anything on another machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, warehouse_url

SQL = Path(__file__).parent / "sql"
DAY = date(2026, 10, 5)
DATABASE = "invoicing_benchmark"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=3_160_000, help="a third of them are due")
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    server = create_engine(warehouse_url(read_settings()))
    _administer(server, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE}")
    try:
        _measure(create_engine(server.url.set(database=DATABASE)), arguments)
    finally:
        _administer(server, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def _measure(engine: sa.Engine, arguments: argparse.Namespace) -> None:
    migrations.upgrade(engine)
    _generate(engine, arguments)
    contenders: dict[str, Callable[[sa.Engine], float]] = {"process": _process, "by hand": _by_hand, "floor": _floor}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(arguments.rounds):
        for name, measure in contenders.items():
            seconds[name].append(measure(engine))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    with engine.connect() as connection:
        details = connection.exec_driver_sql("SELECT count(*) FROM invoicing.invoice_line_detail").scalar_one()
    print(f"{details:,} details of {arguments.transactions:,} transactions, median of {arguments.rounds} rounds")
    for name, median in medians.items():
        print(f"  {name:8} {median:8.2f} s   process is {medians['process'] / median:.2f} x")


def _generate(engine: sa.Engine, arguments: argparse.Namespace) -> None:
    script = (SQL / "generate.sql").read_text(encoding="utf-8")
    script = script.replace(":contracts", str(arguments.contracts)).replace(
        ":transactions", str(arguments.transactions)
    )
    with engine.begin() as connection:
        _run_script(connection, script)
    _administer(engine, "VACUUM (FREEZE, ANALYZE)")


def _process(engine: sa.Engine) -> float:
    _administer(
        engine,
        "TRUNCATE invoicing.invoice_line_detail, invoicing.invoice_line, invoicing.invoice",
        "UPDATE invoicing.invoice_schedule SET run_status = 'not_run', ran_at = NULL",
        "CHECKPOINT",
    )
    started = time.perf_counter()
    run_day(engine, DAY, run_key=f"benchmark/{started}", settings=read_settings())
    return time.perf_counter() - started


def _by_hand(engine: sa.Engine) -> float:
    _administer(
        engine,
        "DROP SCHEMA IF EXISTS by_hand CASCADE",
        "CREATE SCHEMA by_hand",
        'CREATE TABLE by_hand.invoice (contract_id text COLLATE "C", invoice_id uuid, customer_id text COLLATE "C", '
        "amount numeric, PRIMARY KEY (contract_id, invoice_id))",
        'CREATE TABLE by_hand.invoice_line (contract_id text COLLATE "C", invoice_id uuid, contract_line_id text COLLATE "C", '
        "amount numeric, PRIMARY KEY (contract_id, invoice_id, contract_line_id))",
        "CREATE TABLE by_hand.invoice_line_detail (LIKE invoicing.invoice_line_detail INCLUDING ALL)",
        "CHECKPOINT",
    )
    started = time.perf_counter()
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL work_mem = '128MB'")
        _run_script(connection, (SQL / "by_hand.sql").read_text(encoding="utf-8"))
    return time.perf_counter() - started


def _floor(engine: sa.Engine) -> float:
    _administer(
        engine,
        "DROP TABLE IF EXISTS by_hand.floor",
        "CREATE TABLE by_hand.floor (LIKE invoicing.invoice_line_detail INCLUDING ALL)",
        "CHECKPOINT",
    )
    started = time.perf_counter()
    _administer(engine, "INSERT INTO by_hand.floor SELECT * FROM invoicing.invoice_line_detail")
    return time.perf_counter() - started


def _run_script(connection: sa.Connection, script: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script)


def _administer(engine: sa.Engine, *statements: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


if __name__ == "__main__":
    main()
