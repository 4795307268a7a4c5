"""Lines and totals of drafts, brought in line with their details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from invoicing.ledger.changes import Change
from invoicing.warehouse.statements import Statement, execute

DELETE_EMPTY_LINES = Statement("lifecycle/totals/delete_empty_lines")
EMPTY_LINES = Statement("lifecycle/totals/empty_lines")
TOTAL_INVOICES = Statement("lifecycle/totals/total_invoices")
TOTAL_LINES = Statement("lifecycle/totals/total_lines")


@dataclass(frozen=True)
class Drafts:
    """Drafts by the two halves of their key, in the same order."""

    contract_ids: Sequence[str]
    invoice_ids: Sequence[UUID]

    @classmethod
    def of(cls, rows: Sequence[sa.Row[tuple[object, ...]]]) -> Drafts:
        return cls([row.contract_id for row in rows], [row.invoice_id for row in rows])


def total(connection: sa.Connection, drafts: Drafts, change: Change, *, is_edited: bool) -> None:
    """Brings lines and totals of drafts in line with their details, at a new version.

    Args:
        is_edited: somebody changed them; False for drafts that are being created.
    """
    execute(connection, TOTAL_LINES, **vars(drafts))
    drop_empty_lines(connection, drafts)
    execute(connection, TOTAL_INVOICES, **vars(drafts), change_id=change.change_id, is_edited=is_edited)


def drop_empty_lines(connection: sa.Connection, drafts: Drafts) -> None:
    """Removes the lines of drafts that have no details left."""
    execute(connection, EMPTY_LINES, **vars(drafts))
    execute(connection, DELETE_EMPTY_LINES, **vars(drafts))
