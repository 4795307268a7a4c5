"""The warehouse with the verbs of the calculator, read through the views that analysts read."""

from __future__ import annotations

import itertools
import tempfile
from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from invoicing.process.day import Day, preview_day, run_day
from invoicing.process.verify import Difference, verify
from invoicing.settings import Settings
from invoicing.source.loading import load_folder
from invoicing.warehouse.transactions import reading
from tests.calculator.calculator import (
    Accounted,
    Actual,
    DueRow,
    Invoice,
    InvoiceKey,
    InvoiceLine,
    LateMilestones,
    Reason,
    ScheduleKey,
    Totals,
)
from tests.calculator.model import RunStatus, Source
from tests.lifecycle.desk import Desk

Rows = list[dict[Hashable, Any]]

WAIT_SECONDS = 60

# What every run writes; the other tables hold what was loaded and invoiced.
LEDGER = ("invoice_run", "run_accounting")

_INVOICE_ID = """
    SELECT invoice_id FROM invoicing.invoice
    WHERE (contract_id, customer_id, currency, run_date) = (:contract_id, :customer_id, :currency, :run_date)
"""


@dataclass(frozen=True)
class Ran:
    """What a run says of itself. `invoices`: those it stands for, without created_at."""

    accounting: dict[Reason, Accounted]
    due_lines: int
    quarantined_contracts: frozenset[str]
    invoices: Rows


class Warehouse:
    def __init__(self, engine: sa.Engine, *, catch_up_days: int = 35, late_milestones: LateMilestones = "report"):
        self._engine = engine
        self._settings = Settings(catch_up_days=catch_up_days, late_milestones=late_milestones)
        self._desk = Desk(engine)
        self._run_keys = map(str, itertools.count(1))

    # What people do

    def load(self, source: Source) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source.write_native(Path(folder))
            load_folder(self._engine, Path(folder), wait_seconds=WAIT_SECONDS)

    def run(self, run_date: date) -> Ran:
        day = run_day(self._engine, run_date, run_key=next(self._run_keys), settings=self._settings)
        run_id = day.run.run_id
        (run,) = self.read("SELECT * FROM analytics.invoice_runs WHERE run_id = :run_id", run_id=run_id)
        accounting = self.read("SELECT * FROM analytics.run_accounting WHERE run_id = :run_id", run_id=run_id)
        return Ran(
            {row.reason: Accounted(row.transactions, row.amount) for row in accounting},
            run.due_lines,
            frozenset(found.contract_id for found in day.quarantined),
            _undated(day),
        )

    def preview(self, run_date: date) -> Rows:
        return _undated(preview_day(self._engine, run_date, settings=self._settings))

    def review(self, key: InvoiceKey) -> None:
        self._desk.review(self._id(key))

    def confirm(self, key: InvoiceKey) -> None:
        assert not self._desk.confirm(self._id(key)).refused

    # What can be read

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        lines = defaultdict(list)
        for row in self.read("SELECT * FROM analytics.invoice_lines"):
            lines[row.invoice_id].append(InvoiceLine(row.contract_line_id, _totals(row), row.detail_count))
        details = defaultdict(list)
        for row in self.read("SELECT * FROM analytics.invoice_line_details"):
            details[row.invoice_id].append(Actual(*(getattr(row, column) for column in Actual._fields)))
        invoices = [
            Invoice(
                InvoiceKey(row.contract_id, row.customer_id, row.currency, row.run_date),
                row.status,
                _totals(row),
                row.total_amount,
                tuple(sorted(lines[row.invoice_id])),
                tuple(sorted(details[row.invoice_id], key=lambda detail: detail.key)),
            )
            for row in self.read("SELECT * FROM analytics.invoices")
        ]
        return tuple(sorted(invoices, key=lambda invoice: invoice.key))

    @property
    def schedule(self) -> dict[ScheduleKey, RunStatus]:
        return {
            ScheduleKey(DueRow(row.contract_id, row.contract_line_id, row.run_date), row.milestone_id): row.run_status
            for row in self.read("SELECT * FROM analytics.invoice_schedule")
        }

    def verify(self) -> list[Difference]:
        with reading(self._engine) as connection:
            return verify(connection)

    def dump(self, *, without: Collection[str] = ()) -> list[str]:
        """Every row of every table as text, instants included."""
        tables = self.read("SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = 'invoicing'")
        rows = " UNION ALL ".join(
            f"SELECT '{table.name} ' || CAST(t AS text) AS row FROM invoicing.{table.name} AS t"
            for table in tables
            if table.name not in without
        )
        return [found.row for found in self.read(f"{rows} ORDER BY row")]

    def _id(self, key: InvoiceKey) -> UUID:
        (row,) = self.read(_INVOICE_ID, **key._asdict())
        found: UUID = row.invoice_id
        return found

    def read(self, query: str, **parameters: Any) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.text(query), parameters))


def _totals(row: Any) -> Totals:
    return Totals(row.chargeable_amount, row.non_chargeable_amount, row.complimentary_amount, row.tax_amount)


def _undated(day: Day) -> Rows:
    return day.invoices.drop(columns="created_at").to_dict("records")
