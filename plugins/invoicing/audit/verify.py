"""Recomputes what must hold: each check is one statement in include/sql/audit/verify, named after its file.

A second opinion: the checks read tables and no view of the schema `rules`, so that a rule that is wrong cannot agree with itself. The
seal alone is the same rule: what it covers is what a confirmation sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from invoicing.warehouse.statements import Statement, execute, statements_in

CHECKS = statements_in("audit/verify")

# They look at each invoice by itself.
_ONE_BY_ONE = frozenset({"confirmed_content"})

# A check that fails for everything must not fill the memory: the first rows say what is wrong.
AT_MOST = 100


@dataclass(frozen=True)
class Difference:
    """Something that must hold and does not.

    `subject` names the rows concerned by their ids, such as invoice_id or run_id; `message` says both figures.
    """

    check: str
    contract_id: str | None
    subject: dict[str, str]
    message: str

    def __str__(self) -> str:
        named = {"contract_id": self.contract_id, **self.subject} if self.contract_id else self.subject
        ids = ", ".join(f"{name.removesuffix('_id').replace('_', ' ')} {value}" for name, value in named.items())
        return f"{self.check}: {ids}: {self.message}"


def verify(connection: sa.Connection, run_date: date | None = None) -> list[Difference]:
    """What does not hold, the first `AT_MOST` differences of each check; nothing when everything adds up.

    Reads only; the connection should see the warehouse as of one moment (`invoicing.warehouse.transactions.reading`).

    Args:
        run_date: only invoices, schedule rows and runs of that date, and what belongs to no date.
    """
    return [difference for check in CHECKS for difference in _differences(connection, check, run_date)]


def _differences(connection: sa.Connection, check: Statement, run_date: date | None) -> Iterator[Difference]:
    # Most checks pass once over large tables: a nested loop, which the planner may choose when it expects next to
    # nothing, would take hours where much is wrong. What they sort and hash stays in memory.
    connection.execute(
        sa.text("SELECT set_config('enable_nestloop', :nested, true), set_config('work_mem', '128MB', true)"),
        {"nested": "on" if check.short_name in _ONE_BY_ONE else "off"},
    )
    values = {"from_date": run_date or date.min, "to_date": run_date or date.max, "at_most": AT_MOST}
    rows = execute(connection, check, **{name: value for name, value in values.items() if name in check.parameters})
    for row in rows.mappings():
        subject = {name: str(value) for name, value in row.items() if value is not None}
        contract_id, message = subject.pop("contract_id", None), subject.pop("message")
        yield Difference(check.short_name, contract_id, subject, message)
