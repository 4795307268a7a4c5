"""Work is evaluated against its limits when it enters: what has room is committed, what has none fails and waits."""

from __future__ import annotations

import pytest

from invoicing.errors import LimitExceededError
from tests.limits.capped import Capped
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import billed


def test_work_without_a_limit_is_not_evaluated(capped: Capped) -> None:
    capped.world.transaction("T1", october(1))
    assert capped.verdicts() == {"T1": "not_applicable"}


@pytest.mark.parametrize("level", ["contract", "customer", "line", "line_customer"])
def test_each_level_fails_what_it_has_no_room_for(capped: Capped, level: str) -> None:
    getattr(capped, f"limit_{level}")("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    of = {"customer": "contract_customer", "line": "contract_line", "line_customer": "contract_line_customer"}
    name = of.get(level, level)
    assert capped.verdicts() == {"T1": "committed", "T2": f"failed {name}"}
    assert capped.taken() == {name: (100, 0, 50)}


def test_limit_that_is_met_to_the_cent_holds(capped: Capped) -> None:
    capped.limit_contract("200.10")
    capped.world.transaction("T1", october(1), "100.05")
    capped.world.transaction("T2", october(2), "100.05")
    capped.world.transaction("T3", october(3), "0.01")
    assert capped.verdicts() == {"T1": "committed", "T2": "committed", "T3": "failed contract"}


def test_what_fails_takes_no_room_so_that_a_smaller_one_after_it_fits(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    capped.world.transaction("T3", october(3), "50")
    assert capped.verdicts() == {"T1": "committed", "T2": "failed contract", "T3": "committed"}


def test_work_is_evaluated_by_date_and_then_by_transaction(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.world.transaction("T3", october(1), "60")
    capped.world.transaction("T2", october(2), "40")
    capped.world.transaction("T1", october(2), "40")
    assert capped.verdicts() == {"T1": "committed", "T2": "failed contract", "T3": "committed"}


def test_first_level_without_room_is_named(capped: Capped) -> None:
    for limit in (capped.limit_contract, capped.limit_customer, capped.limit_line, capped.limit_line_customer):
        limit("10")
    capped.world.transaction("T1", october(1))
    assert capped.verdicts() == {"T1": "failed contract_line_customer"}


def test_all_levels_must_have_room_before_any_is_taken(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.limit_line("500")
    capped.world.transaction("T1", october(1), "200")
    assert capped.taken() == {"contract": (0, 0, 100), "contract_line": (0, 0, 500)}


def test_limit_of_a_customer_is_of_that_customer_alone(capped: Capped) -> None:
    capped.world.split({"Fabrikam": "50", "Northwind": "50"})
    capped.limit_customer("40", "Northwind")
    capped.world.transaction("T1", october(1), "100")
    rows = capped.world.read("SELECT customer_id, limit_status FROM analytics.unbilled_backlog ORDER BY customer_id")
    assert [tuple(row) for row in rows] == [("Fabrikam", "not_applicable"), ("Northwind", "failed")]


def test_limit_of_a_line_is_of_that_line_alone(capped: Capped) -> None:
    capped.world.line("more")
    capped.limit_line("50")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(1), "100", line_id="more")
    assert capped.verdicts() == {"T1": "failed contract_line", "T2": "not_applicable"}


@pytest.mark.parametrize("billing_type", ["non_chargeable", "complimentary"])
def test_what_is_not_chargeable_is_under_no_limit(capped: Capped, billing_type: str) -> None:
    capped.limit_contract("50")
    capped.world.transaction("T1", october(1), "100", billing_type=billing_type)
    assert capped.verdicts() == {"T1": "not_applicable"}


def test_class_that_the_line_does_not_bill_is_under_no_limit(capped: Capped) -> None:
    capped.world.line(excludes=("expense",))
    capped.limit_contract("50")
    capped.world.transaction("T1", october(1), "100", transaction_class="expense")
    assert capped.verdicts() == {"T1": "not_applicable"}


def test_limit_of_nothing_has_room_for_nothing(capped: Capped) -> None:
    capped.limit_contract("0")
    capped.world.transaction("T1", october(1), "0.01")
    capped.world.transaction("T2", october(1), "0", unit_price="100")
    assert capped.verdicts() == {"T1": "failed contract", "T2": "committed"}


def test_negative_amount_gives_room(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.world.transaction("T1", october(1), "-50", quantity="-1")
    capped.world.transaction("T2", october(2), "150")
    assert capped.verdicts() == {"T1": "committed", "T2": "committed"}


def test_currency_is_that_of_the_contract(capped: Capped) -> None:
    capped.limit_contract("50")
    (limit,) = capped.world.read("SELECT contract_id, currency, limit_amount FROM analytics.limits")
    assert tuple(limit) == (CONTRACT, "USD", 50)


# Runs


def test_run_leaves_out_what_exceeds_a_limit_and_says_so(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    capped.world.schedule(october(5))
    capped.world.run(october(5))
    assert billed(capped.world) == {october(5): ["T1"]}
    rows = capped.world.read("SELECT reason, transactions, amount FROM analytics.run_accounting ORDER BY reason")
    assert [tuple(row) for row in rows] == [("invoiced", 1, 100), ("not_to_exceed", 1, 100)]


def test_run_finds_what_exceeds_a_limit_as_an_exception(capped: Capped) -> None:
    capped.limit_line("150")
    for number in range(1, 4):
        capped.world.transaction(f"T{number}", october(number), "100")
    capped.world.schedule(october(5))
    capped.world.run(october(5))
    (found,) = capped.world.read("SELECT * FROM analytics.billing_exceptions WHERE code = 'not_to_exceed'")
    assert (found.contract_id, found.contract_line_id, found.customer_id) == (CONTRACT, LINE, "Fabrikam")
    assert found.message == (
        "2 transactions of line work for customer Fabrikam, 200.00 USD, exceed a limit (contract_line); raise "
        "not_to_exceed_limit and run invoicing reevaluate, or set them non_chargeable."
    )


def test_what_stands_on_a_draft_is_committed(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.schedule(october(5))
    capped.world.run(october(5))
    assert capped.taken() == {"contract": (100, 0, 50)}


def test_second_run_of_the_day_changes_nothing(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    capped.world.schedule(october(5))
    capped.world.run(october(5))
    day = capped.world.run(october(5))
    assert day.figures.invoices_written == 0


# What a load changes


def test_work_that_is_loaded_later_finds_what_is_left(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T2", october(2), "100")
    assert capped.verdicts() == {"T2": "committed"}
    capped.world.transaction("T1", october(1), "100")
    assert capped.verdicts() == {"T1": "failed contract", "T2": "committed"}


def test_load_that_says_the_same_changes_no_verdict(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.load()
    capped.limit_contract("50")
    capped.world.transaction("T1", october(1), "100", description="more words")
    assert capped.verdicts() == {"T1": "committed"}


def test_larger_amount_is_evaluated_again(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.load()
    capped.world.transaction("T1", october(1), "160")
    assert capped.verdicts() == {"T1": "failed contract"}
    assert capped.taken() == {"contract": (0, 0, 150)}


def test_smaller_amount_of_what_failed_is_evaluated_again(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "160")
    capped.world.load()
    capped.world.transaction("T1", october(1), "150")
    assert capped.verdicts() == {"T1": "committed"}


def test_work_that_moves_to_another_line_is_evaluated_there(capped: Capped) -> None:
    capped.world.line("more")
    capped.limit_line("150")
    capped.limit_line("50", "more")
    capped.world.transaction("T1", october(1), "100")
    assert capped.verdicts() == {"T1": "committed"}
    capped.world.transaction("T1", october(1), "100", line_id="more")
    assert capped.verdicts() == {"T1": "failed contract_line"}


def test_canceled_work_gives_its_room_back(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.world.transaction("T1", october(1), "100")
    capped.world.load()
    capped.world.transaction("T1", october(1), "100", status="canceled")
    capped.world.transaction("T2", october(2), "100")
    assert capped.verdicts() == {"T2": "committed"}


def test_work_that_another_system_invoiced_counts_as_invoiced(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100", status="invoice_posted")
    capped.world.transaction("T2", october(2), "100")
    assert capped.taken() == {"contract": (0, 100, 50)}
    assert capped.verdicts() == {"T2": "failed contract"}


def test_raised_limit_admits_what_failed(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    capped.world.load()
    capped.limit_contract("200")
    assert capped.verdicts() == {"T1": "committed", "T2": "committed"}


def test_lowered_limit_displaces_nothing_that_is_committed(capped: Capped) -> None:
    capped.limit_contract("200")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    capped.world.load()
    capped.limit_contract("50")
    capped.world.transaction("T3", october(1), "1")
    assert capped.verdicts() == {"T1": "committed", "T2": "committed", "T3": "failed contract"}
    assert capped.taken() == {"contract": (200, 0, -150)}


def test_first_limit_of_a_contract_is_of_the_work_that_is_open(capped: Capped) -> None:
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    capped.world.load()
    capped.limit_line_customer("150")
    assert capped.verdicts() == {"T1": "committed", "T2": "failed contract_line_customer"}


def test_what_is_on_a_draft_is_admitted_by_a_limit_that_comes_later(capped: Capped) -> None:
    capped.world.transaction("T1", october(1), "10")
    capped.world.transaction("T2", october(2), "100")
    draft = capped.desk.create(transaction_ids=["T2"]).invoices[0].invoice_id
    capped.limit_contract("100")
    assert capped.verdicts() == {"T1": "failed contract"}
    assert capped.taken() == {"contract": (100, 0, 0)}
    assert capped.desk.confirm(draft).refused == ()


def test_limit_that_is_taken_away_holds_nothing_back(capped: Capped) -> None:
    capped.limit_contract("50")
    capped.world.transaction("T1", october(1), "100")
    assert capped.verdicts() == {"T1": "failed contract"}
    capped.limit_contract(None)
    assert capped.verdicts() == {"T1": "not_applicable"}


# By hand


def test_reset_admits_by_date_whatever_was_admitted_first(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.world.transaction("T2", october(2), "100")
    capped.world.load()
    capped.world.transaction("T1", october(1), "100")
    capped.world.load()
    assert capped.reevaluate() == 0
    assert capped.reevaluate(reset=True) == 2
    assert capped.verdicts() == {"T1": "committed", "T2": "failed contract"}


def test_figures_of_what_failed_follow_without_another_verdict(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "200")
    capped.world.transaction("T2", october(2), "100")
    assert capped.reevaluate() == 0
    with pytest.raises(LimitExceededError, match=r"100.00 is committed or invoiced, of 150"):
        capped.desk.mark(transaction_ids=["T1"])


def test_reset_leaves_what_is_on_a_draft(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.world.transaction("T2", october(2), "100")
    draft = capped.desk.created()
    capped.world.transaction("T1", october(1), "100")
    assert capped.reevaluate(reset=True) == 0
    assert capped.desk.confirm(draft).refused == ()


def test_room_that_a_changed_billing_type_gives_is_taken_when_it_is_evaluated_again(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    capped.desk.set_billing_type("complimentary", transaction_ids=["T1"])
    assert capped.verdicts() == {"T1": "not_applicable", "T2": "failed contract"}
    assert capped.reevaluate() == 1
    assert capped.verdicts() == {"T1": "not_applicable", "T2": "committed"}


def test_what_becomes_chargeable_is_evaluated(capped: Capped) -> None:
    capped.limit_contract("50")
    capped.world.transaction("T1", october(1), "100", billing_type="complimentary")
    capped.desk.set_billing_type("chargeable")
    assert capped.verdicts() == {"T1": "failed contract"}
