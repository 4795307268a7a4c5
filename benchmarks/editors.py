"""People who edit drafts, so many edits a second, while other jobs work on the same contracts; and what their edits wait for."""

from __future__ import annotations

import queue
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from benchmarks.jobs import named_engine, signals
from invoicing.errors import InvoicingError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.confirmation import choose_drafts
from invoicing.lifecycle.details import DetailChanges, NewDetail, add_detail, change_detail, remove_detail
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import writing

ACCEPTED = "accepted"
EVERY = 0.2  # seconds, between two looks at who waits for whom
_LOOK = """
SELECT named.invoice_id, detail.detail_id, detail.contract_line_id, detail.unit_price, detail.details
FROM unnest(CAST(:contract_ids AS text[]), CAST(:invoice_ids AS uuid[])) AS named (contract_id, invoice_id)
CROSS JOIN LATERAL (
    SELECT d.detail_id, d.contract_line_id, d.unit_price, count(*) OVER () AS details
    FROM analytics.invoice_line_details AS d
    WHERE d.contract_id = named.contract_id AND d.invoice_id = named.invoice_id AND d.transaction_id IS NOT NULL
    ORDER BY random() LIMIT 1
) AS detail
"""
_SESSIONS = """
SELECT pid, application_name, query, CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) ELSE '{}' END AS blockers
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
_PURPOSE = re.compile(r"-- Purpose: ([^.:;\n]+)")


@dataclass(frozen=True)
class Target:
    """A detail of a draft, with the version that an editor has seen."""

    invoice_id: UUID
    version: int
    detail_id: int
    contract_line_id: str
    unit_price: Decimal
    details: int


@dataclass(frozen=True)
class Edit:
    """An edit and how it ended. `asked`: the version that went with it, `none`, `current` or `stale`; `outcome`: accepted, or the
    code of the error.
    """

    key: str
    editor: str
    asked: str
    began: float
    seconds: float
    outcome: str
    message: str


@dataclass(frozen=True)
class Waiting:
    """That an editor was seen waiting, and for which job in the end, which did what by then."""

    at: float
    editor: str
    job: str
    doing: str


@dataclass(frozen=True)
class Edited:
    """All edits, all that was seen of their waiting, and how long the editors worked."""

    edits: list[Edit]
    waits: list[Waiting]
    seconds: float

    def waits_of(self, edit: Edit) -> list[Waiting]:
        """What an edit was seen waiting for."""
        return [
            wait
            for wait in self.waits
            if wait.editor == edit.editor and edit.began <= wait.at <= edit.began + edit.seconds
        ]

    def longest_by_job(self) -> dict[str, Edit]:
        """Of each job, the longest of the edits that waited for it more than for others; the longest first."""
        found: dict[str, Edit] = {}
        for one in sorted(self.edits, key=lambda one: -one.seconds):
            jobs = Counter(wait.job for wait in self.waits_of(one)).most_common(1)
            found.setdefault(jobs[0][0] if jobs else "no lock", one)
        return found


def edit(url: str, name: str, day: date, rate: float, editors: int) -> Edited:
    """Edits until all other jobs are over."""
    work = _Work(url, name, day, rate, editors)
    signals().wait_for_all()
    began = time.perf_counter()
    with ThreadPoolExecutor(editors + 2) as threads:
        acts: list[Callable[[], None]] = [work.look, work.watch, *[work.edit] * editors]
        for ended in [threads.submit(act) for act in acts]:
            ended.result()
    return Edited(work.edits, work.waits, time.perf_counter() - began)


class _Work:
    def __init__(self, url: str, name: str, day: date, rate: float, editors: int) -> None:
        self.url, self.name, self.day, self.rate = url, name, day, rate
        self.edits: list[Edit] = []
        self.waits: list[Waiting] = []
        self._targets: queue.Queue[Target] = queue.Queue()
        self._pace = threading.Lock()
        self._begun, self._due = 0, 0.0
        self._names = iter([f"{name} {nth}" for nth in range(editors)])

    def look(self) -> None:
        """Picks drafts to edit; every tenth is picked twice, so that two editors have seen the same version."""
        engine, chance = named_engine(self.url, "look"), random.Random(1)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not signals().all_is_over.wait(0.5):
                if self._targets.qsize() < self.rate:
                    for target in self._looked_at(connection, chance):
                        self._targets.put(target)

    def _looked_at(self, connection: sa.Connection, chance: random.Random) -> Iterator[Target]:
        drafts, _ = choose_drafts(connection)
        chosen = {draft.invoice_id: draft for draft in chance.choices(drafts, k=int(self.rate))} if drafts else {}
        named = {
            "contract_ids": [draft.contract_id for draft in chosen.values()],
            "invoice_ids": list(chosen),
        }
        for row in connection.execute(sa.text(_LOOK), named):
            target = Target(version=chosen[row.invoice_id].version, **row._mapping)
            yield target
            if chance.random() < 0.1:
                yield target

    def watch(self) -> None:
        """Notes who waits for whom."""
        engine = named_engine(self.url, "watch")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not signals().all_is_over.wait(EVERY):
                sessions = {row.pid: row for row in connection.execute(sa.text(_SESSIONS))}
                now = time.perf_counter()
                for row in sessions.values():
                    if row.application_name.startswith(self.name) and row.blockers:
                        self.waits += [
                            Waiting(now, row.application_name, job, doing)
                            for job, doing in _holders(sessions, row.pid).items()
                        ]

    def edit(self) -> None:
        """One editor: takes what was looked at, and edits it."""
        with self._pace:
            editor = next(self._names)
        engine, settings = named_engine(self.url, editor), read_settings()
        while (nth := self._next()) is not None:
            try:
                target = self._targets.get(timeout=1)
            except queue.Empty:
                continue
            asked = "stale" if nth % 10 == 0 else "current" if nth % 10 < 4 else "none"
            version = {"stale": target.version - 1, "current": target.version, "none": None}[asked]
            key, outcome, message = f"{self.name}/{nth}", ACCEPTED, ""
            began = time.perf_counter()
            try:
                with writing(engine, settings.wait_seconds) as connection:
                    self._do(connection, nth, target, version, Request(editor, key))
            except InvoicingError as error:
                outcome, message = error.code, str(error)
            seconds = time.perf_counter() - began
            self.edits.append(Edit(key, editor, asked, began, seconds, outcome, message))

    def _do(self, connection: sa.Connection, nth: int, target: Target, version: int | None, request: Request) -> None:
        invoice = str(target.invoice_id)
        if nth % 7 == 0 and target.details > 2:
            remove_detail(connection, invoice, target.detail_id, request=request, version=version)
        elif nth % 7 == 1:
            detail = NewDetail(
                target.contract_line_id, "time", self.day, Decimal(1), Decimal(100), description=request.key
            )
            add_detail(connection, invoice, detail, request=request, version=version)
        else:
            changes = DetailChanges(unit_price=target.unit_price + 1, description=request.key)
            change_detail(connection, invoice, target.detail_id, changes, request=request, version=version)

    def _next(self) -> int | None:
        """The number of the next edit, once it is time for it; None when all is over. Edits missed during a wait are not made up."""
        with self._pace:
            now = time.perf_counter()
            self._due = max(self._due + 1 / self.rate, now)
            self._begun += 1
            nth, pause = self._begun, self._due - now
        return None if signals().all_is_over.wait(pause) else nth


def _holders(sessions: dict[int, sa.Row[Any]], pid: int) -> dict[str, str]:
    """The jobs at the end of a chain of waiting sessions, which do not wait themselves, and what each is doing."""
    seen, ahead, found = {pid}, list(sessions[pid].blockers), {}
    while ahead:
        blocker = ahead.pop()
        if blocker in seen or blocker not in sessions:
            continue
        seen.add(blocker)
        row = sessions[blocker]
        ahead += row.blockers
        if not row.blockers:
            purpose = _PURPOSE.search(row.query)
            found[re.sub(r" \d+$", "", row.application_name)] = purpose[1] if purpose else "between statements"
    return found
