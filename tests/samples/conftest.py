"""The generated firm in its default size, once for all tests."""

from datetime import date
from pathlib import Path

import pytest

from samples.agency import generate
from tests.samples.native_format import Row, Tables, read_folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm in its default size, as CSV."""
    directory = tmp_path_factory.mktemp("agency")
    generate(directory, start_date=date(2025, 11, 20))
    return directory


@pytest.fixture(scope="session")
def tables(folder: Path) -> Tables:
    """Its rows."""
    return read_folder(folder)


@pytest.fixture(scope="session")
def lines(tables: Tables) -> dict[str, Row]:
    """Line id → its row; the firm's line ids are unique."""
    return {row["contract_line_id"]: row for row in tables["contract_lines"]}
