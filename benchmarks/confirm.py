"""The confirmation of many invoices against a yardstick on the same rows: `python -m benchmarks.confirm [--transactions N]`.

*floor*: one INSERT … SELECT of the finished postings, the rows that a confirmation writes, into a table with the same keys.

Figures are medians of interleaved rounds, each on a copy of the same drafts, and only their ratio means anything on another
machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from benchmarks.warehouse import administer, copied, generated
from invoicing.ledger.changes import Request
from invoicing.lifecycle.confirmation import choose_drafts, confirm_invoices
from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import writing

DAY = date(2026, 10, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=3_160_000, help="a third of them are due")
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with generated(contracts=arguments.contracts, transactions=arguments.transactions) as engine:
        run_day(engine, DAY, run_key="benchmark", settings=read_settings())
        administer(engine, "VACUUM (ANALYZE)")
        confirms, floors = [], []
        for _ in range(arguments.rounds):
            with copied(engine) as copy:
                administer(copy, "CHECKPOINT")
                seconds, invoices = _confirm(copy)
                confirms.append(seconds)
                seconds, postings = _floor(copy)
                floors.append(seconds)
    confirm, floor = statistics.median(confirms), statistics.median(floors)
    print(f"{invoices:,} invoices, {postings:,} postings written, median of {arguments.rounds} rounds")
    print(f"  confirm  {confirm:8.2f} s   {confirm / floor:.2f} x of the floor")
    print(f"  floor    {floor:8.2f} s")


def _confirm(engine: sa.Engine) -> tuple[float, int]:
    settings = read_settings()
    started = time.perf_counter()
    with writing(engine, settings.wait_seconds) as connection:
        versions: dict[UUID, int | None] = {
            draft.invoice_id: draft.version for draft in choose_drafts(connection, run_date=DAY)[0]
        }
        done = confirm_invoices(
            connection, versions, today=DAY, settings=settings, request=Request("benchmark", "benchmark")
        )
    return time.perf_counter() - started, len(done.invoices)


def _floor(engine: sa.Engine) -> tuple[float, int]:
    administer(
        engine, "CREATE TABLE public.floor (LIKE invoicing.posting INCLUDING ALL EXCLUDING GENERATED)", "CHECKPOINT"
    )
    started = time.perf_counter()
    with engine.begin() as connection:
        rows = connection.exec_driver_sql("INSERT INTO public.floor SELECT * FROM invoicing.posting").rowcount
    return time.perf_counter() - started, rows


if __name__ == "__main__":
    main()
