"""What works side by side in `benchmarks.side_by_side`: each job in a process of its own, through the functions that commands call."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from invoicing.errors import InvoicingError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.choice import Choice, choose_alone
from invoicing.lifecycle.confirmation import confirm_invoices
from invoicing.process.day import run_day
from invoicing.settings import Settings, read_settings
from invoicing.source.loading import load_folder
from invoicing.warehouse.connection import create_engine, parse_url
from invoicing.warehouse.transactions import writing

_PAUSE = 1.0  # seconds, between two passes of a confirmation


@dataclass(frozen=True)
class Signals:
    """What the processes share. `begin`: all jobs begin in the same moment. `runs_are_over`: nothing new is drafted."""

    begin: Barrier
    runs_are_over: Event
    all_is_over: Event

    def wait_for_all(self) -> None:
        self.begin.wait(timeout=120)


@dataclass
class Ended:
    """How a job went: what it did, and each refusal or error with how often it came."""

    name: str
    seconds: float = 0
    did: str = ""
    refused: Counter[str] = field(default_factory=Counter)


# A process of the pool has one set of signals for all that it does.
_signals: list[Signals] = []


def get_ready(signals: Signals) -> None:
    """What a process of the pool does first."""
    _signals.append(signals)


def signals() -> Signals:
    """Those of this process."""
    return _signals[0]


def named_engine(url: str, name: str) -> sa.Engine:
    """An engine of the package whose sessions bear the name of a job, so that it shows who waits for whom."""
    engine = create_engine(parse_url(url))

    @sa.event.listens_for(engine, "do_connect")
    def _name(dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> None:
        parameters["application_name"] = name

    return engine


def run(url: str, name: str, day: date, rows_per_bucket: int) -> Ended:
    """The Process of the day."""
    settings = Settings(rows_per_bucket=rows_per_bucket)

    def work(engine: sa.Engine, ended: Ended) -> None:
        done = run_day(engine, day, run_key=name, settings=settings)
        ended.did = f"{done.figures.buckets} buckets, {done.figures.details:,} details, {done.figures.invoices_written:,} invoices written"

    return _timed(url, name, work)


def confirm(url: str, name: str, day: date, choices: Sequence[Choice]) -> Ended:
    """A bulk confirmation of what there is, each choice in a transaction of its own; and again of what came since, until the runs
    are over.
    """
    settings = read_settings()

    def work(engine: sa.Engine, ended: Ended) -> None:
        seconds: list[float] = []
        confirmed, is_last = 0, False
        while not is_last:
            is_last = signals().runs_are_over.wait(_PAUSE if seconds else 0)
            for choice in choices:
                began, request = time.perf_counter(), Request(name, f"{name}/{len(seconds)}")
                with writing(engine, settings.wait_seconds) as connection:
                    drafts = choose_alone(connection, choice, request).invoices
                    versions: dict[UUID, int | None] = {draft.invoice_id: draft.version for draft in drafts}
                    done = confirm_invoices(connection, versions, today=day, settings=settings, request=request)
                seconds.append(time.perf_counter() - began)
                confirmed += len(done.invoices)
                ended.refused.update(_kind(refused.reason) for refused in done.refused)
        ended.did = f"{confirmed:,} invoices in {len(seconds)} transactions, the longest {max(seconds):.1f} s"

    return _timed(url, name, work)


def load(url: str, name: str, folder: Path) -> Ended:
    """A load of a source that has changed."""

    def work(engine: sa.Engine, ended: Ended) -> None:
        done = load_folder(engine, folder, wait_seconds=read_settings().wait_seconds, by=name)
        inserted, changed = (sum(getattr(table, what) for table in done.tables) for what in ("inserted", "changed"))
        ended.did = f"{inserted:,} transactions new, {changed:,} changed"

    return _timed(url, name, work)


def _timed(url: str, name: str, work: Callable[[sa.Engine, Ended], None]) -> Ended:
    ended = Ended(name)
    engine = named_engine(url, name)
    signals().wait_for_all()
    began = time.perf_counter()
    try:
        work(engine, ended)
    except InvoicingError as error:
        ended.refused[str(error)] += 1
    ended.seconds = time.perf_counter() - began
    return ended


def _kind(reason: str) -> str:
    """A refusal without the names and numbers in it."""
    return " ".join("…" if any(letter.isdigit() for letter in word) else word for word in reason.split())
