"""Open problems of the data: each rule is one SELECT in include/sql/audit/exceptions, found by its place.

A rule gives the problems that there are now, by the columns of `invoicing.billing_exception`; what is recorded and is not among them
was corrected, and leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import sqlalchemy as sa

from invoicing.vocabulary import Severity
from invoicing.warehouse.locks import lock_request
from invoicing.warehouse.statements import Statement, execute, statements_in

COUNT_WARNINGS = Statement("audit/detection/count_warnings")
CREATE_FOUND_EXCEPTIONS = Statement("audit/detection/create_found_exceptions")
DELETE_CORRECTED = Statement("audit/detection/delete_corrected")
FIND_LATEST_RUN_DATE = Statement("audit/detection/find_latest_run_date")
RECORD_FOUND = Statement("audit/detection/record_found")


# What keeps a contract from being invoiced at all, and what waits or looks wrong.
ERRORS = statements_in("audit/exceptions/errors")
WARNINGS = statements_in("audit/exceptions/warnings")


def detect_exceptions(
    connection: sa.Connection, run_date: date | None, *, catch_up_days: int, contract_ids: Sequence[str] | None
) -> None:
    """Brings `analytics.billing_exceptions` up to date: new problems are added, corrected ones leave.

    What depends on a date is judged as of the latest day invoiced, so that running an old day again finds the same.

    Args:
        run_date: of the run that looks; None: nobody runs anything, as after a load.
    """
    latest = execute(connection, FIND_LATEST_RUN_DATE).scalar_one()
    as_of = max((day for day in (run_date, latest) if day), default=date.min)
    dates = {"as_of": as_of, "oldest_as_of": earlier(as_of, catch_up_days)}
    _detect(connection, ERRORS + WARNINGS, tuple(Severity), run_date, contract_ids, dates)


def detect_errors(connection: sa.Connection, run_date: date, *, contract_ids: Sequence[str] | None) -> None:
    """As `detect_exceptions`, only for what keeps a contract from being invoiced."""
    _detect(connection, ERRORS, (Severity.ERROR,), run_date, contract_ids, {})


def count_warnings(connection: sa.Connection, contract_ids: Sequence[str] | None) -> dict[str, int]:
    """How many warnings are open, by code, the most frequent first."""
    contracts = list(contract_ids) if contract_ids is not None else None
    return {row.code: row.warnings for row in execute(connection, COUNT_WARNINGS, contract_ids=contracts)}


def _detect(
    connection: sa.Connection,
    rules: tuple[Statement, ...],
    severities: Sequence[Severity],
    run_date: date | None,
    contract_ids: Sequence[str] | None,
    dates: dict[str, date],
) -> None:
    contracts = list(contract_ids) if contract_ids is not None else None
    lock_request(
        connection, "billing exceptions"
    )  # two that record the same problems would wait for each other in a circle
    execute(connection, CREATE_FOUND_EXCEPTIONS)
    connection.execute(_finding(rules), {**dates, "contract_ids": contracts})
    execute(connection, DELETE_CORRECTED, contract_ids=contracts, severities=list(severities))
    execute(connection, RECORD_FOUND, run_date=run_date)
    connection.execute(sa.text("DROP TABLE pg_temp.found_exception"))  # a transaction may detect twice


def earlier(day: date, days: int) -> date:
    """The day so many days before, or the first of the calendar."""
    return day - timedelta(days=min(days, (day - date.min).days))


@cache
def _finding(rules: tuple[Statement, ...]) -> sa.TextClause:
    """Rules in one statement."""
    found = "\nUNION ALL\n".join(rule.text for rule in rules)
    return sa.text(f"INSERT INTO pg_temp.found_exception\n{found}")
