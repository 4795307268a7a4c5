"""What the warehouse keeps and no view shows: besides `damage`, the only module that names private tables."""

from __future__ import annotations

import re
from typing import Any, Final

import sqlalchemy as sa

from invoicing.source.tables import TABLES_BY_NAME
from tests.world.place import Readable

# What each attempt of a run leaves behind, whether it had anything to change or not: rows of these tables, and that somebody was
# at work on the contracts.
LEDGER: Final = re.compile(r"change|invoice_run|run_\w+")
LEDGER_COLUMNS: Final = {"project_contract": ("change_id",)}

# What the steps of an attempt leave for each other, in the order in which they do.
PRIVATE: Final = ("run_due_row", "run_line")


def left_for_the_next_step(world: Readable) -> dict[str, int]:
    """Rows of what the steps of attempts have left for each other."""
    counts = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS rows FROM invoicing.{name}" for name in PRIVATE)
    return {row.name: row.rows for row in world.read(counts)}


def source_rows(world: Readable, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """What is kept of a table of the source, in the order of its key; names are those of the native format."""
    kept = TABLES_BY_NAME[table]
    names, order = ", ".join(columns or kept.column_names), ", ".join(kept.key)
    return [tuple(row) for row in world.read(f"SELECT {names} FROM invoicing.{kept.target} ORDER BY {order}")]


def milestones(world: Readable) -> list[sa.Row[Any]]:
    """Each customer's share of each milestone, as it was opened last, with the status that analysts know of actuals."""
    return world.read(
        """
        SELECT DISTINCT ON (b.contract_id, b.milestone_id, b.customer_id)
            b.contract_id, b.contract_line_id, b.milestone_id, b.customer_id, b.quantity, b.amount, b.tax_amount,
            CASE
                WHEN b.state IN ('billed', 'billed_elsewhere') THEN 'invoice_posted'
                WHEN b.state = 'canceled' THEN 'canceled'
                WHEN d.invoice_id IS NOT NULL THEN 'invoice_created'
                WHEN b.is_ready THEN 'ready_to_invoice'
                ELSE 'not_ready'
            END AS billing_status,
            d.invoice_id
        FROM invoicing.billable AS b
        LEFT JOIN invoicing.invoice_line_detail AS d USING (contract_id, billable_id)
        WHERE b.source = 'milestone'
        ORDER BY b.contract_id, b.milestone_id, b.customer_id, b.part DESC
        """
    )
