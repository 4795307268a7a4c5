"""The plans of a bucket hold whatever the planner knows: what it reads was filled a moment ago, by itself and by other buckets."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.process import draft_invoices, ready_transactions
from invoicing.warehouse.statements import Statement, execute
from tests.servers import not_on_citus
from tests.world.names import october
from tests.world.steps import Steps
from tests.world.world import World

pytestmark = not_on_citus("each shard has a plan of its own")


@pytest.fixture
def plans(three_lines: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """How the statements of a day's buckets run where all that is known of the tables is that they were empty, by their names."""
    found: dict[str, str] = {}

    def explained(connection: sa.Connection, statement: Statement, **parameters: Any) -> sa.CursorResult[Any]:
        if statement in (ready_transactions.ADD_UP_LINES, *draft_invoices.WRITING):
            lines: sa.ScalarResult[str] = connection.execute(sa.text(f"EXPLAIN {statement.text}"), parameters).scalars()
            found[statement.short_name] = "\n".join(lines)
        return execute(connection, statement, **parameters)

    run = Steps(three_lines, october(5)).up_to("find_due")
    with three_lines.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    monkeypatch.setattr(ready_transactions, "execute", explained)
    monkeypatch.setattr(draft_invoices, "execute", explained)
    run.filter_ready()
    run.write_drafts()
    return found


def test_filter_never_reads_all_details_for_each_share(plans: dict[str, str]) -> None:
    assert "invoice_line_detail" in plans["add_up_lines"]
    assert "Seq Scan on invoice_line_detail" not in plans["add_up_lines"]


def test_filter_never_compares_a_share_with_every_detail_of_its_contract(plans: dict[str, str]) -> None:
    assert "Merge" not in plans["add_up_lines"]


def test_writer_never_compares_each_line_with_every_sum_of_its_bucket(plans: dict[str, str]) -> None:
    assert "run_line" in plans["empty_lines"]
    assert [name for name, plan in plans.items() if "run_line" in plan and "Anti Join" in plan] == []
