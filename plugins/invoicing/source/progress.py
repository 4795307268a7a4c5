"""The progress of a load on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from invoicing.source.staging import Progress


@contextmanager
def progress_bar(console: Console) -> Iterator[Progress | None]:
    """A bar per file, and one per step after them; None where nobody watches (a pipe, a log)."""
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=console) as bars:
        shown: dict[str, TaskID] = {}

        def show(what: str, rows: int, fraction: float | None) -> None:
            if what not in shown:
                for earlier in shown.values():
                    bars.update(earlier, total=1, completed=1)
                shown[what] = bars.add_task(what, total=None if fraction is None else 1, rows=rows)
            bars.update(shown[what], rows=rows, completed=fraction or 0)

        yield show
        for last in shown.values():
            bars.update(last, total=1, completed=1)
