"""The parts of customers, worked by hand."""

from __future__ import annotations

from dataclasses import astuple
from decimal import Decimal

import pytest

from tests.model.adatum import adatum, key, milestone, october, schedule, shares, work
from tests.model.life import Model
from tests.model.shares import split
from tests.model.source import Contract, Line, Source


def test_split_leaves_the_rest_to_the_rounding_customer() -> None:
    parts = split(Decimal(100), shares("33.3333", "33.3333", "33.3334"), 2)
    assert parts == {"first": Decimal("33.33"), "second": Decimal("33.33"), "third": Decimal("33.34")}


def test_split_rounds_half_away_from_zero() -> None:
    assert split(Decimal("-0.01"), shares("50", "50"), 2) == {"first": Decimal("-0.01"), "second": Decimal(0)}


def test_split_gives_nothing_to_zero_percent() -> None:
    assert split(Decimal(5), shares("0", "100"), 2) == {"second": Decimal(5)}


def test_amount_is_rounded_before_it_is_split() -> None:
    calculator = Model()
    calculator.load(
        Source(
            project_contracts=(Contract("Adatum"),),
            contract_lines=(Line("Adatum", "work"),),
            contract_line_customers=shares("50", "50"),
            transactions=(work("half", october(1), quantity=Decimal("0.5"), unit_price=Decimal("0.03")),),
        )
    )
    parts = {actual.customer_id: (actual.worth.quantity, actual.worth.amount) for actual in calculator.actuals}
    assert parts == {
        "first": (Decimal("0.25"), Decimal("0.01")),  # of 0.02, not of 0.015
        "second": (Decimal("0.25"), Decimal("0.01")),
    }


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1"), ("USD", "0.53"), ("KWD", "0.525")])
def test_amount_is_rounded_to_the_decimals_of_the_currency(currency: str, amount: str) -> None:
    calculator = adatum(
        project_contracts=(Contract("Adatum", currency),),
        transactions=(work("some", october(1), quantity=Decimal("0.35"), unit_price=Decimal("1.5")),),
    )
    assert [actual.worth.amount for actual in calculator.actuals] == [Decimal(amount)]


def test_transaction_of_a_named_customer_is_theirs_alone() -> None:
    calculator = adatum(transactions=(work("own", october(1), customer_id="third"),))
    assert [actual.customer_id for actual in calculator.actuals] == ["third"]


def test_each_customer_has_one_milestone_of_their_part() -> None:
    calculator = adatum(
        contract_line_customers=shares("60", "40", line="prototype"),
        milestones=(milestone("design", october(5), "10", tax_amount=Decimal(1)),),
    )
    parts = {(actual.customer_id, *(str(figure) for figure in astuple(actual.worth))) for actual in calculator.actuals}
    assert parts == {("first", "1", "6.00", "6.00", "0.60"), ("second", "1", "4.00", "4.00", "0.40")}


def test_each_customer_gets_their_own_invoice() -> None:
    calculator = adatum(
        contract_line_customers=shares("60", "40"),
        transactions=(work("shared", october(1)),),
        invoice_schedules=schedule(october(5)),
    )
    calculator.run(october(5))
    assert {invoice.key: invoice.total_amount for invoice in calculator.shown_invoices} == {
        key(october(5), "first"): 60,
        key(october(5), "second"): 40,
    }
