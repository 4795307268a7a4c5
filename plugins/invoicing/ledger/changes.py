"""Changes: who did what, when, for which request. The id of a change is the version of whatever it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from invoicing.warehouse.statements import Statement, execute

LIST_CHANGE_IDS = Statement("ledger/changes/list_change_ids")
OPEN_CHANGE = Statement("ledger/changes/open_change")
TOUCH_CONTRACTS = Statement("ledger/changes/touch_contracts")
TOUCH_SLOTS = Statement("ledger/changes/touch_slots")


@dataclass(frozen=True)
class Request:
    """On whose behalf something is done. A request that is tried again bears the same key, and finds what it has done.

    `is_person`: whether `by` names a person; else it names the program that acts on behalf of nobody who is known.
    """

    by: str
    key: str
    is_person: bool = True


@dataclass(frozen=True)
class Change:
    """A change in the transaction of the caller. `changed_at`: by the clock of the warehouse."""

    change_id: int
    changed_at: datetime


def open_change(
    connection: sa.Connection, request: Request, action: str, contract_ids: Sequence[str] | None = None
) -> Change:
    """Records a change, to be called once it is known that there is something to do.

    The caller holds the locks of the request and of the contracts (`invoicing.warehouse.locks`): a request tried twice at once
    counts its tries, and a run that has looked at these contracts before notices.

    Args:
        contract_ids: the contracts that are changed; None: the caller says so itself (`touch_slots`).
    """
    row = execute(connection, OPEN_CHANGE, action=action, changed_by=request.by, request_key=request.key).one()
    change = Change(**row._mapping)
    if contract_ids is not None:
        touch_contracts(connection, change, contract_ids)
    return change


def touch_contracts(connection: sa.Connection, change: Change, contract_ids: Sequence[str]) -> None:
    """Says of contracts that something of theirs has changed: themselves, their backlog, their invoices."""
    execute(connection, TOUCH_CONTRACTS, contract_ids=list(contract_ids), change_id=change.change_id)


def touch_slots(connection: sa.Connection, change: Change, slots: Sequence[int]) -> None:
    """As `touch_contracts`, for anyone who holds whole slots and does not know which contracts of them it changed."""
    execute(connection, TOUCH_SLOTS, slots=list(slots), change_id=change.change_id)


def list_change_ids(connection: sa.Connection, request: Request) -> list[int]:
    """The changes that a request has made so far."""
    return list(execute(connection, LIST_CHANGE_IDS, request_key=request.key).scalars())
