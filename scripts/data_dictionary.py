"""docs/data-dictionary.md from the comments in the warehouse: `python -m scripts.data_dictionary > docs/data-dictionary.md`."""

from __future__ import annotations

from invoicing.reports.dictionary import data_dictionary
from invoicing.settings import read_settings
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, warehouse_url


def main() -> None:
    engine = create_engine(warehouse_url(read_settings()))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        print(data_dictionary(connection), end="")


if __name__ == "__main__":
    main()
