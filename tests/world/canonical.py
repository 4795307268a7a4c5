"""What a warehouse holds, in a form in which two that hold the same are equal, whatever ids they gave to it.

A transaction that is rolled back leaves a gap in every series of ids, the id of an invoice made by hand is random, and what is
tried again may count its tries. Ids are replaced by what they stand for, moments by whether there is one; and of a run only the
latest attempt counts, if those before it have ended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from tests.world.place import Readable
from tests.world.reads import dump
from tests.world.stored import LEDGER, PRIVATE

Dump = dict[str, list[str]]
Row = dict[str, Any]

_NONE: Mapping[str, str] = MappingProxyType({})
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")
_BUCKET_OF_RUN = re.compile(r"(.*)/\d+/(\d+)")  # the request of a bucket: run, attempt, number

# The order in which things were done; sums of ids, and a hash of them.
_OWN = ("run_id", "invoice_change_id", "contracts_at", "seal")

_BILLABLE_IDS = ("billable_id", "share_id", "detail_id")
_ACTUAL_IDS = ("actual_id", "reverses_actual_id", "replaces_actual_id", "corrects_actual_id")
_INVOICE_IDS = ("invoice_id", "corrects_invoice_id")
_CHANGE_IDS = ("change_id", "version")


def canonical(world: Readable, *, same_run: Mapping[str, str] = _NONE) -> Dump:
    """Every row of the warehouse, but for what a second try may do differently.

    Args:
        same_run: keys of runs, each with the key of the run that it stands for.
    """
    found = {
        table: [json.loads(row, parse_float=str) for row in rows]  # 1.10 is not 1.1
        for table, rows in dump(world).items()
    }
    names = _Names(found, same_run)
    return {table: _in_order(table, names.of_rows(table, rows)) for table, rows in found.items()}


def without_ledger(held: Dump) -> Dump:
    """What stands whatever run it was: without what each attempt leaves behind."""
    return {table: rows for table, rows in held.items() if not LEDGER.fullmatch(table)}


def without_column(held: Dump, column: str) -> Dump:
    """The same, nothing said in a column."""
    return {
        table: sorted(
            json.dumps({name: value for name, value in json.loads(row).items() if name != column}) for row in rows
        )
        for table, rows in held.items()
    }


def without_private(held: Dump) -> Dump:
    """The same, with nothing that steps left for each other, as after a crash of the server."""
    return {table: [] if table in PRIVATE else rows for table, rows in held.items()}


def _in_order(table: str, rows: Iterable[Row]) -> list[str]:
    texts = (json.dumps(row) for row in rows)
    # A bucket that is written again is another change of the same run.
    return sorted(set(texts) if table == "change" else texts)


@dataclass(frozen=True)
class _Names:
    """Names by what the rows are; ids that derive from the data stay."""

    found: dict[str, list[Row]]
    same_run: Mapping[str, str]

    @cached_property
    def _billables(self) -> dict[int, Row]:
        return {row["billable_id"]: row for row in self.found["billable"]}

    @cached_property
    def _invoices(self) -> dict[str, Row]:
        return {row["invoice_id"]: row for row in self.found["invoice"]}

    @cached_property
    def _changes(self) -> dict[int, Row]:
        return {row["change_id"]: row for row in self.found["change"]}

    @cached_property
    def _attempts(self) -> dict[int, Row]:
        return {row["attempt_id"]: row for row in self.found["invoice_run"]}

    @cached_property
    def _superseded(self) -> set[int]:
        """Attempts that have ended and were followed by another of the same run."""
        latest = {row["run_key"]: attempt_id for attempt_id, row in sorted(self._attempts.items())}
        return {
            attempt_id
            for attempt_id, row in self._attempts.items()
            if latest[row["run_key"]] != attempt_id and row["status"] != "running"
        }

    def of_rows(self, table: str, rows: Iterable[Row]) -> Iterable[Row]:
        is_of_attempt = LEDGER.fullmatch(table) and table not in PRIVATE
        for row in rows:
            if not (is_of_attempt and row.get("attempt_id") in self._superseded):
                yield {name: self._of_value(name, value) for name, value in row.items() if name not in _OWN} | (
                    self._of_tries(table, row)
                )

    def _of_tries(self, table: str, row: Row) -> Row:
        """Which try it was counts for people alone: a request that finds what it has done makes no second change."""
        if table == "change":
            own = {"change_id": None, "request_key": self._of_request(row)}
            return own | ({"attempt": None} if row["action"] == "run" else {})
        return {"attempt": None, "run_key": self._of_run(row["run_key"])} if table == "invoice_run" else {}

    def _of_value(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        if name in _CHANGE_IDS:
            return self._of_change(value)
        if name in _BILLABLE_IDS:
            return self._of_billable(value)
        if name in _ACTUAL_IDS:
            return self._of_actual(value)
        if name in _INVOICE_IDS:
            return self._of_invoice(value)
        if name == "attempt_id":
            return self._of_run(self._attempts[value]["run_key"])
        return "a moment" if isinstance(value, str) and _MOMENT.fullmatch(value) else value

    def _of_run(self, run_key: str) -> str:
        return self.same_run.get(run_key, run_key)

    def _of_change(self, change_id: int) -> str:
        row = self._changes.get(change_id)
        if row is None:
            return str(change_id)
        return f"{row['action']}, {row['changed_by']}, {self._of_request(row)}"

    def _of_request(self, change: Row) -> str:
        bucket = _BUCKET_OF_RUN.fullmatch(change["request_key"]) if change["action"] == "run" else None
        return f"{self._of_run(bucket[1])}, bucket {bucket[2]}" if bucket else str(change["request_key"])

    def _of_billable(self, billable_id: int) -> str:
        row = self._billables.get(billable_id)
        if row is None:
            return str(billable_id)
        if row["corrects_actual_id"] is not None:
            return f"correction of {self._of_actual(row['corrects_actual_id'])}"
        work = row["transaction_id"] or row["milestone_id"] or f"{row['contract_line_id']} on {row['transaction_date']}"
        return f"{row['source']} {work} of {row['contract_id']}, {row['customer_id']}, part {row['part']}"

    def _of_actual(self, actual_id: str) -> str:
        billable_id, _, posting = actual_id.partition("/")
        return f"{self._of_billable(int(billable_id))} {posting}".rstrip()

    def _of_invoice(self, invoice_id: str) -> str:
        row = self._invoices.get(invoice_id)
        if row is None or row["origin"] == "scheduled":
            return invoice_id
        if row["corrects_invoice_id"] is not None:
            return f"correction of {self._of_invoice(row['corrects_invoice_id'])}"
        return f"by hand, {row['contract_id']}, {row['customer_id']}, {row['run_date']}"
