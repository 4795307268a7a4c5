"""Writes what docs/ says from the warehouse itself: `python -m scripts.documents`."""

from __future__ import annotations

from invoicing.reports.dictionary import data_dictionary, posting_rules
from invoicing.settings import PROJECT_ROOT, read_settings
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, warehouse_url


def main() -> None:
    engine = create_engine(warehouse_url(read_settings()))
    migrations.upgrade(engine)
    docs = PROJECT_ROOT / "docs"
    with engine.connect() as connection:
        (docs / "data-dictionary.md").write_text(data_dictionary(connection), encoding="utf-8")
        (docs / "posting-rules.md").write_text(posting_rules(connection), encoding="utf-8")


if __name__ == "__main__":
    main()
