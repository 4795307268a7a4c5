"""Reading a source file, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from invoicing.source.batches import Batch, unreadable
from invoicing.source.csv_files import read_csv
from invoicing.source.parquet_files import read_parquet
from invoicing.source.problems import Problems
from invoicing.source.tables import Table

READERS = {".csv": read_csv, ".parquet": read_parquet}


def read_batches(path: Path, table: Table, problems: Problems) -> Iterator[Batch]:
    """The rows of a file, in its order. What keeps it from being read, in part or at all, is added to `problems`."""
    try:
        yield from READERS[path.suffix](path, table, problems)
    except OSError as error:
        unreadable(problems, path, f"cannot be read: {error.strerror or error}")
