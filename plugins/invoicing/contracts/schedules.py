"""Invoice schedules from invoice frequencies: the run dates of contract lines, some time ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from invoicing.ledger.changes import Request, open_change
from invoicing.ledger.contracts import refuse_unknown_contracts
from invoicing.warehouse.locks import lock_contracts, lock_request
from invoicing.warehouse.statements import Statement, execute

ADD_ROWS = Statement("contracts/schedules/add_rows")
DROP_RUN_DATES = Statement("contracts/schedules/drop_run_dates")
FIND_RUN_DATES = Statement("contracts/schedules/find_run_dates")
LIST_DIFFERENCES = Statement("contracts/schedules/list_differences")
LIST_WITHOUT_START = Statement("contracts/schedules/list_without_start")
REMOVE_ROWS = Statement("contracts/schedules/remove_rows")

ADDED, REMOVED = "added", "removed"


@dataclass(frozen=True)
class Row:
    """A schedule row that was added or removed (`change`). Its transaction cut-off date is the day before its run date."""

    contract_id: str
    contract_line_id: str
    run_date: date
    change: str


@dataclass(frozen=True)
class Generated:
    """The rows that were added and removed, by contract, line and run date.

    `waiting`: how many days to come of schedules that were generated before differ from the frequency of their line; they are changed
    on request. `without_start`: lines that have a frequency and no start of billing, as (contract id, line id).
    """

    rows: tuple[Row, ...]
    waiting: int
    without_start: tuple[tuple[str, str], ...]

    def of(self, change: str) -> tuple[Row, ...]:
        """The rows that were added, or those that were removed."""
        return tuple(row for row in self.rows if row.change == change)


def generate_schedules(
    connection: sa.Connection,
    *,
    today: date,
    days_ahead: int,
    request: Request,
    contract_ids: Sequence[str] | None = None,
    replace: bool = False,
) -> Generated:
    """Fills the schedules of time and material lines by their frequencies, up to `days_ahead` days from today.

    A row that exists is never changed. Where a frequency, or the start or the end of billing, has changed since, the schedule goes on
    by the new one after its last row; with `replace` its days to come that have not run are brought in line as well.

    Raises:
        NotFoundError: a contract was named that the warehouse does not hold.
    """
    named = list(contract_ids) if contract_ids is not None else None
    lock_request(connection, request.key)
    refuse_unknown_contracts(connection, named)
    scope = {"until": today + timedelta(days=days_ahead), "contract_ids": named}
    wanted = _differences(connection, today, scope, replace)
    contracts = {row.contract_id for row, is_wanted in wanted if is_wanted}
    if contracts:
        lock_contracts(connection, sorted(contracts))
        wanted = _differences(connection, today, scope, replace)  # as they are now that nobody else changes them
    rows = tuple(row for row, is_wanted in wanted if is_wanted and row.contract_id in contracts)
    if rows:
        open_change(connection, request, "schedule", sorted({row.contract_id for row in rows}))
        _write(connection, ADD_ROWS, [row for row in rows if row.change == ADDED])
        _write(connection, REMOVE_ROWS, [row for row in rows if row.change == REMOVED])
    without_start = execute(connection, LIST_WITHOUT_START, contract_ids=named).all()
    return Generated(
        rows=rows,
        waiting=sum(not is_wanted for _, is_wanted in wanted),
        without_start=tuple((row.contract_id, row.contract_line_id) for row in without_start),
    )


def _differences(
    connection: sa.Connection, today: date, scope: Mapping[str, object], replace: bool
) -> list[tuple[Row, bool]]:
    """Where the schedules differ from what the frequencies make, and whether that is wanted now, or on request."""
    execute(connection, FIND_RUN_DATES, **scope)
    connection.execute(sa.text("ANALYZE pg_temp.frequency_date"))
    found = execute(connection, LIST_DIFFERENCES, today=today, **scope).all()
    execute(connection, DROP_RUN_DATES)
    return [
        (Row(row.contract_id, row.contract_line_id, row.run_date, row.change), replace or not row.is_request)
        for row in found
    ]


def _write(connection: sa.Connection, statement: Statement, rows: Sequence[Row]) -> None:
    if rows:
        execute(
            connection,
            statement,
            contract_ids=[row.contract_id for row in rows],
            contract_line_ids=[row.contract_line_id for row in rows],
            run_dates=[row.run_date for row in rows],
        )
