"""Parquet files: typed columns, turned into the text that the same checks and the same COPY take as from CSV."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from invoicing.source.batches import Batch, check_columns, unreadable
from invoicing.source.problems import Problems
from invoicing.source.tables import Table

BATCH_ROWS = 8_192
_BUFFER_BYTES = 1 << 20  # read column chunks piece by piece: one row group may hold the whole file


def read_parquet(path: Path, table: Table, problems: Problems) -> Iterator[Batch]:
    """The rows of a Parquet file, numbered from 1."""
    try:
        with parquet.ParquetFile(path, buffer_size=_BUFFER_BYTES) as file:
            names = file.schema_arrow.names
            if check_columns(path, names, table, problems, line=None):
                known = [name for name in names if name in table.column_names and _is_plain(file, path, name, problems)]
                yield from _batches(file, known)
    except (pa.ArrowException, OSError) as error:
        first_line = str(error).splitlines()[0]
        unreadable(problems, path, f"cannot be read as Parquet, write it again: {first_line}")


def _is_plain(file: parquet.ParquetFile, path: Path, name: str, problems: Problems) -> bool:
    kind = file.schema_arrow.field(name).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_nested(kind) or pa.types.is_time(kind) or pa.types.is_duration(kind):
        problems.add(path.name, None, name, f"has type {kind}; write plain numbers, dates, booleans or text")
        problems.incomplete.add(path.stem)
        return False
    return True


def _batches(file: parquet.ParquetFile, names: list[str]) -> Iterator[Batch]:
    rows = file.metadata.num_rows
    done = 0
    for batch in file.iter_batches(BATCH_ROWS, columns=names):
        lines = np.arange(done + 1, done + batch.num_rows + 1)
        done += batch.num_rows
        yield Batch(lines, {name: _as_bytes(batch.column(name)) for name in names}, done / rows)


def _as_bytes(values: Any) -> Any:
    """A column as the text that CSV would hold, undecoded. An empty text is null, as it is there."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_timestamp(values.type) and values.type.tz is None:
        values = _without_midnight(values)
    if pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        return _plain_numbers(values.cast(pa.string())).cast(pa.binary())
    if not pa.types.is_binary(values.type) and not pa.types.is_large_binary(values.type):
        values = values.cast(pa.string())
    values = values.cast(pa.binary())
    return pc.if_else(pc.equal(pc.binary_length(values), 0), None, values)


def _without_midnight(moments: Any) -> Any:
    """Dates, which many tools store as midnights; a column with other times is left as it is, to be refused."""
    days = moments.cast(pa.date32())
    return days if days.cast(moments.type).equals(moments) else moments


def _plain_numbers(texts: Any) -> Any:
    """Numbers without exponents, which Arrow writes for very large and very small ones (0E-10)."""
    has_exponent = pc.match_substring_regex(texts, "[0-9][eE]")
    if not pc.any(has_exponent).as_py():
        return texts
    # Exponents are rare, zeros of many decimals aside, so the distinct ones are few.
    distinct = texts.dictionary_encode()
    plain = [
        text if "e" not in text.lower() else format(Decimal(text), "f") for text in distinct.dictionary.to_pylist()
    ]
    return pa.array(plain, pa.string()).take(distinct.indices)
