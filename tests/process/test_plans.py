"""The plan of the filter holds whatever the planner knows: other buckets fill the details while it runs."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.process import ready_transactions
from invoicing.warehouse.statements import Statement, execute
from tests.world.names import october
from tests.world.steps import Steps
from tests.world.world import World


@pytest.fixture
def plan(three_lines: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """How shares are added up where all that is known of the tables is that they were empty."""
    lines: list[str] = []

    def explained(connection: sa.Connection, statement: Statement, **parameters: Any) -> sa.CursorResult[Any]:
        if statement.name.endswith("add_up_lines"):
            lines.extend(connection.execute(sa.text(f"EXPLAIN {statement.text}"), parameters).scalars())
        return execute(connection, statement, **parameters)

    run = Steps(three_lines, october(5)).up_to("find_due")
    with three_lines.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    monkeypatch.setattr(ready_transactions, "execute", explained)
    run.filter_ready()
    return "\n".join(lines)


def test_filter_never_reads_all_details_for_each_share(plan: str) -> None:
    assert "invoice_line_detail" in plan
    assert "Seq Scan on invoice_line_detail" not in plan


def test_filter_never_compares_a_share_with_every_detail_of_its_contract(plan: str) -> None:
    assert "Merge" not in plan
