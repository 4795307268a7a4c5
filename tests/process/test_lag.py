"""How far invoicing is behind."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.audit.lag import Lag, measure_lag
from tests.world.names import LINE, october
from tests.world.world import World

DAY = october(5)


@pytest.fixture
def due(world: World) -> World:
    """An active contract with a line of time and material that is due on `DAY`."""
    world.contract()
    world.line()
    world.schedule(DAY)
    return world


def lag(world: World, as_of: date) -> Lag:
    with world.engine.connect() as connection:
        return measure_lag(connection, as_of)


def test_a_row_that_is_due_and_has_not_run_counts_with_its_age(due: World) -> None:
    assert lag(due, october(8)) == Lag(rows=1, days=3)


def test_a_row_of_the_day_itself_counts_without_age(due: World) -> None:
    assert lag(due, DAY) == Lag(rows=1, days=0)


def test_a_row_of_a_later_day_does_not_count(due: World) -> None:
    assert lag(due, october(4)) == Lag(rows=0, days=0)


def test_a_row_that_has_run_does_not_count(due: World) -> None:
    due.run(DAY)
    assert lag(due, october(8)) == Lag(rows=0, days=0)


def test_a_row_of_a_contract_that_is_not_active_does_not_count(due: World) -> None:
    due.revise("project_contracts", state="on_hold")
    assert lag(due, october(8)) == Lag(rows=0, days=0)


@pytest.mark.parametrize(("ready", "rows"), [(True, 1), (False, 0)])
def test_of_milestones_the_ready_ones_count(world: World, ready: bool, rows: int) -> None:
    world.contract()
    world.line(method="fixed_price")
    world.milestone("M", DAY, line_id=LINE, ready=ready)
    assert lag(world, october(8)).rows == rows
