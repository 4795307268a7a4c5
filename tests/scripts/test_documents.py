from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from invoicing.reports.dictionary import data_dictionary, posting_rules
from invoicing.settings import PROJECT_ROOT


@pytest.mark.parametrize(("name", "made"), [("data-dictionary", data_dictionary), ("posting-rules", posting_rules)])
def test_what_docs_says_of_the_warehouse_is_current(
    engine: sa.Engine, name: str, made: Callable[[sa.Connection], str]
) -> None:
    with engine.connect() as connection:
        document = made(connection)
    assert (PROJECT_ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") == document, "run `make docs`"
