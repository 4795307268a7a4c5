"""Open problems of the data: each rule is one statement in include/sql/process/exceptions, named after its code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from invoicing.warehouse.statements import SQL_ROOT, execute

RULES = tuple(sorted(path.stem for path in (SQL_ROOT / "process" / "exceptions").glob("*.sql")))


def detect_exceptions(
    connection: sa.Connection, run_date: date, *, catch_up_days: int, contract_ids: Sequence[str] | None
) -> None:
    """Brings `analytics.billing_exceptions` up to date: new problems are added, mended ones leave.

    What depends on a date is judged as of the latest day invoiced, so that running an old day again finds the same.
    """
    latest = execute(connection, "ledger/latest_run_date").scalar_one()
    as_of = max(run_date, latest) if latest else run_date
    parameters = {
        "as_of": as_of,
        "oldest_as_of": as_of - timedelta(days=catch_up_days),
        "contract_ids": list(contract_ids) if contract_ids is not None else None,
        "run_date": run_date,
    }
    execute(connection, "process/start_exceptions")
    for rule in RULES:
        execute(connection, f"process/exceptions/{rule}", **parameters)
    execute(connection, "process/close_exceptions", **parameters)
    execute(connection, "process/record_exceptions", **parameters)
    connection.execute(sa.text("DROP TABLE pg_temp.found_exception"))  # a preview detects twice in one transaction
