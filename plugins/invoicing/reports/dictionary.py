"""What docs/ says from the warehouse itself: the views for analysts, from their comments, and the rules of what is posted."""

from __future__ import annotations

from itertools import groupby

import sqlalchemy as sa

from invoicing.warehouse.statements import Statement, execute

LIST_COLUMNS = Statement("reports/dictionary/list_columns")
LIST_POSTING_RULES = Statement("reports/dictionary/list_posting_rules")

_HEAD = """# Data dictionary

The views that analysts may rely on, schema `analytics`. Made from the comments in the warehouse by `make docs`.
"""

_RULES_HEAD = """# Posting rules

What a confirmation writes of each detail, as the view `rules.posting_rule` has it. Made by `make docs`.

`handling`: how the detail differs from what it consumes (`rules.detail_handling`). `part`: of what it consumes (`consumed`), of what
it bills (`billed`), of the rest between the two (`rest`), or of what its source has left that nothing bills (`left`); a minus takes it
back. `reverses`, `replaces`: the actual that the detail consumes, or another posting of the same detail.
"""


def data_dictionary(connection: sa.Connection) -> str:
    """The document, in Markdown: one section per view, one row per column."""
    rows = execute(connection, LIST_COLUMNS).all()
    parts = [_HEAD]
    for (view, comment), columns in groupby(rows, key=lambda row: (row.view_name, row.view_comment)):
        parts.append(f"\n## {view}\n\n{comment}\n\n| column | type | meaning |\n| --- | --- | --- |\n")
        parts += [f"| `{row.column_name}` | {row.data_type} | {row.column_comment} |\n" for row in columns]
    return "".join(parts)


def posting_rules(connection: sa.Connection) -> str:
    """The document, in Markdown: one section per handling, one row per posting."""
    rows = execute(connection, LIST_POSTING_RULES).all()
    parts = [_RULES_HEAD]
    for handling, postings in groupby(rows, key=lambda row: row.handling):
        parts.append(f"\n## {handling}\n\n| posting | becomes | kind | part | reverses | replaces |\n")
        parts.append("| --- | --- | --- | --- | --- | --- |\n")
        for row in postings:
            part = f"-{row.part}" if row.sign < 0 else row.part
            cells = (row.posting, row.becomes, row.kind, part, row.reverses, row.replaces)
            parts.append(f"| {' | '.join(cell or '' for cell in cells)} |\n")
    return "".join(parts)
