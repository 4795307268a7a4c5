"""The evaluation of work against its not-to-exceed limits: what has room is committed, what has none fails and is not invoiced.

Work is evaluated when it enters: loaded, changed by its source, made ready. What was committed stays so until it is invoiced, canceled
or reset; evaluating others later never displaces it.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from invoicing.ledger.changes import Request, open_change
from invoicing.ledger.contracts import refuse_unknown_contracts
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

ADD_CHANGED_SHARES = Statement("limits/evaluation/add_changed_shares")
ADD_MARKED = Statement("limits/evaluation/add_marked")
ADD_OF_CONTRACTS = Statement("limits/evaluation/add_of_contracts")
COUNT_CHANGED = Statement("limits/evaluation/count_changed")
CREATE_WAITING = Statement("limits/evaluation/create_waiting")
DROP_EVALUATED = Statement("limits/evaluation/drop_evaluated")
FIND_LIMITS = Statement("limits/evaluation/find_limits")
FIND_SHARES = Statement("limits/evaluation/find_shares")
FIND_VERDICTS = Statement("limits/evaluation/find_verdicts")
RECORD_VERDICTS = Statement("limits/evaluation/record_verdicts")


def evaluate_loaded(
    connection: sa.Connection, contract_ids: Sequence[str], change_id: int, *, has_shares: bool
) -> None:
    """Evaluates what a load has brought or changed, and the open work of contracts whose limits, lines or customers it has changed.

    Args:
        contract_ids: these contracts.
        has_shares: whether the load has tables of the shares that it changed.
    """
    _begin(connection)
    waiting = execute(connection, ADD_CHANGED_SHARES).rowcount if has_shares else 0
    if contract_ids:
        waiting += execute(connection, ADD_OF_CONTRACTS, contract_ids=list(contract_ids), is_reset=False).rowcount
    if waiting and _find_verdicts(connection):
        execute(connection, RECORD_VERDICTS, change_id=change_id)


def evaluate_marked(connection: sa.Connection, change_id: int) -> None:
    """Evaluates the shares that a mark has chosen and changed."""
    _begin(connection)
    if execute(connection, ADD_MARKED).rowcount and _find_verdicts(connection):
        execute(connection, RECORD_VERDICTS, change_id=change_id)


def reevaluate(connection: sa.Connection, contract_ids: Sequence[str], *, request: Request, reset: bool = False) -> int:
    """Evaluates the open work of contracts again, by date; returns of how many shares it changes the verdict.

    Args:
        reset: begin from nothing but what is invoiced or on a draft; otherwise what is committed stays so.

    Raises:
        NotFoundError: a contract was named that the warehouse does not hold.
    """
    named = sorted(set(contract_ids))
    refuse_unknown_contracts(connection, named)
    lock_request(connection, request.key)
    lock_contracts(connection, named)
    _begin(connection)
    if not execute(connection, ADD_OF_CONTRACTS, contract_ids=named, is_reset=reset).rowcount:
        return 0
    if _find_verdicts(connection):
        change = open_change(connection, request, "reevaluate", named)
        execute(connection, RECORD_VERDICTS, change_id=change.change_id)
    changed: int = execute(connection, COUNT_CHANGED).scalar_one()
    return changed


def _begin(connection: sa.Connection) -> None:
    execute(connection, DROP_EVALUATED)
    execute(connection, CREATE_WAITING)


def _find_verdicts(connection: sa.Connection) -> int:
    """Of how many of the waiting shares another verdict, or other figures, are to be recorded."""
    connection.execute(sa.text("ANALYZE pg_temp.waiting_share"))
    for statement, table in ((FIND_SHARES, "evaluated_share"), (FIND_LIMITS, "evaluated_limit")):
        execute(connection, statement)
        connection.execute(sa.text(f"ANALYZE pg_temp.{table}"))
    return execute(connection, FIND_VERDICTS).rowcount
