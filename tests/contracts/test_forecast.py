"""What is coming: each piece of open work under the run date that takes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.world import World


@pytest.fixture
def firm(world: World) -> World:
    """A line that is due on 5 and 12 October, and a line of milestones."""
    world.contract()
    world.line()
    world.line("phases", method="fixed_price")
    world.schedule(october(5), october(12))
    return world


def forecast(world: World, *columns: str) -> list[tuple[Any, ...]]:
    names = ", ".join(columns or ("ready_amount", "not_ready_amount", "milestone_amount"))
    return [tuple(row) for row in world.read(f"SELECT run_date, {names} FROM analytics.forecast ORDER BY run_date")]


def test_work_comes_with_the_first_date_whose_cutoff_admits_it(firm: World) -> None:
    firm.transaction("T1", october(4), "100")
    firm.transaction("T2", october(5), "50")
    firm.transaction("T3", october(12), "7")
    assert forecast(firm) == [(october(5), 100, 0, 0), (october(12), 50, 0, 0)]


def test_several_pieces_of_a_day_are_added_up(firm: World) -> None:
    firm.transaction("T1", october(1), "100")
    firm.transaction("T2", october(1), "100")
    assert forecast(firm)[0] == (october(5), 200, 0, 0)


def test_work_that_is_not_ready_or_beyond_a_limit_is_apart(firm: World) -> None:
    firm.revise("contract_lines", LINE, not_to_exceed_limit="150")
    firm.transaction("T1", october(1), "100")
    firm.transaction("T2", october(2), "100")
    firm.transaction("T3", october(3), "10", status="unbilled")
    assert forecast(firm)[0] == (october(5), 100, 110, 0)


@pytest.mark.parametrize("ready", [True, False])
def test_milestone_comes_on_its_date(firm: World, ready: bool) -> None:
    firm.milestone("M1", october(7), "500", line_id="phases", ready=ready)
    assert (october(7), 0, 0, 500) in forecast(firm)


@pytest.mark.parametrize("changes", [{"billing_type": "complimentary"}, {"transaction_class": "expense"}], ids=str)
def test_what_adds_to_no_total_is_not_in_it(firm: World, changes: dict[str, str]) -> None:
    firm.line(excludes=("expense",))
    firm.transaction("T1", october(1), "100", **changes)
    assert forecast(firm)[0] == (october(5), 0, 0, 0)


def test_what_is_on_a_draft_is_not_in_it(firm: World) -> None:
    firm.transaction("T1", october(1), "100")
    Desk(firm).create()
    assert forecast(firm)[0] == (october(5), 0, 0, 0)


def test_date_that_has_run_is_not_in_it(firm: World) -> None:
    firm.run(october(5))
    assert [row[0] for row in forecast(firm)] == [october(12)]


def test_contract_that_is_not_active_is_not_in_it(firm: World) -> None:
    firm.contract(state="on_hold")
    assert forecast(firm) == []


def test_lines_of_a_contract_are_counted(firm: World) -> None:
    firm.line("more")
    firm.schedule(october(5), line_id="more")
    assert forecast(firm, "due_lines", "currency") == [(october(5), 2, "USD"), (october(12), 1, "USD")]


def test_typical_amount_is_the_average_of_the_last_six_confirmed_run_dates(firm: World) -> None:
    desk = Desk(firm)
    firm.schedule(*(october(day) for day in range(21, 29)))
    for number, day in enumerate(range(21, 28)):
        firm.transaction(f"T{number}", october(day - 1), str(100 * number + 100))
        firm.run(october(day))
    rows = firm.read("SELECT invoice_id FROM analytics.invoices ORDER BY run_date")
    assert desk.confirm(*(row.invoice_id for row in rows)).refused == ()
    assert forecast(firm, "typical_amount")[-1] == (october(28), Decimal(450))


def test_line_that_was_never_billed_has_no_typical_amount(firm: World) -> None:
    assert forecast(firm, "typical_amount", "contract_id")[0] == (october(5), None, CONTRACT)
