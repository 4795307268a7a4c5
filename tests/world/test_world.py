"""The driver itself: what is built in a world is delivered when it is looked at, as a source would deliver it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from invoicing.errors import LoadRefusedError
from tests.world.names import LINE, october
from tests.world.reads import count
from tests.world.world import World


@pytest.fixture
def contract(world: World) -> World:
    world.contract()
    world.line(percents={"Fabrikam": "40", "Northwind": "60"})
    return world


def shares(world: World) -> dict[tuple[str, str], int]:
    """Amounts by transaction and customer."""
    rows = world.read("SELECT transaction_id, customer_id, amount FROM analytics.actuals")
    return {(row.transaction_id, row.customer_id): row.amount for row in rows}


def test_what_is_built_is_there_when_it_is_looked_at(contract: World) -> None:
    contract.transaction("T1", october(1), "100")
    assert shares(contract) == {("T1", "Fabrikam"): 40, ("T1", "Northwind"): 60}


def test_what_is_built_later_joins_it(contract: World) -> None:
    contract.transaction("T1", october(1), customer_id="Fabrikam")
    contract.load()
    contract.transaction("T2", october(1), customer_id="Fabrikam")
    assert shares(contract).keys() == {("T1", "Fabrikam"), ("T2", "Fabrikam")}


def test_what_is_revised_keeps_the_rest_of_its_words(contract: World) -> None:
    contract.transaction("T1", october(2), "100", customer_id="Fabrikam", description="dinner")
    contract.load()
    contract.revise("transactions", "T1", amount="90")
    (actual,) = contract.read("SELECT amount, transaction_date FROM analytics.actuals")
    assert tuple(actual) == (90, october(2))


def test_customer_who_is_not_named_any_more_shares_nothing(contract: World) -> None:
    contract.load()
    contract.split({"Fabrikam": "50", "Tailspin": "50"})
    contract.transaction("T1", october(1), "100")
    assert shares(contract) == {("T1", "Fabrikam"): 50, ("T1", "Tailspin"): 50}


def test_line_may_be_without_customers(world: World) -> None:
    world.contract()
    world.line(percents={})
    world.transaction("T1", october(1))
    assert shares(world) == {}


def test_folder_that_is_refused_is_thrown_away(contract: World) -> None:
    contract.split({"Fabrikam": "99"})
    with pytest.raises(LoadRefusedError, match="sum to 99"):
        contract.load()
    assert count(contract, "actuals") == 0


def test_copy_has_what_was_built_and_goes_its_own_way(contract: World, lend_world: Callable[[World], World]) -> None:
    contract.schedule(october(5))
    copy = lend_world(contract)
    copy.revise("invoice_schedules", LINE, october(5), run_status="run_successful")
    statuses = [world.read("SELECT run_status FROM analytics.invoice_schedule") for world in (contract, copy)]
    assert [row.run_status for (row,) in statuses] == ["not_run", "run_successful"]


def test_emptied_world_is_as_a_new_one(contract: World) -> None:
    contract.transaction("T1", october(1))
    contract.load()
    contract.transaction("T2", october(1))
    contract.empty()
    assert count(contract, "actuals") == 0
