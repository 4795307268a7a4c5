"""The warehouse with the verbs of the model: filled by loads, and read through the views that analysts read."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from invoicing.audit.verify import Difference
from invoicing.process.day import Day, preview_day
from invoicing.settings import Settings
from invoicing.source.loading import load_folder
from tests.model.calculator import Account, Accounted, LateMilestones
from tests.model.invoices import InvoiceKey
from tests.model.limits import Limit, ShownLimit
from tests.model.records import DueRow, ScheduleKey
from tests.model.shown import (
    Books,
    ShownActual,
    ShownDetail,
    ShownInvoice,
    ShownLine,
    ShownMilestone,
    ShownShare,
    Totals,
    in_order,
)
from tests.model.source import RunStatus, Source
from tests.world import reads, stored
from tests.world.desk import Desk
from tests.world.place import Place, Readable
from tests.world.verdict import differences
from tests.world.world import World

Rows = list[dict[Hashable, Any]]

WAIT_SECONDS = 60


@dataclass(frozen=True)
class Ran:
    """What a run says of itself. `invoices`: those it stands for, without created_at."""

    accounting: dict[Account, Accounted]
    due_lines: int
    quarantined_contracts: frozenset[str]
    invoices: Rows


class Warehouse:
    def __init__(self, engine: sa.Engine, *, catch_up_days: int = 35, late_milestones: LateMilestones = "report"):
        settings = Settings(catch_up_days=catch_up_days, late_milestones=late_milestones, wait_seconds=WAIT_SECONDS)
        self.world = World(engine, settings)
        self._desk = Desk(self.world)
        self._run_keys = map(str, itertools.count(1))

    # What people do

    def load(self, source: Source) -> None:
        load_source(self.world, source)

    def run(self, run_date: date) -> Ran:
        day = self.world.run(run_date, next(self._run_keys))
        run_id = day.run.run_id
        (run,) = self.read("SELECT * FROM analytics.invoice_runs WHERE run_id = :run_id", run_id=run_id)
        accounting = self.read("SELECT * FROM analytics.run_accounting WHERE run_id = :run_id", run_id=run_id)
        return Ran(
            {Account(row.reason, row.currency): Accounted(row.transactions, row.amount) for row in accounting},
            run.due_lines,
            frozenset(found.contract_id for found in day.quarantined),
            _undated(day),
        )

    def preview(self, run_date: date) -> Rows:
        return _undated(preview_day(self.world.engine, run_date, settings=self.world.settings))

    def review(self, key: InvoiceKey) -> None:
        self._desk.review(self._id(key))

    def confirm(self, key: InvoiceKey) -> None:
        assert not self._desk.confirm(self._id(key)).refused

    # What can be read

    @property
    def shown_invoices(self) -> tuple[ShownInvoice, ...]:
        return tuple(sorted(invoices(self.world).values(), key=lambda invoice: invoice.key))

    @property
    def schedule(self) -> dict[ScheduleKey, RunStatus]:
        return {
            ScheduleKey(DueRow(row.contract_id, row.contract_line_id, row.run_date), row.milestone_id): row.run_status
            for row in self.read("SELECT * FROM analytics.invoice_schedule")
        }

    def verify(self) -> list[Difference]:
        return differences(self.world)

    def dump(self, *, ledger: bool = True) -> list[str]:
        """Every row that there is, instants included; the ledger holds what every run writes."""
        kept = reads.dump(self.world, ledger=ledger)
        return [f"{table} {row}" for table, rows in kept.items() for row in rows]

    def read(self, query: str, **parameters: Any) -> list[sa.Row[Any]]:
        return self.world.read(query, **parameters)

    def _id(self, key: InvoiceKey) -> UUID:
        (row,) = self.read(
            "SELECT invoice_id FROM analytics.invoices"
            " WHERE (contract_id, customer_id, currency, run_date) = (:contract_id, :customer_id, :currency, :run_date)",
            **key._asdict(),
        )
        found: UUID = row.invoice_id
        return found


def load_source(place: Place, source: Source) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source.write_native(Path(folder))
        load_folder(place.engine, Path(folder), wait_seconds=place.settings.wait_seconds)


def invoices(world: Readable) -> dict[UUID, ShownInvoice]:
    """All invoices by their ids."""
    lines = defaultdict(list)
    for row in world.read("SELECT * FROM analytics.invoice_lines"):
        lines[row.invoice_id].append(ShownLine(row.contract_line_id, _totals(row), row.detail_count))
    details = defaultdict(list)
    for row in world.read("SELECT * FROM analytics.invoice_line_details"):
        details[row.invoice_id].append(_detail(row))
    return {
        row.invoice_id: ShownInvoice(
            InvoiceKey(row.contract_id, row.customer_id, row.currency, row.run_date),
            row.origin,
            row.status,
            row.invoice_number,
            row.corrects_invoice_id,
            _totals(row),
            row.total_amount,
            tuple(sorted(lines[row.invoice_id])),
            in_order(details[row.invoice_id]),
        )
        for row in world.read("SELECT * FROM analytics.invoices")
    }


def detail_ids(world: Readable, invoice_id: UUID, wanted: ShownDetail) -> list[Any]:
    """The ids of the details of an invoice that say this."""
    rows = world.read(
        "SELECT * FROM analytics.invoice_line_details WHERE invoice_id = :invoice_id ORDER BY detail_id",
        invoice_id=invoice_id,
    )
    return [row.detail_id for row in rows if _detail(row) == wanted]


def books_of_warehouse(world: Readable) -> Books:
    return Books(
        invoices(world),
        _actuals(world),
        Counter(
            ShownMilestone(*(getattr(row, column) for column in ShownMilestone._fields))
            for row in stored.milestones(world)
        ),
        frozenset(_limit(row) for row in world.read("SELECT * FROM analytics.limits")),
        Counter(
            ShownShare(*(getattr(row, column) for column in ShownShare._fields))
            for row in world.read("SELECT * FROM analytics.unbilled_backlog")
        ),
    )


def _limit(row: Any) -> ShownLimit:
    limit = Limit(row.contract_id, row.level, row.contract_line_id, row.customer_id, row.limit_amount)
    return ShownLimit(limit, row.committed_amount, row.invoiced_amount)


def _actuals(world: Readable) -> Counter[ShownActual]:
    rows = {(row.contract_id, row.actual_id): row for row in world.read("SELECT * FROM analytics.actuals")}
    known: dict[Any, ShownActual] = {}

    def actual(contract_id: str, actual_id: Any) -> ShownActual | None:
        if actual_id is None:
            return None
        key = (contract_id, actual_id)
        if key not in known:
            row = rows[key]
            values = (getattr(row, column) for column in ShownActual._fields[:-2])
            links = (actual(contract_id, linked) for linked in (row.reverses_actual_id, row.replaces_actual_id))
            known[key] = ShownActual(*values, *links)
        return known[key]

    for key in rows:
        actual(*key)
    return Counter(known.values())


def _detail(row: Any) -> ShownDetail:
    return ShownDetail(*(getattr(row, column) for column in ShownDetail._fields))


def _totals(row: Any) -> Totals:
    return Totals(*(getattr(row, column) for column in Totals._fields))


def _undated(day: Day) -> Rows:
    return day.invoices.drop(columns="created_at").to_dict("records")
