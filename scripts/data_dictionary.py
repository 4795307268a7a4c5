"""docs/data-dictionary.md from the comments in the warehouse: `python -m scripts.data_dictionary > docs/data-dictionary.md`."""

from __future__ import annotations

from itertools import groupby

import sqlalchemy as sa

from invoicing.settings import read_settings
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, warehouse_url
from invoicing.warehouse.statements import execute

_HEAD = """# Data dictionary

The views that analysts may rely on, schema `analytics`. Made from the comments in the warehouse by `make docs`.
"""


def data_dictionary(connection: sa.Connection) -> str:
    """The document, in Markdown: one section per view, one row per column."""
    rows = execute(connection, "reports/data_dictionary").all()
    parts = [_HEAD]
    for (view, comment), columns in groupby(rows, key=lambda row: (row.view_name, row.view_comment)):
        parts.append(f"\n## {view}\n\n{comment}\n\n| column | type | meaning |\n| --- | --- | --- |\n")
        parts += [f"| `{row.column_name}` | {row.data_type} | {row.column_comment} |\n" for row in columns]
    return "".join(parts)


def main() -> None:
    engine = create_engine(warehouse_url(read_settings()))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        print(data_dictionary(connection), end="")


if __name__ == "__main__":
    main()
