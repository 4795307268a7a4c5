"""What another system had invoiced before counts as invoiced, and is never invoiced here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import billed
from tests.world.verdict import differences
from tests.world.world import World

AS_OF = october(1)


@pytest.fixture
def moved(world: World) -> World:
    """A line that another system had invoiced 700 on by 1 October, under a limit of 1,000; and a line of milestones."""
    world.contract(not_to_exceed_limit="1000")
    world.line()
    world.line("phases", method="fixed_price", contracted_amount="500")
    opening(world, "700")
    return world


def opening(world: World, amount: str, line_id: str = LINE, as_of: date = AS_OF) -> None:
    world.deliver(
        "opening_balances",
        contract_id=CONTRACT,
        contract_line_id=line_id,
        customer_id="Fabrikam",
        invoiced_amount=amount,
        as_of=as_of,
    )


def invoiced(world: World) -> Any:
    (limit,) = world.read("SELECT invoiced_amount FROM analytics.limits")
    return limit.invoiced_amount


def contract(world: World) -> Any:
    (row,) = world.read("SELECT * FROM analytics.contracts")
    return row


def exceptions(world: World) -> list[str]:
    """After a run, which looks for them."""
    world.run(october(20))
    return [row.message for row in world.read("SELECT message FROM analytics.billing_exceptions")]


def test_it_counts_for_limits(moved: World) -> None:
    moved.transaction("T1", october(2), "300")
    moved.transaction("T2", october(3), "1")
    assert invoiced(moved) == 700
    rows = moved.read("SELECT transaction_id, limit_status FROM analytics.unbilled_backlog ORDER BY transaction_id")
    assert [tuple(row) for row in rows] == [("T1", "committed"), ("T2", "failed")]


def test_it_counts_for_the_contract(moved: World) -> None:
    assert contract(moved).billed_amount == 700


def test_posted_work_up_to_its_day_is_part_of_it(moved: World) -> None:
    moved.transaction("T1", october(1), "300", status="invoice_posted")
    assert (invoiced(moved), contract(moved).billed_amount) == (700, 700)


def test_posted_work_after_its_day_comes_on_top(moved: World) -> None:
    moved.transaction("T1", october(2), "300", status="invoice_posted")
    assert (invoiced(moved), contract(moved).billed_amount) == (1000, 1000)


def test_larger_balance_leaves_no_room_for_what_comes_next(moved: World) -> None:
    moved.transaction("T1", october(2), "200")
    moved.load()
    opening(moved, "900")
    moved.transaction("T2", october(3), "100")
    rows = moved.read("SELECT transaction_id, limit_status FROM analytics.unbilled_backlog ORDER BY transaction_id")
    assert [tuple(row) for row in rows] == [("T1", "committed"), ("T2", "failed")]


def test_smaller_balance_admits_what_failed(moved: World) -> None:
    moved.transaction("T1", october(2), "400")
    moved.load()
    opening(moved, "600")
    (share,) = moved.read("SELECT limit_status FROM analytics.unbilled_backlog")
    assert share.limit_status == "committed"


def test_nothing_of_it_is_invoiced(moved: World) -> None:
    moved.transaction("T1", october(2), "100")
    moved.schedule(october(5))
    moved.run(october(5))
    assert billed(moved) == {october(5): ["T1"]}
    assert differences(moved) == []


@pytest.mark.parametrize(
    ("balance", "milestones", "is_reported"), [("200", ["300"], False), ("200", ["200"], True), ("0", ["500"], False)]
)
def test_it_counts_for_the_sum_of_milestones(
    moved: World, balance: str, milestones: list[str], is_reported: bool
) -> None:
    opening(moved, balance, "phases")
    for number, amount in enumerate(milestones):
        moved.milestone(f"M{number}", october(5), amount, line_id="phases", ready=False)
    assert any("was contracted for" in message for message in exceptions(moved)) == is_reported


def test_posted_milestone_up_to_its_day_is_part_of_it(moved: World) -> None:
    opening(moved, "200", "phases")
    moved.milestone("M0", october(1), "200", line_id="phases", billing_status="invoice_posted")
    moved.milestone("M1", october(5), "300", line_id="phases")
    assert not any("was contracted for" in message for message in exceptions(moved))


def test_milestone_is_held_to_a_limit_with_it(moved: World) -> None:
    moved.milestone("M1", october(5), "301", line_id="phases")
    desk = Desk(moved)
    (refused,) = desk.confirm(desk.created()).refused
    assert "700.00 is committed or invoiced, of 1000.00" in refused.reason
    assert Decimal(0) == contract(moved).billed_amount - 700
