from __future__ import annotations

import sqlalchemy as sa

from invoicing.reports.dictionary import data_dictionary
from invoicing.settings import PROJECT_ROOT


def test_the_data_dictionary_in_docs_is_current(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        made = data_dictionary(connection)
    assert (PROJECT_ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == made, "run `make docs`"
