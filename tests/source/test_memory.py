"""Memory of a load: rows pass through the process, they do not stay in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.load import write_folder

# A process of its own, so that nothing but the load takes and frees memory in it; prints the most it had resident.
LOAD = """
import sys
from pathlib import Path
from psutil import Process
from invoicing.source.loading import load_folder
from invoicing.warehouse.connection import create_engine, parse_url
resident = []
def measure(what, rows, fraction):
    resident.append(Process().memory_info().rss)
load_folder(create_engine(parse_url(sys.argv[1])), Path(sys.argv[2]), wait_seconds=60, progress=measure)
print(max(resident))
"""


def peak_of_a_load(url: sa.URL, folder: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, url.render_as_string(hide_password=False), str(folder)],
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "plugins")},
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_ten_times_the_rows_take_no_more_memory(url: sa.URL, tmp_path: Path, file_format: str) -> None:
    peaks = {}
    for rows in (20_000, 200_000):
        folder = tmp_path / str(rows)
        write_folder(folder, rows, file_format)
        peaks[rows] = peak_of_a_load(url, folder)
    assert peaks[200_000] < 1.3 * peaks[20_000]
