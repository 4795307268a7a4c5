"""Tables for people: on a terminal, in a file, in a log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from invoicing.escapes import printable

HEADERS = {
    "answered_at": "answered (UTC)",
    "answered_by": "by",
    "approval_id": "approval",
    "asked_at": "asked (UTC)",
    "asked_by": "asked by",
    "is_changed": "changed",
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
    "chargeable_amounts": "chargeable",
    "complimentary_amount": "complimentary",
    "contract_line_id": "line",
    "contract_id": "contract",
    "customer_id": "customer",
    "contract_name": "contract name",
    "customer_name": "customer",
    "detail_count": "details",
    "due_lines": "due",
    "invoice_id": "invoice",
    "invoice_lines": "lines",
    "invoices_written": "written",
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
_SHORT_WORDS = {"currency", "origin", "status", "severity"}
_LOG_WIDTH = 220
_ANY_WIDTH = 100_000  # for a pipe or a file: a row is one line, however long


def wide_enough(*, stderr: bool = False) -> Console:
    """A console as wide as its terminal; where there is none as wide as its rows, so that nothing is cut or wrapped for `grep`."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _ANY_WIDTH
    return console


def print_line(text: str, console: Console) -> None:
    """Prints one line, as long as it is: what reads a pipe finds it whole, and a terminal breaks it by itself."""
    console.print(Text(printable(text)), soft_wrap=True)


def print_table(rows: pd.DataFrame, columns: Sequence[str], console: Console, title: str | None = None) -> None:
    """Prints a table with amounts to the right, and as many rows as there are."""
    if rows.empty:
        print_line(f"{title}: none" if title else "none", console)
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
        table.add_row(*(Text(_text(value)) for value in row))
    console.print(table)


def table_text(rows: pd.DataFrame, columns: Sequence[str]) -> str:
    """The table as plain text, for a log."""
    console = Console(file=StringIO(), width=_LOG_WIDTH, highlight=False)
    print_table(rows, columns, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO of above
    return text


def _text(value: Any) -> str:
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dict):
        return ", ".join(f"{_text(amount)} {currency}" for currency, amount in value.items())
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, int):
        return f"{value:,}"
    return printable(str(value))
