"""What the command line prints: a readable table on a terminal, exact JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pandas as pd
import simplejson
import sqlalchemy as sa
from rich import box
from rich.console import Console
from rich.table import Table

from invoicing.warehouse.statements import execute

# Columns that a table of people's width has room for; JSON always has all of them.
COLUMNS: dict[str, tuple[str, ...]] = {
    "list_runs": (
        "run_id",
        "run_date",
        "trigger",
        "status",
        "started_at",
        "due_lines",
        "ready_transactions",
        "invoices",
        "details",
        "chargeable_amount",
        "quarantined_contracts",
        "skipped_reason",
    ),
    "list_invoices": (
        "run_date",
        "contract_id",
        "customer_name",
        "currency",
        "chargeable_amount",
        "tax_amount",
        "total_amount",
        "line_count",
        "detail_count",
        "status",
        "invoice_id",
    ),
    "list_exceptions": (
        "severity",
        "code",
        "contract_id",
        "contract_line_id",
        "run_date",
        "message",
    ),
    "list_backlog": (
        "contract_id",
        "contract_line_id",
        "customer_id",
        "transaction_id",
        "transaction_date",
        "transaction_class",
        "quantity",
        "amount",
        "currency",
        "billing_type",
        "billing_status",
        "next_run_date",
    ),
    "list_invoice_details": (
        "detail_id",
        "contract_line_id",
        "transaction_id",
        "milestone_id",
        "transaction_class",
        "transaction_date",
        "description",
        "original_quantity",
        "quantity",
        "unit_price",
        "amount",
        "tax_amount",
        "billing_type",
    ),
    "list_invoice_changes": (
        "changed_at",
        "changed_by",
        "version",
        "action",
        "detail_id",
        "field",
        "old_value",
        "new_value",
    ),
    "handled": (
        "invoice_id",
        "invoice_number",
        "contract_id",
        "customer_id",
        "run_date",
        "origin",
        "status",
        "version",
        "currency",
        "total_amount",
    ),
}

HEADERS = {
    "changed_at": "changed (UTC)",
    "changed_by": "by",
    "detail_id": "detail",
    "invoice_number": "number",
    "milestone_id": "milestone",
    "new_value": "new",
    "old_value": "old",
    "original_quantity": "original",
    "unit_price": "price",
    "chargeable_amount": "chargeable",
    "complimentary_amount": "complimentary",
    "contract_line_id": "line",
    "contract_id": "contract",
    "customer_id": "customer",
    "customer_name": "customer",
    "detail_count": "details",
    "due_lines": "due",
    "invoice_id": "invoice",
    "invoice_lines": "lines",
    "line_count": "lines",
    "quarantined_contracts": "quarantined",
    "ready_transactions": "ready",
    "run_id": "run",
    "started_at": "started (UTC)",
    "tax_amount": "tax",
    "total_amount": "total",
    "transaction_class": "class",
    "transaction_date": "date",
    "transaction_id": "transaction",
}
_SHORT_WORDS = {"currency", "status", "severity"}
_WIDE = 220  # columns for a reader that is not a terminal: a file, a pager, a log


def wide_enough(*, stderr: bool = False) -> Console:
    """A console as wide as its terminal; wide where there is none, so that nothing is cut for `grep`."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=stderr)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def read_report(connection: sa.Connection, name: str, **parameters: Any) -> pd.DataFrame:
    """The rows of include/sql/reports/`name`.sql, amounts as Decimal."""
    result = execute(connection, f"reports/{name}", **parameters)
    return pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)


def print_table(rows: pd.DataFrame, columns: Sequence[str], console: Console, title: str | None = None) -> None:
    """Prints a table with amounts to the right, and as many rows as there are."""
    if rows.empty:
        console.print(f"{title}: none" if title else "none")
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        # On a narrow terminal words give way; dates and amounts are never cut.
        words = isinstance(rows[column].iloc[0], str) and column not in _SHORT_WORDS
        number = isinstance(rows[column].iloc[0], int | float | Decimal)
        header = HEADERS.get(column, column.replace("_", " "))
        table.add_column(
            header,
            justify="right" if number else "left",
            no_wrap=column != "message",
            overflow="ellipsis",
            min_width=None if words else max(len(header), *map(len, map(_text, rows[column]))),
        )
    for row in rows[list(columns)].itertuples(index=False):
        table.add_row(*(_text(value) for value in row))
    console.print(table)


def table_text(rows: pd.DataFrame, columns: Sequence[str]) -> str:
    """The table as plain text, for a log."""
    console = Console(file=StringIO(), width=_WIDE, highlight=False)
    print_table(rows, columns, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO of above
    return text


def to_json(value: Any) -> str:
    """`value` as JSON: tables as lists of objects, dates as ISO text, decimals as numbers with all their digits."""
    return str(simplejson.dumps(_plain(value), use_decimal=True, ensure_ascii=False, indent=2))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict("records")]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({key: getattr(value, key) for key in value.__dataclass_fields__})
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return None if value is pd.NaT or value is pd.NA else value


def _text(value: Any) -> str:
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
