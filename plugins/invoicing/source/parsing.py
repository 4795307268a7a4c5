"""Checking the values of one batch, column by column, each by the kind of its column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from invoicing.source.batches import Batch
from invoicing.source.problems import MAX_LISTED, Problems, shown
from invoicing.source.tables import LINE, Column, Table


def check_batch(batch: Batch, file: str, table: Table, problems: Problems) -> Any:
    """The batch as a record batch of checked text, in the order of the table's columns, led by the line number.

    Values that may not stand are added to `problems` and leave a null behind, so that what can still be said about
    their rows is said as well.
    """
    columns = [column for column in table.columns if column.name in batch.values]
    found = _Findings(batch.lines, file, table, problems)
    checked = [_check_column(batch.values[column.name], column, found) for column in columns]
    return pa.RecordBatch.from_arrays(
        [pa.array(batch.lines), *checked], names=[LINE, *(column.name for column in columns)]
    )


def _check_column(raw: Any, column: Column, found: _Findings) -> Any:
    values, undecodable = _decode(raw)
    found.add(column, undecodable, raw, lambda value: "is not UTF-8; save the file as UTF-8")
    if column.required:
        found.add(column, raw.is_null(), raw, None)
    suspects = column.kind.suspects(values).fill_null(False)
    found.add(column, suspects, values, column.kind.explain)
    return pc.if_else(suspects, None, values) if suspects.true_count else values


def _decode(raw: Any) -> tuple[Any, Any]:
    """Bytes as text, and a mask of those that are no text (null in the text)."""
    try:
        return raw.cast(pa.string()), pa.repeat(False, len(raw))
    except pa.ArrowInvalid:  # tells that there are some, not which
        texts = [_text(value) for value in raw.to_pylist()]
        values = pa.array(texts, pa.string())
        return values, pc.and_(values.is_null(), raw.is_valid())


def _text(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


class _Findings:
    """Problems of one batch; only those that can be listed are looked at one by one."""

    def __init__(self, lines: np.ndarray[Any, Any], file: str, table: Table, problems: Problems) -> None:
        self._lines = lines
        self._file = file
        self._table = table
        self._problems = problems

    def add(self, column: Column, mask: Any, values: Any, explain: Callable[[Any], str] | None) -> None:
        """Reports the rows of `mask`; without `explain`, as missing a value."""
        if not mask.true_count:
            return
        rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
        for row in rows[:MAX_LISTED]:
            value = values[row].as_py()
            reason = "is empty; a value is required" if explain is None else f"{shown(value)} {explain(value)}"
            self._problems.add(self._file, int(self._lines[row]), column.name, reason)
        self._problems.add_unlisted(max(len(rows) - MAX_LISTED, 0))
        if column.name in self._table.key:
            self._problems.incomplete.add(self._table.name)
