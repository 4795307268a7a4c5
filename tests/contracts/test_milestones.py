"""Milestones that are generated: their amounts, their shares, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.contracts.milestones import milestone_id
from invoicing.contracts.series import Every
from invoicing.errors import (
    MilestonesExistError,
    MilestonesNotPossibleError,
    NotFoundError,
    NothingLeftError,
    TooManyMilestonesError,
    UsageError,
)
from tests.contracts.fixed_price import PHASES, START, FixedPrice
from tests.world.desk import Desk
from tests.world.names import CONTRACT, october
from tests.world.reads import billed, dump, exceptions, invoice_of
from tests.world.verdict import differences

NOVEMBER_5 = date(2026, 11, 5)


def test_milestone_is_named_by_its_date_and_not_ready(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(count=2)
    found = [(row.milestone_id, row.name, row.milestone_date, row.amount, row.billing_status) for row in fixed.shares()]
    assert found == [
        ("phases/2026-10-05", "2026-10-05", START, 6000, "not_ready"),
        ("phases/2026-11-05", "2026-11-05", NOVEMBER_5, 6000, "not_ready"),
    ]


def test_last_milestone_takes_what_the_others_leave(fixed: FixedPrice) -> None:
    fixed.line("1000")
    fixed.generate(count=3, tax="100")
    assert [(row.amount, row.tax_amount) for row in fixed.shares()] == [
        (Decimal("333.33"), Decimal("33.33")),
        (Decimal("333.33"), Decimal("33.33")),
        (Decimal("333.34"), Decimal("33.34")),
    ]


def test_series_may_be_given_by_its_last_day(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(Every.WEEK, until=october(19))
    assert fixed.amounts() == [4000] * 3


def test_customers_share_each_milestone_by_their_percents(fixed: FixedPrice) -> None:
    fixed.line("100", percents={"Fabrikam": "33.33", "Contoso": "66.67"})
    fixed.generate(count=3, tax="1")
    assert [(row.customer_id, row.amount, row.tax_amount) for row in fixed.shares()][-2:] == [
        ("Contoso", Decimal("22.23"), Decimal("0.23")),  # of 33.34 and 0.34; takes the rest
        ("Fabrikam", Decimal("11.11"), Decimal("0.11")),
    ]


@pytest.mark.parametrize("status", ["not_ready", "ready_to_invoice", "invoice_posted"])
def test_milestone_that_the_line_has_counts_whatever_became_of_it(fixed: FixedPrice, status: str) -> None:
    fixed.line()
    fixed.world.milestone("M1", october(1), "2000", line_id=PHASES, billing_status=status)
    fixed.generate(count=2)
    assert fixed.amounts() == [2000, 5000, 5000]


def test_milestone_that_was_billed_here_counts(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.world.milestone("M1", october(1), "2000", line_id=PHASES)
    desk = Desk(fixed.world)
    desk.confirm(desk.created())
    fixed.generate(count=2)
    assert fixed.amounts() == [2000, 5000, 5000]


def test_opening_balance_counts(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.world.deliver(
        "opening_balances",
        contract_id=CONTRACT,
        contract_line_id=PHASES,
        customer_id="Fabrikam",
        invoiced_amount="2000",
        as_of=october(1),
    )
    fixed.generate(count=2)
    assert fixed.amounts() == [5000] * 2


def test_milestones_of_another_line_do_not_count(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.world.line("other", method="fixed_price", contracted_amount="500")
    fixed.world.milestone("M1", october(1), "500", line_id="other")
    fixed.generate(count=2)
    assert fixed.amounts() == [500, 6000, 6000]


def test_discount_is_shared_as_an_amount_is(fixed: FixedPrice) -> None:
    fixed.line("-1000")
    fixed.generate(count=3)
    assert fixed.amounts() == [Decimal("-333.33"), Decimal("-333.33"), Decimal("-333.34")]


def test_nothing_is_wrong_with_a_line_whose_milestones_were_generated(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(count=2)
    fixed.world.run(october(1))
    assert exceptions(fixed.world) == []


def test_milestone_is_billed_on_its_date_once_it_is_ready(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(count=3)
    Desk(fixed.world).mark(milestone_ids=["phases/2026-11-05"])
    fixed.world.run(START)
    fixed.world.run(NOVEMBER_5)
    assert billed(fixed.world) == {NOVEMBER_5: ["phases/2026-11-05"]}
    assert differences(fixed.world) == []


def test_source_that_does_not_know_them_leaves_them_alone(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(count=2)
    Desk(fixed.world).mark(milestone_ids=["phases/2026-10-05"])
    before = dump(fixed.world, ledger=False)
    fixed.world.contract(name="Adatum Corporation")
    fixed.line()
    fixed.world.milestone("M1", october(1), "10", line_id=PHASES)
    fixed.world.load()
    after = dump(fixed.world, ledger=False)
    for table in ("milestone", "billable", "schedule_row"):
        assert set(before[table]) <= set(after[table])


def test_generating_again_says_that_nothing_is_left_and_changes_nothing(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(count=2)
    before = dump(fixed.world)
    with pytest.raises(NothingLeftError, match=r"come to 12000.00, .* contracted for 12000.00") as refused:
        fixed.generate(count=2)
    assert refused.value.contracted_amount == refused.value.planned_amount == 12000
    assert dump(fixed.world) == before


def test_amount_is_shared_once_however_many_ask_for_it_at_once(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.world.load()

    def generate(day: int) -> bool:
        try:
            fixed.generate(start=october(day), count=3)
        except NothingLeftError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(generate, range(1, 5))) == [False, False, False, True]
    assert fixed.amounts() == [4000] * 3


def test_what_an_amount_was_raised_by_is_shared_on_other_dates(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(count=2)
    fixed.line("13000")
    with pytest.raises(MilestonesExistError, match="phases/2026-11-05; choose other dates") as refused:
        fixed.generate(start=NOVEMBER_5, count=2)
    assert refused.value.milestone_ids == ("phases/2026-11-05",)
    fixed.generate(start=date(2026, 12, 5), count=2)
    assert fixed.amounts() == [6000, 6000, 500, 500]


def test_more_milestones_than_the_contracted_amount_leave_nothing(fixed: FixedPrice) -> None:
    fixed.line("1000")
    fixed.world.milestone("M1", october(1), "1200", line_id=PHASES)
    with pytest.raises(NothingLeftError, match="come to 1200"):
        fixed.generate(count=2)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"method": "time_and_material"}, "line phases is billed by time and material"),
        ({"amount": None}, "line phases has no contracted_amount"),
    ],
)
def test_line_that_cannot_have_milestones_is_refused(fixed: FixedPrice, line: dict[str, Any], message: str) -> None:
    fixed.line(**line)
    with pytest.raises(MilestonesNotPossibleError, match=message):
        fixed.generate(count=2)


def test_line_of_a_closed_contract_is_refused(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.world.contract(state="closed")
    with pytest.raises(MilestonesNotPossibleError, match="is of a closed contract"):
        fixed.generate(count=2)


def test_amount_of_nothing_leaves_nothing(fixed: FixedPrice) -> None:
    fixed.line("0")
    with pytest.raises(NothingLeftError):
        fixed.generate(count=1)


def test_unknown_contract_is_refused(fixed: FixedPrice) -> None:
    with pytest.raises(NotFoundError, match="no contract Nobody"):
        fixed.generate(contract_id="Nobody", count=1)


def test_unknown_line_is_refused(fixed: FixedPrice) -> None:
    with pytest.raises(NotFoundError, match=f"no line phases in contract {CONTRACT}"):
        fixed.generate(count=1)


def test_more_milestones_than_cents_are_refused(fixed: FixedPrice) -> None:
    fixed.line("0.05")
    with pytest.raises(TooManyMilestonesError, match=r"0\.05 USD cannot be shared by 6 milestones; ask for 5 at most"):
        fixed.generate(count=6)
    fixed.generate(count=5)
    assert fixed.amounts() == [Decimal("0.01")] * 5


@pytest.mark.parametrize(
    ("tax", "message"),
    [
        ("0.001", "has more decimals than USD, which has 2"),
        ("-1", "has not the sign of the amount"),
        ("NaN", "is not a number"),
        ("1E+20", "has 21 digits before the decimal point"),
    ],
)
def test_tax_that_is_none_of_such_an_amount_is_refused(fixed: FixedPrice, tax: str, message: str) -> None:
    fixed.line()
    with pytest.raises(UsageError, match=message):
        fixed.generate(count=2, tax=tax)


def test_line_with_a_long_id_has_ids_that_fit(fixed: FixedPrice) -> None:
    lines = ["x" * 99 + "1", "x" * 99 + "2"]
    for line_id in lines:
        fixed.world.line(line_id, method="fixed_price", contracted_amount="10")
        fixed.generate(line_id=line_id, count=2)
    names = {row.milestone_id for row in fixed.shares()}
    assert (len(names), {len(name) for name in names}) == (4, {100})


def test_line_with_an_id_that_just_fits_keeps_it_in_its_milestones() -> None:
    assert milestone_id("x" * 89, START) == "x" * 89 + "/2026-10-05"


def test_milestone_is_corrected_as_one_of_a_source(fixed: FixedPrice) -> None:
    fixed.line()
    fixed.generate(count=1)
    desk = Desk(fixed.world)
    desk.mark()
    fixed.world.run(START)
    desk.confirm(invoice_of(fixed.world, START))
    desk.confirm(desk.corrected(invoice_of(fixed.world, START)))
    assert [row.billing_status for row in fixed.shares()] == ["ready_to_invoice"]
    assert differences(fixed.world) == []


PERCENTS = st.lists(st.integers(1, 9_999), max_size=3, unique=True).map(
    lambda cuts: [high - low for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), 10_000], strict=True)]
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    currency=st.sampled_from(["JPY", "USD", "KWD", "CLF"]),
    units=st.integers(1, 10**10),
    tax_units=st.integers(0, 10**9),
    count=st.integers(1, 40),
    percents=PERCENTS,
)
def test_any_amount_comes_back_whole(
    fixed: FixedPrice, currency: str, units: int, tax_units: int, count: int, percents: list[int]
) -> None:
    decimals = {"JPY": 0, "USD": 2, "KWD": 3, "CLF": 4}[currency]
    amount, tax = (Decimal(number).scaleb(-decimals) for number in (units, tax_units))
    count = min(count, units)
    fixed.world.empty()
    fixed.world.contract(currency=currency)
    split = {f"C{number}": str(Decimal(percent).scaleb(-2)) for number, percent in enumerate(percents)}
    fixed.line(format(amount, "f"), percents=split)
    milestones = fixed.generate(count=count, tax=format(tax, "f")).milestones
    *others, last = milestones
    assert sum(one.amount for one in milestones) == amount
    assert sum(one.tax_amount for one in milestones) == tax
    assert len({(one.amount, one.tax_amount) for one in others}) <= 1
    assert all(0 < one.amount <= last.amount and 0 <= one.tax_amount <= last.tax_amount for one in others)
    shares = fixed.shares()
    for one in milestones:
        parts = [row for row in shares if row.milestone_id == one.milestone_id]
        assert len(parts) == len(percents)
        assert sum(part.amount for part in parts) == one.amount
        assert sum(part.tax_amount for part in parts) == one.tax_amount
    assert differences(fixed.world) == []
