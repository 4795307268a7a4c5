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

import sqlalchemy as sa

from benchmarks.warehouse import SQL, administer, generated, run_script
from invoicing.process.day import run_day
from invoicing.settings import read_settings

DAY = date(2026, 10, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=3_160_000, help="a third of them are due")
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with generated(contracts=arguments.contracts, transactions=arguments.transactions) as engine:
        _measure(engine, arguments)


def _measure(engine: sa.Engine, arguments: argparse.Namespace) -> None:
    contenders: dict[str, Callable[[sa.Engine], float]] = {"process": _process, "by hand": _by_hand, "floor": _floor}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(arguments.rounds):
        for name, measure in contenders.items():
            seconds[name].append(measure(engine))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    with engine.connect() as connection:
        details: int = connection.exec_driver_sql("SELECT count(*) FROM invoicing.invoice_line_detail").scalar_one()
    print(f"{details:,} details of {arguments.transactions:,} transactions, median of {arguments.rounds} rounds")
    for name, median in medians.items():
        print(f"  {name:8} {median:8.2f} s   process is {medians['process'] / median:.2f} x")


def _process(engine: sa.Engine) -> float:
    forget_day(engine)
    started = time.perf_counter()
    run_day(engine, DAY, run_key=f"benchmark/{started}", settings=read_settings())
    return time.perf_counter() - started


def forget_day(engine: sa.Engine) -> None:
    """The warehouse as it was before the day was run."""
    administer(
        engine,
        "SET session_replication_role = replica",  # past the triggers that keep what is confirmed
        "TRUNCATE invoicing.taken_share, invoicing.invoice_line_detail, invoicing.invoice_line, invoicing.invoice",
        "RESET session_replication_role",
        "UPDATE invoicing.schedule_row SET run_status = 'not_run', ran_at = NULL, ran_for = NULL WHERE ran_for IS NOT NULL",
        "TRUNCATE invoicing.run_due_row, invoicing.run_line",
        "CHECKPOINT",
    )


def _by_hand(engine: sa.Engine) -> float:
    administer(
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
        run_script(connection, (SQL / "by_hand.sql").read_text(encoding="utf-8"))
    return time.perf_counter() - started


def _floor(engine: sa.Engine) -> float:
    administer(
        engine,
        "DROP TABLE IF EXISTS by_hand.floor",
        "CREATE TABLE by_hand.floor (LIKE invoicing.invoice_line_detail INCLUDING ALL)",
        "CHECKPOINT",
    )
    started = time.perf_counter()
    administer(engine, "INSERT INTO by_hand.floor SELECT * FROM invoicing.invoice_line_detail")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
