"""What the warehouse keeps and no view shows: besides `damage`, the only module that names private tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from invoicing.source.tables import TABLES_BY_NAME
from tests.world.place import Readable


def source_rows(world: Readable, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """What is kept of a table of the source, in the order of its key; names are those of the native format."""
    kept = TABLES_BY_NAME[table]
    names, order = ", ".join(columns or kept.column_names), ", ".join(kept.key)
    return [tuple(row) for row in world.read(f"SELECT {names} FROM invoicing.{kept.target} ORDER BY {order}")]


def milestones(world: Readable) -> list[sa.Row[Any]]:
    """Each customer's share of each milestone, as it was opened last, with the status that analysts know of actuals."""
    return world.read(
        """
        SELECT DISTINCT ON (a.contract_id, a.milestone_id, a.customer_id)
            a.contract_id, a.contract_line_id, a.milestone_id, a.customer_id, a.quantity, a.amount, a.tax_amount,
            CASE
                WHEN d.invoice_id IS NOT NULL AND a.billing_status <> 'invoice_posted' THEN 'invoice_created'
                WHEN a.billing_status = 'unbilled' THEN 'not_ready'
                ELSE CAST(a.billing_status AS text)
            END AS billing_status,
            d.invoice_id
        FROM invoicing.actual AS a
        LEFT JOIN invoicing.invoice_line_detail AS d USING (contract_id, actual_id)
        WHERE a.kind = 'milestone'
        ORDER BY a.contract_id, a.milestone_id, a.customer_id, a.actual_id DESC
        """
    )
