"""The contracts that somebody names."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from invoicing.errors import NotFoundError
from invoicing.warehouse.statements import Statement, execute

FIND_KNOWN_CONTRACTS = Statement("ledger/contracts/find_known_contracts")


def refuse_unknown_contracts(connection: sa.Connection, contract_ids: Collection[str] | None) -> None:
    """Raises:
    NotFoundError: a contract was named that the warehouse does not hold. None names none.
    """
    if contract_ids is None:
        return
    known = execute(connection, FIND_KNOWN_CONTRACTS, contract_ids=list(contract_ids)).scalars().all()
    if unknown := sorted(set(contract_ids) - set(known)):
        raise NotFoundError(f"no contract {', '.join(unknown)} in the warehouse")
