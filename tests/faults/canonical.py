"""What a warehouse holds, in a form in which two that hold the same are equal, whatever ids they gave to it.

A transaction that is rolled back leaves a gap in the ids of actuals, and the id of an invoice made by hand is random. Both
are replaced by what they stand for; moments by whether there is one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.process.outcome import dump
from tests.process.warehouse import Warehouse

Dump = dict[str, list[str]]
Row = dict[str, Any]

_MOMENTS = (
    *("created_at", "edited_at", "confirmed_at", "changed_at", "recorded_at"),
    *("ran_at", "detected_at", "started_at", "ended_at", "lease_until"),
)
# How often a run was opened, the number that it gets, the order of what people did; and a hash, which is made of ids also.
_OWN = ("attempt", "run_id", "ran_by", "change_id", "content_hash")

_INVOICE_IDS = ("invoice_id", "corrects_invoice_id")
_ACTUAL_IDS = ("actual_id", "detail_id", "reverses_actual_id", "replaces_actual_id")


def canonical(warehouse: Warehouse) -> Dump:
    """Every row of the warehouse, but for what a second try may do differently."""
    found = {
        table: [json.loads(row, parse_float=str) for row in rows]  # 1.10 is not 1.1
        for table, rows in dump(warehouse, without=_OWN).items()
    }
    names = _Names(
        {row["actual_id"]: row for row in found["actual"]}, {row["invoice_id"]: row for row in found["invoice"]}
    )
    return {table: sorted(json.dumps(names.in_row(row)) for row in rows) for table, rows in found.items()}


@dataclass(frozen=True)
class _Names:
    """Names that actuals and invoices have by what they are; those that derive from the data keep their ids."""

    actuals: dict[int, Row]
    invoices: dict[str, Row]

    def in_row(self, row: Row) -> Row:
        return {name: self._in_column(name, value) for name, value in row.items()}

    def _in_column(self, name: str, value: Any) -> Any:
        if name in _MOMENTS:
            return value is not None
        if value is not None and name in _INVOICE_IDS:
            return self._of_invoice(value)
        if value is not None and name in _ACTUAL_IDS:
            return self._of_actual(value)
        return value

    def _of_invoice(self, invoice_id: str) -> str:
        row = self.invoices.get(invoice_id)
        if row is None or row["origin"] == "scheduled":
            return invoice_id
        if row["corrects_invoice_id"] is not None:
            return f"correction of {self._of_invoice(row['corrects_invoice_id'])}"
        return f"by hand, {row['contract_id']}, {row['customer_id']}, {row['run_date']}"

    def _of_actual(self, actual_id: int) -> str:
        row = self.actuals[actual_id]
        if row["posting"] is not None:
            return f"{self._of_actual(row['detail_id'])} {row['posting']}"
        if row["transaction_id"] is None and row["milestone_id"] is None:
            return f"added, {row['contract_line_id']}, {row['customer_id']}, {row['transaction_date']}"
        return str(actual_id)
