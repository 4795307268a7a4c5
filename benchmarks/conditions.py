"""The Process of one large day under other conditions, each against the usual one: `python -m benchmarks.conditions`.

*usual*: after VACUUM and ANALYZE. *no statistics*, *of empty tables*, *of the day before*: what the planner knows of the tables that a
day reads and fills. *again*: the same date once more, at once. *one bucket*, *two buckets*: how it is divided. *nothing due*: a date
without rows, and *after history*: the same behind ten years of rows that have run.

Figures are medians of interleaved rounds, and only their ratios mean anything on another machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa

from benchmarks.process import DAY, forget_day
from benchmarks.warehouse import administer, generated
from invoicing.process.day import run_day
from invoicing.settings import Settings, read_settings

NOTHING_DUE = DAY - timedelta(days=2)
# What a day reads and fills.
TABLES = (
    "billable",
    "schedule_row",
    "contract_line",
    "invoice",
    "invoice_line",
    "invoice_line_detail",
    "run_due_row",
    "run_line",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=3_160_000, help="a third of them are due")
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument(
        "--history", type=int, default=260, help="rows of each line that have run, before *after history*"
    )
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with generated(contracts=arguments.contracts, transactions=arguments.transactions) as engine:
        _measure(engine, arguments)


def _measure(engine: sa.Engine, arguments: argparse.Namespace) -> None:
    conditions: dict[str, Callable[[sa.Engine], float]] = {
        "usual": _usual,
        "no statistics": _no_statistics,
        "of empty tables": _statistics_of_empty_tables,
        "of the day before": _statistics_of_the_day_before,
        "again": _again,
        "one bucket": lambda engine: _day(engine, buckets=1),
        "two buckets": lambda engine: _day(engine, buckets=2),
        "nothing due": lambda engine: _run(engine, NOTHING_DUE),
    }
    seconds: dict[str, list[float]] = {name: [] for name in conditions}
    for _ in range(arguments.rounds):
        for name, measure in conditions.items():
            seconds[name].append(measure(engine))
            administer(engine, "VACUUM (ANALYZE)")
    _add_history(engine, arguments.history)
    seconds["after history"] = [_run(engine, NOTHING_DUE) for _ in range(arguments.rounds)]
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    yardsticks = {"two buckets": "one bucket", "after history": "nothing due"}
    print(f"{arguments.transactions:,} transactions, median of {arguments.rounds} rounds")
    for name, median in medians.items():
        yardstick = yardsticks.get(name, "usual")
        print(f"  {name:18} {median:8.2f} s   {median / medians[yardstick]:5.2f} x {yardstick}")


def _usual(engine: sa.Engine) -> float:
    return _day(engine)


def _no_statistics(engine: sa.Engine) -> float:
    forget_day(engine)
    with engine.begin() as connection:
        for table in TABLES:
            name = f"invoicing.{table}"
            connection.exec_driver_sql(f"DELETE FROM pg_statistic WHERE starelid = '{name}'::regclass")
            connection.exec_driver_sql(
                f"UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid = '{name}'::regclass"
            )
    return _run(engine, DAY)


def _statistics_of_empty_tables(engine: sa.Engine) -> float:
    forget_day(engine)
    administer(engine, *(f"ANALYZE invoicing.{table}" for table in TABLES))
    return _run(engine, DAY)


def _statistics_of_the_day_before(engine: sa.Engine) -> float:
    """Of drafts that were there, and are gone."""
    _day(engine)
    administer(engine, *(f"ANALYZE invoicing.{table}" for table in TABLES))
    return _day(engine)


def _again(engine: sa.Engine) -> float:
    _day(engine)
    return _run(engine, DAY)


def _day(engine: sa.Engine, buckets: int | None = None) -> float:
    forget_day(engine)
    return _run(engine, DAY, buckets)


def _run(engine: sa.Engine, day: date, buckets: int | None = None) -> float:
    settings = read_settings() if buckets is None else Settings(buckets=buckets)
    started = time.perf_counter()
    run_day(engine, day, run_key=f"benchmark/{started}", settings=settings)
    return time.perf_counter() - started


def _add_history(engine: sa.Engine, rows_per_line: int) -> None:
    """Rows of the years before that have run, two weeks apart."""
    administer(
        engine,
        "INSERT INTO invoicing.schedule_row"
        " (contract_id, contract_line_id, run_date, source, cutoff_date, run_status, ran_at)"
        " SELECT contract_id, contract_line_id, day, 'delivered', day - 1, 'run_successful', now()"
        " FROM invoicing.contract_line CROSS JOIN"
        f" (SELECT date '{DAY}' - 60 - 14 * g AS day FROM generate_series(1, {rows_per_line}) AS g) AS dated",
        "VACUUM (ANALYZE)",
    )


if __name__ == "__main__":
    main()
