"""The benchmarks run from end to end and print their figures; it does not matter what they are."""

from __future__ import annotations

from types import ModuleType

import pytest
import sqlalchemy as sa

from benchmarks import conditions, confirm, limits, process, side_by_side, warehouse

SMALL = ("--transactions", "900", "--contracts", "30", "--rounds", "1")


@pytest.mark.parametrize(
    ("benchmark", "figures"),
    [
        (process, ("process", "by hand", "floor")),
        (confirm, ("confirm", "floor")),
        (limits, ("without limits", "with limits")),
        (
            side_by_side,
            ("first run", "second run", "confirm a date", "confirm contracts", "load", "edits", "longest edit"),
        ),
        (conditions, ("no statistics", "again", "two buckets", "after history")),
    ],
)
def test_benchmark_prints_its_figures(
    benchmark: ModuleType,
    figures: tuple[str, ...],
    server_url: sa.URL,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(warehouse, "warehouse_url", lambda settings: server_url)
    monkeypatch.setattr("sys.argv", ["benchmark", *SMALL])
    benchmark.main()
    printed = capsys.readouterr().out
    assert [figure for figure in figures if f"  {figure} " not in printed] == []
