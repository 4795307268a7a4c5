"""The plan of a warning holds where much is billed of many contracts: no share is compared with all others of its contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from invoicing.audit.exceptions import WARNINGS
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.world import World

CONTRACTS, TRANSACTIONS, EDITED = 40, 100, 2


def test_price_by_hand_is_not_looked_for_in_every_share_of_its_contract(world: World) -> None:
    contract_ids = [f"C{nth:03}" for nth in range(CONTRACTS)]
    for contract_id in contract_ids:
        world.contract(contract_id)
        world.line(contract_id=contract_id)
        for nth in range(TRANSACTIONS):
            world.transaction(f"T{nth}", october(1), "100", contract_id=contract_id)
    world.load()
    desk = Desk(world)
    drafts = [draft.invoice_id for draft in desk.create(*contract_ids).invoices]
    for draft in drafts:
        detail_ids = desk.detail_ids(draft)
        for nth in range(EDITED):
            desk.change(draft, detail_ids[f"T{nth}"], unit_price="90")
    desk.confirm(*drafts)
    plan = _explained(world, "price_changed_by_hand")
    assert plan["Actual Rows"] == CONTRACTS * EDITED
    assert max(_rows(plan)) <= CONTRACTS * TRANSACTIONS


def _explained(world: World, warning: str) -> dict[str, Any]:
    """How a warning was looked for, as EXPLAIN tells it."""
    (rule,) = (rule for rule in WARNINGS if rule.short_name == warning)
    with world.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        explain = sa.text(f"EXPLAIN (ANALYZE, FORMAT JSON) {rule.text}")
        explained: list[dict[str, dict[str, Any]]] = connection.execute(explain, {"contract_ids": None}).scalar_one()
    return explained[0]["Plan"]


def _rows(node: dict[str, Any]) -> Iterator[int]:
    """How many rows each node of a plan came to, those that it dropped included."""
    dropped = node.get("Rows Removed by Join Filter", 0) + node.get("Rows Removed by Filter", 0)
    yield (node["Actual Rows"] + dropped) * node["Actual Loops"]
    for child in node.get("Plans", ()):
        yield from _rows(child)
