"""The warehouse with the verbs of the calculator, read through the views that analysts read."""

from __future__ import annotations

import itertools
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

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

PATIENCE = 60  # seconds

LEDGER = {"invoice_run", "run_accounting"}

_TOUCH = """
UPDATE invoicing.invoice SET status = :status
WHERE (contract_id, customer_id, currency, run_date) = (:contract_id, :customer_id, :currency, :run_date)
"""
_POST = """
UPDATE invoicing.actual SET billing_status = 'invoice_posted'
WHERE (contract_id, actual_id) IN (
    SELECT contract_id, actual_id FROM invoicing.invoice_line_detail INNER JOIN invoicing.invoice USING (contract_id, invoice_id)
    WHERE (contract_id, customer_id, currency, run_date) = (:contract_id, :customer_id, :currency, :run_date)
)
"""


@dataclass(frozen=True)
class Ran:
    """What a run says of itself. `invoices`: those it stands for, as in `analytics.invoices` without created_at."""

    accounting: dict[Reason, Accounted]
    due_lines: int
    quarantined_contracts: frozenset[str]
    invoices: list[dict[str, Any]]


class Warehouse:
    def __init__(self, engine: sa.Engine, catch_up_days: int, late_milestones: LateMilestones) -> None:
        self._engine = engine
        self._settings = Settings(
            catch_up_days=catch_up_days, late_milestones=late_milestones, wait_seconds=PATIENCE
        )
        self._run_keys = map(str, itertools.count(1))

    # What people do

    def load(self, source: Source) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source.write_native(Path(folder))
            load_folder(self._engine, Path(folder), wait_seconds=PATIENCE)

    def run(self, run_date: date) -> Ran:
        day = run_day(self._engine, run_date, run_key=next(self._run_keys), settings=self._settings)
        of_run = {"run_id": day.run.run_id}
        accounting = self._read("SELECT * FROM analytics.run_accounting WHERE run_id = :run_id", of_run)
        (run,) = self._read("SELECT * FROM analytics.invoice_runs WHERE run_id = :run_id", of_run)
        return Ran(
            {row.reason: Accounted(row.transactions, row.amount) for row in accounting},
            run.due_lines,
            frozenset(found.contract_id for found in day.quarantined),
            _undated(day),
        )

    def preview(self, run_date: date) -> list[dict[str, Any]]:
        return _undated(preview_day(self._engine, run_date, settings=self._settings))

    def review(self, key: InvoiceKey) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.text(_TOUCH), {**key._asdict(), "status": "in_review"})

    def confirm(self, key: InvoiceKey) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.text(_TOUCH), {**key._asdict(), "status": "confirmed"})
            connection.execute(sa.text(_POST), key._asdict())

    # What can be read

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        lines = defaultdict(list)
        for row in self._read("SELECT * FROM analytics.invoice_lines"):
            lines[row.invoice_id].append(InvoiceLine(row.contract_line_id, _totals(row), row.detail_count))
        details = defaultdict(list)
        for row in self._read("SELECT * FROM analytics.invoice_line_details"):
            details[row.invoice_id].append(Actual(*(getattr(row, column) for column in Actual._fields)))
        return tuple(
            Invoice(
                InvoiceKey(row.contract_id, row.customer_id, row.currency, row.run_date),
                row.status,
                _totals(row),
                row.total_amount,
                tuple(sorted(lines[row.invoice_id])),
                tuple(sorted(details[row.invoice_id], key=lambda detail: detail.key)),
            )
            for row in self._read(
                'SELECT * FROM analytics.invoices ORDER BY contract_id, customer_id, currency, run_date'
            )
        )

    @property
    def schedule(self) -> dict[ScheduleKey, RunStatus]:
        return {
            ScheduleKey(DueRow(row.contract_id, row.contract_line_id, row.run_date), row.milestone_id): row.run_status
            for row in self._read("SELECT * FROM analytics.invoice_schedule")
        }

    def verify(self) -> list[Difference]:
        with reading(self._engine) as connection:
            return verify(connection)

    def dump(self, without: set[str] = frozenset()) -> list[str]:
        """All rows of all tables as text, instants included."""
        tables = [row.tablename for row in self._read("SELECT tablename FROM pg_tables WHERE schemaname = 'invoicing'")]
        parts = [
            f"SELECT '{table} ' || CAST(t AS text) AS row FROM invoicing.{table} AS t" for table in tables if table not in without
        ]
        return [row.row for row in self._read(" UNION ALL ".join(parts) + " ORDER BY row")]

    def _read(self, query: str, parameters: dict[str, Any] | None = None) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.text(query), parameters))


def _totals(row: Any) -> Totals:
    return Totals(row.chargeable_amount, row.non_chargeable_amount, row.complimentary_amount, row.tax_amount)


def _undated(day: Day) -> list[dict[str, Any]]:
    return day.invoices.drop(columns="created_at").to_dict("records")
