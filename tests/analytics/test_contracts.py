"""What analysts read of contracts, milestones and the backlog."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import invoice_of


def contract(desk: Desk, column: str) -> Any:
    """What the contract says in a column."""
    ((value,),) = desk.world.read(f"SELECT {column} FROM analytics.contracts WHERE contract_id = '{CONTRACT}'")
    return value


def next_run_dates(desk: Desk) -> dict[str, date | None]:
    rows = desk.world.read("SELECT transaction_id, next_run_date FROM analytics.unbilled_backlog")
    return {row.transaction_id: row.next_run_date for row in rows}


def milestone(desk: Desk, milestone_id: str = "M") -> list[tuple[Any, ...]]:
    rows = desk.world.read(
        "SELECT customer_id, amount, billing_status FROM analytics.milestones WHERE milestone_id = :milestone_id"
        " ORDER BY customer_id",
        milestone_id=milestone_id,
    )
    return [tuple(row) for row in rows]


# Amounts of a contract


def test_contracted_amount_is_that_of_its_lines(desk: Desk) -> None:
    assert contract(desk, "contracted_amount") == 5900


def test_open_is_what_is_not_billed_whether_ready_or_on_a_draft(desk: Desk) -> None:
    desk.world.transaction("on a draft", october(1), "100")
    desk.world.run(october(5))
    desk.world.transaction("ready", october(1), "20")
    desk.world.transaction("not ready", october(1), "3", status="unbilled")
    desk.world.milestone("M", october(30), "4000", line_id="prototype", ready=False)
    assert contract(desk, "open_amount") == 4123


def test_ready_is_what_an_invoice_may_take_now(desk: Desk) -> None:
    desk.world.transaction("on a draft", october(1), "100")
    desk.world.run(october(5))
    desk.world.transaction("ready", october(1), "20")
    desk.world.transaction("not ready", october(1), "3", status="unbilled")
    desk.world.transaction("never billed", october(1), "7", line_id="prototype")
    assert contract(desk, "ready_amount") == 20


def test_what_is_not_chargeable_counts_for_nothing(desk: Desk) -> None:
    desk.world.transaction("T", october(1), billing_type="complimentary")
    assert (contract(desk, "open_amount"), contract(desk, "ready_amount")) == (0, 0)


def test_billed_is_what_was_confirmed_less_what_was_taken_back(desk: Desk) -> None:
    desk.world.transaction("kept", october(1), "100", tax="25")
    desk.world.transaction("taken back", october(1), "30")
    desk.world.run(october(5))
    invoice = invoice_of(desk.world, october(5))
    desk.confirm(invoice)
    assert contract(desk, "billed_amount") == 130
    desk.confirm(desk.corrected(invoice, [desk.detail_ids(invoice)["taken back"]]))
    assert (contract(desk, "billed_amount"), contract(desk, "open_amount")) == (100, 30)


def test_what_another_system_billed_is_billed(desk: Desk) -> None:
    desk.world.transaction("T", october(1), "100", status="invoice_posted")
    assert (contract(desk, "billed_amount"), contract(desk, "open_amount")) == (100, 0)


# When it is next run


def test_next_run_date_of_a_contract_may_be_a_day_past(desk: Desk) -> None:
    desk.world.run(october(5))
    assert contract(desk, "next_run_date") == october(19)
    desk.world.schedule(october(2))
    assert contract(desk, "next_run_date") == october(2)


def test_contract_that_is_not_active_is_not_run(desk: Desk) -> None:
    desk.world.contract(state="on_hold")
    desk.world.transaction("T", october(1))
    assert (contract(desk, "next_run_date"), next_run_dates(desk)) == (None, {"T": None})


def test_backlog_comes_with_the_first_row_whose_cutoff_admits_it(desk: Desk) -> None:
    for day in (4, 5, 18, 19):
        desk.world.transaction(f"of {day}", october(day))
    assert next_run_dates(desk) == {
        "of 4": october(5),
        "of 5": october(19),
        "of 18": october(19),
        "of 19": None,
    }


def test_backlog_passes_a_row_whose_cutoff_is_earlier_than_that_of_the_one_before(desk: Desk) -> None:
    desk.world.schedule(october(12), cutoff=october(2))
    desk.world.transaction("T", october(5))
    assert next_run_dates(desk) == {"T": october(19)}


def test_backlog_passes_a_row_that_has_run(desk: Desk) -> None:
    desk.world.run(october(5))
    desk.world.transaction("T", october(1))
    assert next_run_dates(desk) == {"T": october(19)}


def test_no_row_takes_a_class_that_the_line_does_not_bill(desk: Desk) -> None:
    desk.world.revise("contract_lines", LINE, includes_fee=False)
    desk.world.transaction("T", october(1), transaction_class="fee")
    assert next_run_dates(desk) == {"T": None}


def test_no_milestone_takes_a_transaction(desk: Desk) -> None:
    desk.world.milestone("M", october(5), line_id="prototype")
    desk.world.transaction("T", october(1), line_id="prototype")
    assert next_run_dates(desk) == {"T": None}


# Milestones


@pytest.mark.parametrize(("ready", "status"), [(True, "ready_to_invoice"), (False, "not_ready")])
def test_milestone_says_whether_it_is_ready(desk: Desk, ready: bool, status: str) -> None:
    desk.world.milestone("M", october(5), line_id="prototype", ready=ready)
    assert milestone(desk) == [("Fabrikam", Decimal(5000), status)]


def test_milestone_has_a_row_for_each_customer(desk: Desk) -> None:
    desk.world.line("shared", method="fixed_price", percents={"Fabrikam": "25", "Northwind": "75"})
    desk.world.milestone("M", october(5), "100", line_id="shared")
    shares = [(customer_id, amount) for customer_id, amount, _ in milestone(desk)]
    assert shares == [("Fabrikam", 25), ("Northwind", 75)]


def test_milestone_follows_its_invoice(desk: Desk) -> None:
    desk.world.milestone("M", october(5), line_id="prototype")
    desk.world.run(october(5))
    assert milestone(desk)[0][2] == "invoice_created"
    desk.confirm(invoice_of(desk.world, october(5)))
    assert milestone(desk)[0][2] == "invoice_posted"


def test_milestone_that_was_given_back_stands_once_and_open(desk: Desk) -> None:
    desk.world.milestone("M", october(5), line_id="prototype")
    desk.world.run(october(5))
    invoice = invoice_of(desk.world, october(5))
    desk.confirm(invoice)
    desk.confirm(desk.corrected(invoice))
    assert milestone(desk) == [("Fabrikam", Decimal(5000), "ready_to_invoice")]


def test_milestone_that_another_system_billed_is_posted(desk: Desk) -> None:
    desk.world.milestone("M", october(5), line_id="prototype", billing_status="invoice_posted")
    assert milestone(desk)[0][2] == "invoice_posted"
