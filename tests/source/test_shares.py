"""What a load records as the customers' shares in transactions and milestones, and when it changes them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.source.folders import SourceFolder, load, problems_of
from tests.world.desk import Desk
from tests.world.reads import shown
from tests.world.stored import milestones, source_rows
from tests.world.world import World

Share = tuple[str, Decimal | int, Decimal | int, Decimal | int]


def shares(world: World) -> list[Share]:
    """Customer, quantity, amount and tax of the shares in transactions that are not canceled."""
    return [
        (row.customer_id, row.quantity, row.amount, row.tax_amount)
        for row in world.read("SELECT * FROM analytics.actuals WHERE billing_status <> 'canceled' ORDER BY customer_id")
    ]


def milestone_shares(world: World) -> list[Share]:
    return [
        (row.customer_id, row.quantity, row.amount, row.tax_amount)
        for row in milestones(world)
        if row.billing_status != "canceled"
    ]


def recorded(world: World) -> list[Any]:
    """All that is recorded of every share, of those in transactions its moment included."""
    return [shown(world, ["actuals"]), milestones(world)]


def later(source: SourceFolder, *tables: str) -> SourceFolder:
    """A second folder of some of the tables, as they stand in the first."""
    folder = SourceFolder(source.path.with_name("later"))
    folder.tables = {name: source.tables[name] for name in tables}
    return folder


def test_each_line_customer_gets_its_percent_and_the_rounding_customer_the_rest(
    world: World, source: SourceFolder
) -> None:
    load(world, source.change("transactions", quantity="0.0001", amount="0.05", tax_amount="0.01").write())
    assert shares(world) == [
        ("adatum", Decimal("0.0001"), Decimal("0.03"), Decimal("0.01")),
        ("fabrikam", Decimal("0.0000"), Decimal("0.02"), Decimal("0.00")),
    ]


def test_shares_round_half_away_from_zero(world: World, source: SourceFolder) -> None:
    source.change("contract_line_customers", split_percent="50").change(
        "contract_line_customers", 1, split_percent="50"
    )
    load(world, source.change("transactions", quantity="-0.0003", amount="-0.01", tax_amount="0.03").write())
    assert shares(world) == [
        ("adatum", Decimal("-0.0001"), Decimal("0.00"), Decimal("0.01")),
        ("fabrikam", Decimal("-0.0002"), Decimal("-0.01"), Decimal("0.02")),
    ]


def test_transaction_that_names_a_customer_is_that_customers_alone(world: World, source: SourceFolder) -> None:
    load(world, source.change("transactions", customer_id="fabrikam", quantity="1.23456").write())
    assert shares(world) == [("fabrikam", Decimal("1.23456"), Decimal("123.58"), Decimal(0))]


def test_customer_of_zero_percent_gets_no_share(world: World, source: SourceFolder) -> None:
    source.change("contract_line_customers", split_percent="100").change(
        "contract_line_customers", 1, split_percent="0"
    )
    load(world, source.write())
    assert [customer for customer, *_ in shares(world)] == ["adatum"]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "751"), ("USD", "750.75"), ("KWD", "750.750")])
def test_missing_amount_is_quantity_by_price_in_the_currencys_decimals(
    world: World, source: SourceFolder, currency: str, amount: str
) -> None:
    source.change("project_contracts", currency=currency).change("contract_customers", not_to_exceed_limit="")
    load(world, source.change("transactions", customer_id="adatum").write())
    assert [[str(each) for each in row] for row in source_rows(world, "transactions", "amount")] == [[amount]]
    assert source_rows(world, "transactions", "tax_amount") == [(0,)]
    assert [str(share) for _, _, share, _ in shares(world)] == [amount]


def test_share_says_of_the_transaction_what_bills(world: World, source: SourceFolder) -> None:
    load(world, source.change("transactions", customer_id="adatum", billing_type="complimentary").write())
    (row,) = world.read(
        "SELECT contract_id, contract_line_id, customer_id, transaction_id, milestone_id, kind, transaction_class,"
        " billing_type, billing_status, transaction_date, unit_price FROM analytics.actuals"
    )
    assert row._mapping == {
        "contract_id": "C-1",
        "contract_line_id": "work",
        "customer_id": "adatum",
        "transaction_id": "T-1",
        "milestone_id": None,
        "kind": "unbilled_sales",
        "transaction_class": "time",
        "billing_type": "complimentary",
        "billing_status": "ready_to_invoice",
        "transaction_date": date(2020, 10, 2),
        "unit_price": Decimal("100.10"),
    }


def test_each_part_of_a_milestone_is_one_unit_of_its_amount(world: World, source: SourceFolder) -> None:
    load(world, source.change("milestones", amount="5000.01", tax_amount="0.05").write())
    assert milestone_shares(world) == [
        ("adatum", 1, Decimal("3000.01"), Decimal("0.03")),
        ("fabrikam", 1, Decimal("2000.00"), Decimal("0.02")),
    ]


def test_share_says_of_the_milestone_what_bills(world: World, source: SourceFolder) -> None:
    source.change("contract_lines", billing_method="fixed_price")
    load(world, source.change("milestones", amount="5000.01", billing_status="ready_to_invoice").write())
    world.run(date(2020, 10, 5))
    assert world.read(
        "SELECT DISTINCT contract_id, contract_line_id, milestone_id, transaction_id, transaction_class, billing_type,"
        " transaction_date::text, quantity, unit_price::text FROM analytics.invoice_line_details ORDER BY unit_price"
    ) == [
        ("C-1", "work", "M-1", None, "milestone", "chargeable", "2020-10-05", 1, "2000.00"),
        ("C-1", "work", "M-1", None, "milestone", "chargeable", "2020-10-05", 1, "3000.01"),
    ]


@pytest.mark.parametrize("status", ["not_ready", "ready_to_invoice"])
def test_milestone_is_recorded_as_ready_as_it_is(world: World, source: SourceFolder, status: str) -> None:
    load(world, source.change("milestones", billing_status=status).write())
    assert {row.billing_status for row in milestones(world)} == {status}


def test_actuals_are_numbered_by_contract_transaction_and_customer(world: World, source: SourceFolder) -> None:
    source.add("transactions", transaction_id="T-0").add("transactions", transaction_id="A-9")
    load(world, source.write())
    numbered = world.read("SELECT contract_id, transaction_id, customer_id FROM analytics.actuals ORDER BY actual_id")
    assert numbered == sorted(numbered)
    assert len(numbered) == 6


def test_later_percents_leave_the_shares_of_unchanged_transactions(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    before = recorded(world)
    source.change("contract_line_customers", split_percent="10").change(
        "contract_line_customers", 1, split_percent="90"
    )
    load(world, source.change("transactions", description="Another word for it").write())
    assert recorded(world) == before


def test_changed_transaction_keeps_the_percents_it_was_first_recorded_with(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    source.change("contract_line_customers", split_percent="10").change(
        "contract_line_customers", 1, split_percent="90"
    )
    load(world, source.change("transactions", quantity="10", amount="1000").write())
    assert shares(world) == [("adatum", 6, 600, 0), ("fabrikam", 4, 400, 0)]


def test_transaction_that_moves_to_another_line_takes_the_percents_of_that(world: World, source: SourceFolder) -> None:
    source.add("contract_lines", contract_line_id="other")
    for customer, percent in (("adatum", "10"), ("fabrikam", "90")):
        source.add(
            "contract_line_customers",
            contract_line_id="other",
            customer_id=customer,
            split_percent=percent,
            is_rounding_customer=str(customer == "adatum").lower(),
        )
    load(world, source.change("transactions", amount="750").write())
    load(world, source.change("transactions", contract_line_id="other").write())
    assert shares(world) == [("adatum", Decimal("0.75"), 75, 0), ("fabrikam", Decimal("6.75"), 675, 0)]


def test_share_that_ends_is_canceled(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    load(world, source.change("transactions", customer_id="fabrikam").write())
    assert world.read("SELECT customer_id, billing_status FROM analytics.actuals ORDER BY 1") == [
        ("adatum", "canceled"),
        ("fabrikam", "ready_to_invoice"),
    ]


def test_milestones_share_that_ends_is_canceled(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    load(world, source.change("milestones", customer_id="adatum").write())
    assert milestone_shares(world) == [("adatum", 1, 5000, 0)]


def test_share_that_is_taken_up_again_is_the_same_actual(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    before = shares(world)
    load(world, source.change("transactions", customer_id="fabrikam").write())
    load(world, source.change("transactions", customer_id="").write())
    assert shares(world) == before
    assert world.read("SELECT count(*) FROM analytics.actuals") == [(2,)]


def test_canceled_transaction_has_canceled_shares(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    load(world, source.change("transactions", billing_status="canceled").write())
    assert shares(world) == []


def moments(world: World) -> dict[str, datetime]:
    """When the share of each customer was recorded."""
    rows = world.read("SELECT customer_id, recorded_at FROM analytics.actuals")
    return {row.customer_id: row.recorded_at for row in rows}


def test_only_shares_that_change_are_recorded_anew(world: World, source: SourceFolder) -> None:
    load(world, source.change("transactions", tax_amount="1.00").write())
    before = moments(world)
    result = load(world, source.change("transactions", tax_amount="1.01").write())  # 0.40 of it stay fabrikam's
    after = moments(world)
    assert after["fabrikam"] == before["fabrikam"]
    assert after["adatum"] > before["adatum"]
    assert result.recorded_shares == 1


def test_status_set_by_hand_stays_while_the_source_says_the_same(world: World, source: SourceFolder) -> None:
    load(world, source.change("transactions", billing_status="unbilled").write())
    Desk(world).mark("C-1")
    load(world, source.change("transactions", category="other").write())
    sales = world.read("SELECT billing_status FROM analytics.actuals")
    assert {row.billing_status for row in (*sales, *milestones(world))} == {"ready_to_invoice"}


@pytest.mark.parametrize("again", [(), ("transactions", "milestones")], ids=["customers alone", "all again"])
def test_line_that_gets_customers_later_has_its_billables_recorded_then(
    world: World, source: SourceFolder, again: tuple[str, ...]
) -> None:
    late = later(source, "contract_line_customers", *again)
    del source.tables["contract_line_customers"]
    load(world, source.write())
    assert recorded(world) == [{"actuals": []}, []]
    result = load(world, late.write())
    assert result.recorded_shares == 4
    assert [customer for customer, *_ in shares(world) + milestone_shares(world)] == ["adatum", "fabrikam"] * 2
    assert {table.name: table.changed for table in result.tables if table.changed} == {}


def test_transaction_that_moves_to_a_line_without_customers_is_nobodys(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    load(
        world,
        source.add("contract_lines", contract_line_id="other").change("transactions", contract_line_id="other").write(),
    )
    assert shares(world) == []
    for row in later(source, "contract_line_customers").tables["contract_line_customers"]:
        row["contract_line_id"] = "other"
    load(world, source.write())
    assert [customer for customer, *_ in shares(world)] == ["adatum", "fabrikam"]


# Whatever the percents and amounts, the shares come to exactly what was shared


@pytest.fixture(scope="module")
def warehouse(new_world: Callable[[], World]) -> World:
    """One warehouse for all examples, each of which has a contract of its own."""
    return new_world()


@st.composite
def splits(draw: st.DrawFn) -> list[Decimal]:
    """Percents of two to five customers, the last of whom has a share for certain."""
    cuts = draw(st.lists(st.decimals(0, Decimal("99.9999"), places=4), min_size=1, max_size=4))
    edges = [Decimal(0), *sorted(cuts), Decimal(100)]
    return [high - low for low, high in pairwise(edges)]


numbers = itertools.count(1)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    percents=splits(),
    quantity=st.decimals(-10_000, 10_000, places=10),
    amount=st.decimals(-1_000_000, 1_000_000, places=2),
    tax=st.decimals(-1_000, 1_000, places=2),
)
def test_shares_sum_to_the_whole_to_the_last_unit(
    warehouse: World, percents: list[Decimal], quantity: Decimal, amount: Decimal, tax: Decimal
) -> None:
    contract = f"C-{next(numbers)}"
    milestone_tax = tax if amount else Decimal(0)
    customers = [f"P-{number}" for number, _ in enumerate(percents)]
    with tempfile.TemporaryDirectory() as folder:
        source = SourceFolder(Path(folder) / "source").only(
            "customers", "project_contracts", "contract_lines", "contract_line_customers", "transactions", "milestones"
        )
        source.change("contract_lines", invoice_frequency_id="")
        source.change("transactions", quantity=f"{quantity:f}", amount=f"{amount:f}", tax_amount=f"{tax:f}")
        source.change("milestones", amount=f"{amount:f}", tax_amount=f"{milestone_tax:f}")
        row = source.tables["contract_line_customers"][0]
        source.tables["customers"] = [{"customer_id": name, "name": name} for name in customers]
        source.tables["contract_line_customers"] = [
            {
                **row,
                "customer_id": name,
                "split_percent": f"{percent:f}",
                "is_rounding_customer": str(name == customers[-1]).lower(),
            }
            for name, percent in zip(customers, percents, strict=True)
        ]
        for rows in source.tables.values():
            rows[:] = [{**row, "contract_id": contract} if "contract_id" in row else row for row in rows]
        assert problems_of(warehouse, source.write()) == []
    sales = warehouse.read("SELECT * FROM analytics.actuals WHERE contract_id = :contract", contract=contract)
    parts = [row for row in milestones(warehouse) if row.contract_id == contract]
    assert sums(sales) == (quantity, amount, tax)
    assert sums(parts) == (len(parts), amount, milestone_tax)
    assert {row.quantity for row in parts} == {1}
    assert all(row.amount == round(row.amount, 2) for row in (*sales, *parts))


def sums(rows: list[sa.Row[Any]]) -> tuple[Decimal | int, ...]:
    return tuple(sum((getattr(row, name) for row in rows), Decimal(0)) for name in ("quantity", "amount", "tax_amount"))
