"""The web application over Adatum's warehouse, without Airflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from invoicing.warehouse.connection import create_engine
from invoicing.web.app import create_app


@pytest.fixture
def url(
    new_database: Callable[[str], sa.URL], adatum_template: str, administer: Callable[[str], None]
) -> Iterator[sa.URL]:
    """URL of a warehouse with Adatum's contract, of this test alone."""
    made = new_database(adatum_template)
    yield made
    administer(f"DROP DATABASE IF EXISTS {made.database} WITH (FORCE)")


@pytest.fixture
def web(url: sa.URL) -> TestClient:
    """A browser that is let in."""
    return TestClient(create_app(lambda: create_engine(url)), raise_server_exceptions=False)
