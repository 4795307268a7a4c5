"""The queries of README.md are answered, to an analyst, by the day that the demo runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from invoicing.process.day import run_day
from invoicing.settings import PROJECT_ROOT, read_settings
from invoicing.warehouse.connection import create_engine

QUERIES = re.findall(r"^ {4}(SELECT .*;)$", (PROJECT_ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def invoiced(new_database: Callable[[str], sa.URL], adatum_template: str) -> sa.Engine:
    engine = create_engine(new_database(adatum_template))
    run_day(engine, date(2020, 10, 5), run_key="a day", settings=read_settings())
    return engine


def test_there_are_queries() -> None:
    assert QUERIES


@pytest.mark.parametrize("query", QUERIES)
def test_query_is_answered(invoiced: sa.Engine, query: str) -> None:
    with invoiced.connect() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE invoicing_analyst")
        assert connection.exec_driver_sql(query).all()
