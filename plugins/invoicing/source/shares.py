"""Customers' shares in transactions and milestones: what they should be after a load, and recording that as billables.

Transactions and milestones that bill otherwise are brought into one form; from there on both go the same way.
"""

from __future__ import annotations

import sqlalchemy as sa

from invoicing.source.merging import analyze_if_many
from invoicing.source.staging import analyze
from invoicing.warehouse.statements import Statement, execute

CREATE_CHANGED_SOURCES = Statement("source/shares/create_changed_sources")
FIND_CHANGED_TRANSACTIONS = Statement("source/shares/find_changed_transactions")
FIND_CHANGED_MILESTONES = Statement("source/shares/find_changed_milestones")
FIND_WAITING_SOURCES = Statement("source/shares/find_waiting_sources")
FIND_KNOWN_SHARES = Statement("source/shares/find_known_shares")
FIND_SHARES = Statement("source/shares/find_shares")
CHANGE_SHARES = Statement("source/shares/change_shares")
CANCEL_SHARES = Statement("source/shares/cancel_shares")
INSERT_SHARES = Statement("source/shares/insert_shares")


def find_changed_sources(connection: sa.Connection) -> None:
    """The transactions and milestones that bill otherwise, and the shares that customers have in them so far.

    Compares with what the source said last: to be called before the files are taken over.
    """
    execute(connection, CREATE_CHANGED_SOURCES)
    execute(connection, FIND_CHANGED_TRANSACTIONS)
    execute(connection, FIND_CHANGED_MILESTONES)
    execute(connection, FIND_WAITING_SOURCES)
    analyze(connection, "pg_temp.changed_source")
    execute(connection, FIND_KNOWN_SHARES)
    analyze(connection, "pg_temp.known_share")


def record_shares(connection: sa.Connection, change_id: int) -> int:
    """Records the shares of the changed sources, by the customers and percents that lines have now.

    Returns:
        How many shares are new or say something else.
    """
    execute(connection, FIND_SHARES)
    analyze(connection, "pg_temp.share")
    changed = execute(connection, CHANGE_SHARES, change_id=change_id).rowcount
    changed += execute(connection, CANCEL_SHARES, change_id=change_id).rowcount
    changed += execute(connection, INSERT_SHARES, change_id=change_id).rowcount
    analyze_if_many(connection, "billable", changed)
    return changed
