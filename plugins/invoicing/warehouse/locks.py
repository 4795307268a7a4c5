"""Who may change which contracts at the same time. All locks are advisory and end with the transaction.

A contract falls into one of 64 slots (`invoicing.project_contract.slot`). A bucket of a run takes its slots exclusively; an action
of a person takes the slots of its contracts shared and the contracts themselves exclusively. So people who work on different
contracts never wait for each other, an edit waits for the bucket that has its contract, and ten thousand contracts need no more
than 64 locks. The order is fixed (the request, slots, contracts, each ascending), so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from invoicing.warehouse.statements import Statement, execute

SLOTS = 64  # as in invoicing.project_contract

# More contracts than this are locked by their slots alone: the lock table of Postgres has room for some thousands.
_MOST_CONTRACTS = 100

FIND_SLOTS = Statement("warehouse/locks/find_slots")
LOCK_CONTRACTS = Statement("warehouse/locks/lock_contracts")
LOCK_REQUEST = Statement("warehouse/locks/lock_request")
LOCK_SLOTS = Statement("warehouse/locks/lock_slots")
SHARE_REQUEST = Statement("warehouse/locks/share_request")
SHARE_SLOTS = Statement("warehouse/locks/share_slots")


def lock_slots(connection: sa.Connection, slots: Sequence[int]) -> None:
    """Keeps everybody else from changing the contracts of these slots."""
    execute(connection, LOCK_SLOTS, slots=sorted(slots))


def lock_slots_of(connection: sa.Connection, contract_ids: Sequence[str]) -> None:
    """As `lock_slots`, by the contracts, for anyone who goes on to change them as a load does."""
    lock_slots(connection, _slots_of(connection, contract_ids))


def lock_contracts(connection: sa.Connection, contract_ids: Sequence[str]) -> None:
    """Keeps everybody else from changing these contracts; ids that are not known are harmless."""
    named = sorted(set(contract_ids))
    slots = _slots_of(connection, named)
    if len(named) > _MOST_CONTRACTS:
        lock_slots(connection, slots)
        return
    execute(connection, SHARE_SLOTS, slots=slots)
    execute(connection, LOCK_CONTRACTS, contract_ids=named)


def lock_request(connection: sa.Connection, request_key: str) -> None:
    """Keeps the same request, tried twice at once, from working beside itself."""
    execute(connection, LOCK_REQUEST, request_key=request_key)


def share_request(connection: sa.Connection, request_key: str) -> None:
    """Keeps anyone who takes the request for itself from working beside all who share it."""
    execute(connection, SHARE_REQUEST, request_key=request_key)


def _slots_of(connection: sa.Connection, contract_ids: Sequence[str]) -> list[int]:
    return sorted(execute(connection, FIND_SLOTS, contract_ids=list(contract_ids)).scalars())
