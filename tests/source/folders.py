"""A small source folder that loads, of which a test changes one thing; and what a test asks of the load."""

from __future__ import annotations

import csv
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pyarrow import parquet

from invoicing.errors import LoadRefusedError
from invoicing.source.loading import LoadResult, load_folder
from tests.world.place import Place

Row = dict[str, str]

VALID: dict[str, list[Row]] = {
    "customers": [
        {"customer_id": "adatum", "name": "Adatum"},
        {"customer_id": "fabrikam", "name": "Fabrikam"},
    ],
    "project_contracts": [
        {"contract_id": "C-1", "name": "Rollout", "currency": "USD", "state": "active", "not_to_exceed_limit": ""},
    ],
    "contract_lines": [
        {
            "contract_id": "C-1",
            "contract_line_id": "work",
            "name": "Work",
            "billing_method": "time_and_material",
            "contracted_amount": "",
            "includes_time": "",
            "includes_expense": "",
            "includes_material": "",
            "includes_fee": "",
            "billing_start_date": "2020-10-01",
            "billing_end_date": "",
            "invoice_frequency_id": "mondays",
            "not_to_exceed_limit": "",
            "project_id": "",
        },
    ],
    "contract_line_customers": [
        {
            "contract_id": "C-1",
            "contract_line_id": "work",
            "customer_id": "adatum",
            "split_percent": "60",
            "is_rounding_customer": "true",
            "not_to_exceed_limit": "",
        },
        {
            "contract_id": "C-1",
            "contract_line_id": "work",
            "customer_id": "fabrikam",
            "split_percent": "40",
            "is_rounding_customer": "false",
            "not_to_exceed_limit": "",
        },
    ],
    "transactions": [
        {
            "contract_id": "C-1",
            "transaction_id": "T-1",
            "contract_line_id": "work",
            "customer_id": "",
            "transaction_class": "time",
            "transaction_date": "2020-10-02",
            "description": "Workshop",
            "role_id": "developer",
            "resource_id": "jonas",
            "category": "",
            "unit": "hour",
            "quantity": "7.5",
            "unit_price": "100.10",
            "amount": "",
            "tax_amount": "",
            "billing_type": "chargeable",
            "billing_status": "ready_to_invoice",
        },
    ],
    "invoice_schedules": [
        {
            "contract_id": "C-1",
            "contract_line_id": "work",
            "run_date": "2020-10-05",
            "transaction_cutoff_date": "",
            "run_status": "",
        },
    ],
    "milestones": [
        {
            "contract_id": "C-1",
            "contract_line_id": "work",
            "milestone_id": "M-1",
            "customer_id": "",
            "name": "Design approved",
            "milestone_date": "2020-10-05",
            "amount": "5000",
            "tax_amount": "",
            "billing_status": "not_ready",
        },
    ],
    "contract_customers": [
        {
            "contract_id": "C-1",
            "customer_id": "adatum",
            "is_primary": "true",
            "not_to_exceed_limit": "1000.50",
            "payment_terms_days": "30",
        },
    ],
    "opening_balances": [
        {
            "contract_id": "C-1",
            "contract_line_id": "work",
            "customer_id": "adatum",
            "invoiced_amount": "250",
            "as_of": "2020-09-30",
        },
    ],
    "invoice_frequencies": [
        {"invoice_frequency_id": "mondays", "name": "Mondays", "period": "weekly", "run_days": "monday"},
    ],
    "retainers": [
        {
            "contract_id": "C-1",
            "retainer_id": "R-1",
            "customer_id": "adatum",
            "description": "Up front",
            "invoice_date": "2020-10-05",
            "amount": "500",
            "billing_status": "not_ready",
        },
    ],
    "roles": [{"role_id": "developer", "name": "Developer", "target_utilization_percent": "80"}],
    "resources": [
        {"resource_id": "jonas", "name": "Jonas", "default_role_id": "developer", "target_utilization_percent": ""},
    ],
    "resource_capacity": [{"resource_id": "jonas", "date": "2020-10-05", "capacity_hours": "8"}],
}


@dataclass
class SourceFolder:
    """Tables to be written into a folder. Methods change a table and return self, so that a test reads as one line."""

    path: Path
    tables: dict[str, list[Row]] = field(default_factory=lambda: deepcopy(VALID))

    def change(self, table: str, row: int = 0, /, **values: str) -> SourceFolder:
        """Changes fields of a row; a field that the table does not have becomes a column of it."""
        self.tables[table][row].update(values)
        return self

    def add(self, table: str, /, **values: str) -> SourceFolder:
        """Adds a row: the last one, with other values."""
        self.tables[table].append({**self.tables[table][-1], **values})
        return self

    def drop(self, table: str, column: str) -> SourceFolder:
        """Leaves out a column."""
        for row in self.tables[table]:
            del row[column]
        return self

    def only(self, *tables: str) -> SourceFolder:
        """Leaves out all other files."""
        self.tables = {name: rows for name, rows in self.tables.items() if name in tables}
        return self

    def write(self, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> Path:
        """Writes the tables as CSV, over what an earlier call wrote."""
        self.path.mkdir(exist_ok=True)
        for name, rows in self.tables.items():
            with (self.path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n", quoting=quoting)
                writer.writeheader()
                writer.writerows(rows)
        return self.path

    def write_text(self, file: str, text: str | bytes) -> Path:
        """Writes the tables, and one file as it is given."""
        path = self.write() / file
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.path

    def write_parquet(self, table: str, **columns: Any) -> Path:
        """Writes the tables, one of them as a Parquet file of `columns`."""
        del self.tables[table]
        parquet.write_table(pa.table(columns), self.write() / f"{table}.parquet")
        return self.path


def load(place: Place, folder: Path) -> LoadResult:
    return load_folder(place.engine, folder, wait_seconds=10)


def problems_of(place: Place, folder: Path) -> list[str]:
    """What a refused load lists; empty when it was not refused, in which case it stays in the warehouse."""
    try:
        load(place, folder)
    except LoadRefusedError as refusal:
        return [str(problem) for problem in refusal.problems]
    return []
