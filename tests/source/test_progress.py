"""What a load tells of its progress, and how a terminal shows it."""

from __future__ import annotations

import io

from rich.console import Console

from invoicing.source.loading import load_folder
from invoicing.source.progress import progress_bar
from tests.source.folders import SourceFolder
from tests.world.world import World


def test_progress_tells_each_file_and_then_the_steps(world: World, source: SourceFolder) -> None:
    told: list[tuple[str, int, float | None]] = []
    load_folder(
        world.engine,
        source.only("customers", "roles").write(),
        wait_seconds=10,
        progress=lambda what, rows, fraction: told.append((what, rows, fraction)),
    )
    assert told == [("customers.csv", 2, 1.0), ("roles.csv", 1, 1.0), ("checking", 3, None), ("taking over", 3, None)]


def test_terminal_shows_a_bar_per_file_and_step() -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    with progress_bar(screen) as progress:
        assert progress is not None
        progress("transactions.csv", 1_000_000, 0.5)
        progress("transactions.csv", 2_000_000, 1.0)
        progress("checking", 2_000_000, None)
    assert isinstance(screen.file, io.StringIO)
    shown = screen.file.getvalue()
    assert "transactions.csv" in shown
    assert "2,000,000 rows" in shown
    assert "checking" in shown


def test_nothing_is_shown_where_nobody_watches() -> None:
    with progress_bar(Console(file=io.StringIO())) as progress:
        assert progress is None
