"""Batches of rows of a source file: what reading CSV and reading Parquet have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from invoicing.source.problems import Problems, shown
from invoicing.source.tables import Table


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, in its order.

    `lines` numbers them as an editor does (Parquet: rows from 1); `values` holds the bytes of each field by column, and
    null for an empty one; `fraction` says how much of the file is read, from 0 to 1.
    """

    lines: np.ndarray[Any, np.dtype[np.int64]]
    values: dict[str, Any]  # pa.BinaryArray
    fraction: float


def unreadable(problems: Problems, path: Path, reason: str, line: int | None = None) -> None:
    """A problem that hides rows from us: nothing can be said about what refers to this file."""
    problems.add(path.name, line, None, reason)
    problems.incomplete.add(path.stem)


def check_columns(path: Path, names: Sequence[str], table: Table, problems: Problems, line: int | None) -> bool:
    """Compares the columns of a file with those of its table; False when its rows cannot be told apart by them."""
    known = table.column_names
    doubled = [name for name, times in Counter(names).items() if times > 1]
    for name in doubled:
        problems.add(path.name, line, name, "stands more than once in the header; keep one column of the name")
    for name in dict.fromkeys(names):
        if name not in known:
            close = get_close_matches(name.strip().lower(), known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"the columns are: {', '.join(known)}"
            problems.add(path.name, line, name[:40], f"{shown(name)} is no column of {table.name}; {hint}")
    missing = [column.name for column in table.columns if column.required and column.name not in names]
    for name in missing:
        problems.add(path.name, line, name, "is missing; this column is required")
    if doubled or set(missing) & set(table.key):
        problems.incomplete.add(table.name)
    return not doubled and not set(known).isdisjoint(names)
