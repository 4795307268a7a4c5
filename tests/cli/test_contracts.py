"""`invoicing schedule`: what it prints."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Invoke
from tests.contracts.planner import TODAY, Planner
from tests.world.names import CONTRACT, october
from tests.world.world import World


@pytest.fixture
def planner(own_world: World) -> Planner:
    """A line that is invoiced on the four Mondays of October 2026."""
    own_world.contract()
    planner = Planner(own_world)
    planner.line("weekly", "monday", start=TODAY, end=october(31))
    own_world.load()
    return planner


def test_preview_lists_the_rows_and_writes_nothing(planner: Planner, invoke: Invoke) -> None:
    _, out, _ = invoke("schedule", "--preview")
    assert "2026-10-26" in out
    assert "Would add 4 rows and remove 0 rows." in out
    assert planner.dates() == []


def test_rows_are_counted_when_they_are_written(planner: Planner, invoke: Invoke) -> None:
    assert invoke("schedule", "--contract", CONTRACT)[1] == "4 rows added, 0 rows removed.\n"
    assert len(planner.dates()) == 4


def test_line_without_a_start_of_billing_is_named(planner: Planner, invoke: Invoke) -> None:
    planner.line("weekly", "monday", line_id="later", start=None)
    planner.world.load()
    assert "Line later of contract Adatum has a frequency and no billing_start_date" in invoke("schedule")[1]


def test_json_has_each_row(planner: Planner, invoke: Invoke) -> None:
    found = json.loads(invoke("schedule", "--preview", "--json")[1])
    assert found["rows"][0] == {
        "contract_id": CONTRACT,
        "contract_line_id": "work",
        "run_date": "2026-10-05",
        "change": "added",
    }
    assert (found["preview"], found["waiting"], found["without_start"]) == (True, 0, [])


def test_unknown_contract_ends_with_its_error(planner: Planner, invoke: Invoke) -> None:
    status, _, err = invoke("schedule", "--contract", "Nobody")
    assert (status, err) == (1, "INV-102: no contract Nobody in the warehouse\n")
