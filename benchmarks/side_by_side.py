"""A large day beside everything else that people do: `python -m benchmarks.side_by_side [--transactions N]`.

In the same moment begin: the Process of the day, a second run of the same day, two bulk confirmations that overlap, the load of a
changed source, and so many edits a second; all of the same contracts, each job in a process of its own. Drafts of two earlier dates
are there from the beginning; those of the day come while it is written.

Nothing may be refused because other work runs, nothing lost or doubled: else it says what, and ends with 1. What is refused because
the draft was confirmed or changed meanwhile, and a version that is stale on purpose, is counted apart.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks import jobs
from benchmarks.editors import ACCEPTED, EVERY, Edit, Edited, edit
from benchmarks.jobs import Ended, Signals
from benchmarks.process import DAY
from benchmarks.proof import count_ready, failures
from benchmarks.warehouse import administer, generated
from invoicing.errors import ChangedMeanwhileError, InvoiceConfirmedError, NotFoundError
from invoicing.lifecycle.choice import Choice
from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.source.loading import load_folder
from invoicing.warehouse.locks import SLOTS

DATABASE = "invoicing_benchmark_side_by_side"
EDITS = "edit"
# What the first confirmation takes; and an earlier date, whose drafts only the second does, for the editors to have enough.
CONFIRMED, EARLIER = DAY - timedelta(days=7), DAY - timedelta(days=14)
# What may be answered to an edit because the draft it means is not what it was: confirmed, gone, or at another version.
MEANWHILE = {InvoiceConfirmedError.code, NotFoundError.code}
MOST_SHOWN = 20

# Lines that are due later, as if they had been due before: an eighth of them on each of two dates.
_EARLIER_ROWS = """
UPDATE invoicing.schedule_row AS s SET run_date = '{date}', cutoff_date = CAST('{date}' AS date) - 1
WHERE s.run_date = '2026-10-19' AND mod(abs(hashtext(s.contract_id || s.contract_line_id)), 8) = {part}
AND NOT EXISTS (
    SELECT FROM invoicing.schedule_row AS due
    WHERE due.contract_id = s.contract_id AND due.contract_line_id = s.contract_line_id AND due.run_date = '2026-10-05'
)
"""
# Transactions of the source, as they were generated; and what the source says later: other quantities, and as many new ones.
_DELIVERED = """
SELECT
    b.contract_id, b.transaction_id, b.contract_line_id, b.transaction_class, b.transaction_date, b.quantity, b.unit_price,
    b.billing_type, CAST('ready_to_invoice' AS text) AS billing_status
FROM invoicing.billable AS b
INNER JOIN invoicing.schedule_row AS s
    ON b.contract_id = s.contract_id AND b.contract_line_id = s.contract_line_id AND b.transaction_date <= s.cutoff_date
WHERE b.is_ready AND s.run_date <= '2026-10-05' AND right(b.contract_id, 1) <> '0' AND mod(hashtext(b.transaction_id), {part}) = 0
"""
_CHANGED = """
SELECT contract_id, transaction_id, contract_line_id, transaction_class, transaction_date, quantity + 1 AS quantity, unit_price,
    billing_type, billing_status FROM ({delivered}) AS known
UNION ALL
SELECT contract_id, 'N' || transaction_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, billing_type,
    billing_status FROM ({delivered}) AS known
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=3_160_000, help="a third of them are due")
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--loaded", type=int, default=5_000, help="transactions that the load changes; as many are new")
    parser.add_argument("--rate", type=float, default=50, help="edits a second")
    parser.add_argument("--editors", type=int, default=40, help="people who edit, each on a connection of its own")
    parser.add_argument("--parts", type=int, default=1, help="in how many transactions each confirmation is done")
    parser.add_argument("--rounds", type=int, default=1, help="how often all of it is done, each on a new warehouse")
    arguments = parser.parse_args()
    found = [failure for _ in range(arguments.rounds) for failure in _round(arguments)]
    if found:
        sys.exit(1)


def _round(arguments: argparse.Namespace) -> list[str]:
    """Prepares, lets all work, reports; and what must not be."""
    with (
        generated(contracts=arguments.contracts, transactions=arguments.transactions, database=DATABASE) as engine,
        tempfile.TemporaryDirectory() as folder,
    ):
        _prepare(engine, arguments, Path(folder))
        print(f"{count_ready(engine, DAY):,} ready transactions of {arguments.transactions:,}, side by side:")
        began = time.perf_counter()
        ended, edited = _work(engine, arguments, Path(folder))
        _report(ended, edited, time.perf_counter() - began)
        found = [*_refused(ended, edited.edits), *failures(engine, DAY, EDITS, edited.edits)]
    print(f"  {'failures':20} {len(found):8,}   {'; '.join(found[:MOST_SHOWN]) or 'nothing refused, lost or doubled'}")
    return found


