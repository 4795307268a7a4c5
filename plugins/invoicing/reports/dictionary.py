"""The data dictionary: what the views for analysts say, from the comments in the warehouse."""

from __future__ import annotations

from itertools import groupby

import sqlalchemy as sa

from invoicing.warehouse.statements import Statement, execute

LIST_COLUMNS = Statement("reports/dictionary/list_columns")

_HEAD = """# Data dictionary

The views that analysts may rely on, schema `analytics`. Made from the comments in the warehouse by `make docs`.
"""


def data_dictionary(connection: sa.Connection) -> str:
    """The document, in Markdown: one section per view, one row per column."""
    rows = execute(connection, LIST_COLUMNS).all()
    parts = [_HEAD]
    for (view, comment), columns in groupby(rows, key=lambda row: (row.view_name, row.view_comment)):
        parts.append(f"\n## {view}\n\n{comment}\n\n| column | type | meaning |\n| --- | --- | --- |\n")
        parts += [f"| `{row.column_name}` | {row.data_type} | {row.column_comment} |\n" for row in columns]
    return "".join(parts)
