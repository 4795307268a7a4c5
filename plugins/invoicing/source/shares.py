"""Customers' shares in transactions and milestones: what they should be after a load, and recording that as billables.

Transactions and milestones that bill otherwise are brought into one form; from there on both go the same way. A load is never refused
for what was invoiced meanwhile: what is open follows its source, what is billed stays, and the source stands beside it.
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
FIND_GIVEN_BACK = Statement("source/shares/find_given_back")
FIND_KEPT_SPLITS = Statement("source/shares/find_kept_splits")
FIND_SHARES = Statement("source/shares/find_shares")
CHANGE_SHARES = Statement("source/shares/change_shares")
CANCEL_SHARES = Statement("source/shares/cancel_shares")
CHANGE_GIVEN_BACK = Statement("source/shares/change_given_back")
INSERT_SHARES = Statement("source/shares/insert_shares")
RECORD_LATER_SHARES = Statement("source/shares/record_later_shares")
RECORD_TAKEN_SHARES = Statement("source/shares/record_taken_shares")


def find_changed_sources(connection: sa.Connection) -> int:
    """The transactions and milestones that bill otherwise, and how many these are.

    Compares with what the source said last: to be called before the files are taken over.
    """
    execute(connection, CREATE_CHANGED_SOURCES)
    finding = (FIND_CHANGED_TRANSACTIONS, FIND_CHANGED_MILESTONES, FIND_WAITING_SOURCES)
    found = sum(execute(connection, statement).rowcount for statement in finding)
    analyze(connection, "pg_temp.changed_source")
    return found


def record_shares(connection: sa.Connection, change_id: int) -> int:
    """Records the shares of the changed sources.

    Returns:
        How many billables are new or say something else.
    """
    _find(connection, FIND_KNOWN_SHARES, "known_share")
    _find(connection, FIND_GIVEN_BACK, "given_back")
    _find(connection, FIND_KEPT_SPLITS, "kept_split")
    _find(connection, FIND_SHARES, "share")
    execute(connection, RECORD_LATER_SHARES, change_id=change_id)
    writing = (CHANGE_SHARES, CHANGE_GIVEN_BACK, CANCEL_SHARES, INSERT_SHARES)
    changed = sum(execute(connection, statement, change_id=change_id).rowcount for statement in writing)
    execute(connection, RECORD_TAKEN_SHARES, change_id=change_id)
    analyze_if_many(connection, "billable", changed)
    return changed


def _find(connection: sa.Connection, statement: Statement, table: str) -> None:
    """Runs a statement that makes a temporary table, by whose size those that follow are planned."""
    execute(connection, statement)
    analyze(connection, f"pg_temp.{table}")
