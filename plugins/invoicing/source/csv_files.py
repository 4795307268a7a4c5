"""CSV files: RFC 4180 in UTF-8, read in blocks so that memory does not grow with the file."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from invoicing.source.batches import Batch, check_columns, unreadable
from invoicing.source.problems import Problems, shown
from invoicing.source.tables import Table

BLOCK_BYTES = 1 << 20  # a record longer than a block cannot be read
MAX_SKIPPED = 1_000

_HEADER_BYTES = 1 << 16
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_csv(path: Path, table: Table, problems: Problems) -> Iterator[Batch]:
    """The rows of a CSV file, blank ones left out. Rows with more or fewer fields than the header are reported."""
    try:
        header = _read_header(path, table)
    except _HeaderError as error:
        unreadable(problems, path, str(error), line=1)
        return
    if not check_columns(path, header.names, table, problems, line=1):
        return
    size = path.stat().st_size
    if header.bytes == size:
        return
    rows = _Rows(path, header.names, problems)
    with path.open("rb", buffering=0) as file:
        file.seek(header.bytes)
        try:
            for batch in _open(file, header.names, rows.skip):
                lines, values = rows.take(batch)
                known = {name: values[name] for name in header.names if name in table.column_names}
                yield Batch(lines, known, file.tell() / size)
        except pa.ArrowInvalid as error:
            rows.finish(failure=str(error))
            return
    rows.finish()
    if rows.may_end_open and not _ends_with_quote(path):
        unreadable(problems, path, "a quote is opened here and never closed", rows.last_row)


@dataclass(frozen=True)
class _Header:
    names: list[str]
    bytes: int  # of the first line, its end included


class _HeaderError(Exception):
    """The first line does not name columns; the message says why."""


def _read_header(path: Path, table: Table) -> _Header:
    with path.open("rb") as file:
        start = file.read(_HEADER_BYTES)
    line = start.splitlines(keepends=True)[0] if start else b""
    if line.startswith(_UTF16_MARKS) or b"\0" in line:
        raise _HeaderError("is not UTF-8 text, UTF-16 it seems; save it as UTF-8")
    try:
        text = line.removeprefix(_UTF8_MARK).decode()
    except UnicodeDecodeError as error:
        raise _HeaderError(f"{shown(line)} is not UTF-8; save the file as UTF-8") from error
    names = next(csv.reader([text]), [])
    if not any(names):
        raise _HeaderError("there is no header; the first line must name the columns")
    if len(names) == 1:
        _refuse_other_delimiters(text.strip(), table)
    return _Header(names, len(line))


def _refuse_other_delimiters(header: str, table: Table) -> None:
    for delimiter, name in _OTHER_DELIMITERS.items():
        names = next(csv.reader([header], delimiter=delimiter), [])
        if not set(table.column_names).isdisjoint(names[1:]):
            raise _HeaderError(f"fields are separated by {name} ({delimiter!r}); separate them by commas")


def _open(file: io.RawIOBase, names: list[str], skip: Any) -> Any:
    return arrow_csv.open_csv(
        file,
        # One thread, as Arrow numbers the records it skips only then; the warehouse is the slower side anyway.
        read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK_BYTES),
        parse_options=arrow_csv.ParseOptions(
            newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
        ),
        # Bytes: text that is not UTF-8 is then found with its line and column.
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.binary() for name in names}, null_values=[""], strings_can_be_null=True
        ),
    )


def _ends_with_quote(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-min(4, path.stat().st_size), io.SEEK_END)
        return file.read().rstrip(b"\r\n").endswith(b'"')


class _Rows:
    """Numbers rows by their physical lines, and reports those that Arrow skips.

    Arrow counts records, and tells only of those it skipped which they were. A record takes one line more for each line
    break inside its fields, so the breaks of all records before it, skipped or not, lead from its number to its line.
    """

    def __init__(self, path: Path, names: list[str], problems: Problems) -> None:
        self.last_row = 0  # line on which the last row begins
        self.may_end_open = False  # that row ends with a quoted field, or should
        self._path = path
        self._names = names
        self._problems = problems
        self._next_record = 1
        self._last_line = 1  # of the record before the next one; to begin with, the header
        self._skipped: deque[_Skipped] = deque()
        self._skips = 0

    def skip(self, row: Any) -> str:
        """Arrow's handler of a row with the wrong number of fields; it runs ahead of `take`."""
        self._skips += 1
        if self._skips > MAX_SKIPPED:
            return "error"
        fields = f"has {row.actual_columns} field{'s' if row.actual_columns != 1 else ''}"
        reason = f"{shown(row.text)} {fields}, the header has {row.expected_columns}; quote fields that hold commas"
        self._skipped.append(_Skipped(row.number, row.text.count("\n"), reason))
        return "skip"

    def take(self, batch: Any) -> tuple[np.ndarray[Any, np.dtype[np.int64]], dict[str, Any]]:
        """Lines and fields of the rows of a batch, without blank rows."""
        columns = batch.columns
        breaks = sum(pc.count_substring(column, "\n").fill_null(0).to_numpy() for column in columns)
        lines = self._advance(breaks)
        if batch.num_rows:
            self.last_row = int(lines[-1])
            self.may_end_open = b"\n" in (columns[-1][-1].as_py() or b"")
        blank = reduce(pc.and_, [column.is_null() for column in columns])
        if blank.true_count:
            filled = pc.invert(blank)
            columns, lines = [column.filter(filled) for column in columns], lines[filled.to_numpy(zero_copy_only=False)]
        return lines, dict(zip(self._names, columns, strict=True))

    def finish(self, failure: str | None = None) -> None:
        """Reports the skipped rows behind the last batch, and what ended the reading early, if anything did."""
        while self._skipped:
            self._report_next_skipped()
        if failure is None:
            return
        if self._skips > MAX_SKIPPED:
            failure = f"more than {MAX_SKIPPED:,} rows have the wrong number of fields; what follows was not read"
        elif "straddl" in failure:
            failure = f"after this line a quote is opened and not closed within {BLOCK_BYTES:,} bytes"
        else:
            failure = f"cannot be read as CSV after this line: {failure}"
        unreadable(self._problems, self._path, failure, self._last_line)

    def _advance(self, breaks: Any) -> Any:
        """Lines of the next records that were not skipped, which hold `breaks` line breaks."""
        lines = np.zeros(len(breaks), np.int64)
        done = 0
        while done < len(breaks):
            gap = self._skipped[0].record - self._next_record if self._skipped else len(breaks)
            if gap == 0:
                self._report_next_skipped()
                continue
            run = breaks[done : done + gap]
            # The first line of each: one after the last line of the record before it.
            ends = self._last_line + np.cumsum(run + 1)
            lines[done : done + gap] = ends - run
            self._last_line = int(ends[-1])
            self._next_record += len(run)
            done += len(run)
        return lines

    def _report_next_skipped(self) -> None:
        skipped = self._skipped.popleft()
        line = self._last_line + skipped.record - self._next_record + 1
        unreadable(self._problems, self._path, skipped.reason, line)
        self._last_line = line + skipped.breaks
        self._next_record = skipped.record + 1


@dataclass(frozen=True)
class _Skipped:
    record: int
    breaks: int
    reason: str