def _prepare(engine: sa.Engine, arguments: argparse.Namespace, folder: Path) -> None:
    """Drafts of earlier dates, and a source that the warehouse knows and that has changed since, in the folder."""
    administer(engine, *(_EARLIER_ROWS.format(date=date, part=part) for part, date in enumerate((EARLIER, CONFIRMED))))
    delivered = _DELIVERED.format(part=max(arguments.transactions // (2 * arguments.loaded), 1))
    _write(engine, delivered, folder)
    load_folder(engine, folder, wait_seconds=read_settings().wait_seconds)
    for date in (EARLIER, CONFIRMED):
        run_day(engine, date, run_key=f"before/{date}", settings=read_settings())
    _write(engine, _CHANGED.format(delivered=delivered), folder)
    administer(engine, "VACUUM (ANALYZE)", "CHECKPOINT")


def _write(engine: sa.Engine, query: str, folder: Path) -> None:
    with engine.connect() as connection, (folder / "transactions.csv").open("wb") as file:
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as rows:
            for row in rows:
                file.write(row)


def _work(engine: sa.Engine, arguments: argparse.Namespace, folder: Path) -> tuple[list[Ended], Edited]:
    url = engine.url.render_as_string(hide_password=False)
    parts = _parts(engine, arguments.parts)
    a_third = [Choice(contract_ids=[name for name in part if int(name[1:]) % 3 == 0]) for part in parts]
    of_date = [Choice(run_date=CONFIRMED, contract_ids=part if len(parts) > 1 else ()) for part in parts]
    rows_per_bucket = min(read_settings().rows_per_bucket, max(arguments.transactions // 12, 1))
    context = multiprocessing.get_context("spawn")
    signals = Signals(context.Barrier(6), context.Event(), context.Event())
    with ProcessPoolExecutor(6, mp_context=context, initializer=jobs.get_ready, initargs=(signals,)) as pool:
        editing = pool.submit(edit, url, EDITS, DAY, arguments.rate, arguments.editors)
        runs = [pool.submit(jobs.run, url, name, DAY, rows_per_bucket) for name in ("first run", "second run")]
        others = [
            pool.submit(jobs.confirm, url, "confirm a date", DAY, of_date),
            pool.submit(jobs.confirm, url, "confirm contracts", DAY, a_third),
            pool.submit(jobs.load, url, "load", folder),
        ]
        try:
            ended = _results(runs)
            signals.runs_are_over.set()
            ended += _results(others)
        finally:
            signals.runs_are_over.set()
            signals.all_is_over.set()
        return ended, editing.result()


def _parts(engine: sa.Engine, number: int) -> list[list[str]]:
    """The contracts in so many parts, each of neighboring slots."""
    parts: dict[int, list[str]] = {}
    with engine.connect() as connection:
        for row in connection.exec_driver_sql("SELECT contract_id, slot FROM invoicing.project_contract"):
            parts.setdefault(row.slot * number // SLOTS, []).append(row.contract_id)
    return [parts[part] for part in sorted(parts)]


def _results(futures: Sequence[Future[Ended]]) -> list[Ended]:
    return [future.result() for future in futures]


def _report(ended: Sequence[Ended], edited: Edited, seconds: float) -> None:
    for job in ended:
        print(f"  {job.name:20} {job.seconds:8.2f} s   {job.did or 'failed'}")
    edits = edited.edits
    kinds = Counter(_outcome(edit) for edit in edits)
    print(f"  {'edits':20} {len(edits):8,}     {', '.join(f'{count:,} {kind}' for kind, count in kinds.most_common())}")
    print(f"  {'edits a second':20} {len(edits) / edited.seconds:8.1f}")
    if not edits:
        return
    waits = sorted(edit.seconds for edit in edits)
    print(f"  {'median edit':20} {statistics.median(waits):8.3f} s")
    print(f"  {'99 % of edits':20} {waits[int(len(waits) * 0.99)]:8.3f} s")
    longest = max(edits, key=lambda edit: edit.seconds)
    doing = Counter(f"{wait.job}: {wait.doing}" for wait in edited.waits_of(longest)).most_common(3)
    held = "; ".join(f"{what} ({count * EVERY:.1f} s)" for what, count in doing)
    print(f"  {'longest edit':20} {waits[-1]:8.3f} s   waited for {held or 'no lock'}")
    for name, one in edited.longest_by_job().items():
        print(f"  {'longest that waited':20} {one.seconds:8.3f} s   for {name}")


def _outcome(edit: Edit) -> str:
    """What became of an edit, in words."""
    if edit.outcome == ACCEPTED:
        return "accepted" if edit.asked != "stale" else "accepted though stale"
    if edit.outcome == ChangedMeanwhileError.code and edit.asked != "none":
        return "refused as stale" if edit.asked == "stale" else "refused as changed meanwhile"
    if edit.outcome in MEANWHILE:
        return "refused as confirmed or gone meanwhile"
    return f"refused with {edit.outcome}"


def _refused(ended: Sequence[Ended], edits: Sequence[Edit]) -> Iterator[str]:
    """What was refused though nothing stood against it but other work."""
    for job in ended:
        yield from (f"{job.name}: {count:,} x {refusal}" for refusal, count in job.refused.items())
    wrong = Counter(
        f"{_outcome(edit)}: {edit.message}"
        for edit in edits
        if _outcome(edit).startswith(("refused with", "accepted though"))
    )
    yield from (f"edits: {count:,} x {refusal}" for refusal, count in wrong.most_common())


if __name__ == "__main__":
    main()
