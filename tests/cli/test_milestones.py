"""`invoicing milestones`: what it prints."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Invoke
from tests.contracts.fixed_price import FixedPrice
from tests.world.desk import Desk
from tests.world.names import CONTRACT, october
from tests.world.reads import exceptions
from tests.world.world import World

LINE = ("milestones", "--contract", CONTRACT, "--line", "phases")
MONTHS = (*LINE, "--every", "month", "--from", "2026-10-31")


@pytest.fixture
def fixed(own_world: World) -> FixedPrice:
    """A line of 1,000 without milestones, shared by two customers."""
    own_world.contract()
    fixed = FixedPrice(own_world)
    fixed.line("1000", percents={"Fabrikam": "50", "Contoso": "50"})
    own_world.load()
    return fixed


def test_preview_prints_the_milestones_and_writes_nothing(fixed: FixedPrice, invoke: Invoke) -> None:
    status, out, _ = invoke(*MONTHS, "--count", "3", "--tax", "100", "--preview")
    head, _, *rows, said = filter(str.strip, out.splitlines())
    assert (status, head.split()) == (0, ["milestone", "date", "milestone", "name", "amount", "tax"])
    assert [row.split() for row in rows] == [
        ["2026-10-31", "phases/2026-10-31", "2026-10-31", "333.33", "33.33"],
        ["2026-11-30", "phases/2026-11-30", "2026-11-30", "333.33", "33.33"],
        ["2026-12-31", "phases/2026-12-31", "2026-12-31", "333.34", "33.34"],
    ]
    assert said == "Would add 3 milestones, 1,000.00 USD in all."
    assert fixed.shares() == []


def test_milestones_are_counted_when_they_are_written(fixed: FixedPrice, invoke: Invoke) -> None:
    status, out, _ = invoke(*MONTHS, "--until", "2026-12-31")
    assert (status, out.splitlines()[-1]) == (0, "3 milestones added, 1,000.00 USD in all.")
    assert len(fixed.shares()) == 6


def test_json_has_each_milestone(fixed: FixedPrice, invoke: Invoke) -> None:
    found = json.loads(invoke(*MONTHS, "--count", "2", "--preview", "--json")[1])
    assert found["milestones"][0] == {
        "milestone_id": "phases/2026-10-31",
        "name": "2026-10-31",
        "milestone_date": "2026-10-31",
        "amount": 500,
        "tax_amount": 0,
    }
    assert (found["preview"], found["contract_line_id"], found["currency"]) == (True, "phases", "USD")


def test_problem_of_a_line_without_milestones_leaves_with_them(fixed: FixedPrice, invoke: Invoke) -> None:
    fixed.world.run(october(1))
    assert exceptions(fixed.world) == ["fixed_price_without_milestones"]
    invoke(*MONTHS, "--count", "3")
    assert exceptions(fixed.world) == []


def test_list_says_where_each_share_and_the_whole_stand(fixed: FixedPrice, invoke: Invoke) -> None:
    invoke(*MONTHS, "--count", "2")
    Desk(fixed.world).mark(milestone_ids=["phases/2026-10-31"], customer_ids=["Fabrikam"])
    listed = json.loads(invoke(*LINE, "--json")[1])
    assert [(row["name"], row["state"], row["customer_id"], row["billing_status"]) for row in listed] == [
        ("2026-10-31", "in_progress", "Contoso", "not_ready"),
        ("2026-10-31", "in_progress", "Fabrikam", "ready_to_invoice"),
        ("2026-11-30", "not_started", "Contoso", "not_ready"),
        ("2026-11-30", "not_started", "Fabrikam", "not_ready"),
    ]
    assert "in_progress" in invoke("milestones")[1]


def test_list_is_narrowed_by_line(fixed: FixedPrice, invoke: Invoke) -> None:
    fixed.world.line("other", method="fixed_price")
    fixed.world.milestone("M1", october(1), line_id="other")
    fixed.generate(count=1)
    assert {row["contract_line_id"] for row in json.loads(invoke(*LINE, "--json")[1])} == {"phases"}
    assert len(json.loads(invoke("milestones", "--contract", CONTRACT, "--json")[1])) == 3


def test_same_series_again_ends_with_its_error(fixed: FixedPrice, invoke: Invoke) -> None:
    invoke(*MONTHS, "--count", "3")
    status, out, err = invoke(*MONTHS, "--count", "3")
    assert (status, out) == (1, "")
    assert err.startswith(
        "INV-516: nothing is left of line phases: its milestones and opening balances come to 1000.00"
    )


@pytest.mark.parametrize(
    "options",
    [
        (*LINE, "--every", "month", "--count", "3"),
        ("milestones", "--contract", CONTRACT, "--every", "month", "--from", "2026-10-31", "--count", "3"),
        (*MONTHS, "--contract", "Other", "--count", "3"),
        MONTHS,
        (*MONTHS, "--count", "3", "--until", "2026-12-31"),
        (*MONTHS, "--every", "decade", "--count", "3"),
        (*LINE, "--from", "2026-10-31"),
        (*LINE, "--preview"),
        (*LINE, "--tax", "0"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    fixed: FixedPrice, invoke: Invoke, options: tuple[str, ...]
) -> None:
    status, out, err = invoke(*options)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert fixed.shares() == []
