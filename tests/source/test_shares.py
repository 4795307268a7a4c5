"""What a load records as the customers' shares in transactions and milestones, and when it changes them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.warehouse.connection import create_engine
from tests.source.folders import SourceFolder, execute, load, problems_of, rows_of

WHOLE = """
SELECT customer_id, quantity, amount, tax_amount FROM invoicing.actual
WHERE kind = :kind AND billing_status <> 'canceled' ORDER BY 1
"""


def shares(engine: sa.Engine, kind: str = "unbilled_sales") -> list[tuple[Any, ...]]:
    return rows_of(engine, WHOLE, kind=kind)


def recorded(engine: sa.Engine) -> list[tuple[Any, ...]]:
    """All that is recorded of every share, its moment included."""
    return rows_of(engine, "SELECT a::text FROM invoicing.actual AS a ORDER BY actual_id")


def later(source: SourceFolder, *tables: str) -> SourceFolder:
    """A second folder of some of the tables, as they stand in the first."""
    folder = SourceFolder(source.path.with_name("later"))
    folder.tables = {name: source.tables[name] for name in tables}
    return folder


def test_each_line_customer_gets_its_percent_and_the_rounding_customer_the_rest(
    engine: sa.Engine, source: SourceFolder
) -> None:
    load(engine, source.change("transactions", quantity="0.0001", amount="0.05", tax_amount="0.01").write())
    assert shares(engine) == [
        ("adatum", Decimal("0.0001"), Decimal("0.03"), Decimal("0.01")),
        ("fabrikam", Decimal("0.0000"), Decimal("0.02"), Decimal("0.00")),
    ]


def test_shares_round_half_away_from_zero(engine: sa.Engine, source: SourceFolder) -> None:
    source.change("contract_line_customers", split_percent="50").change(
        "contract_line_customers", 1, split_percent="50"
    )
    load(engine, source.change("transactions", quantity="-0.0003", amount="-0.01", tax_amount="0.03").write())
    assert shares(engine) == [
        ("adatum", Decimal("-0.0001"), Decimal("0.00"), Decimal("0.01")),
        ("fabrikam", Decimal("-0.0002"), Decimal("-0.01"), Decimal("0.02")),
    ]


def test_transaction_that_names_a_customer_is_that_customers_alone(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("transactions", customer_id="fabrikam", quantity="1.23456").write())
    assert shares(engine) == [("fabrikam", Decimal("1.23456"), Decimal("123.58"), Decimal(0))]


def test_customer_of_zero_percent_gets_no_share(engine: sa.Engine, source: SourceFolder) -> None:
    source.change("contract_line_customers", split_percent="100").change(
        "contract_line_customers", 1, split_percent="0"
    )
    load(engine, source.write())
    assert [customer for customer, *_ in shares(engine)] == ["adatum"]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "751"), ("USD", "750.75"), ("KWD", "750.750")])
def test_missing_amount_is_quantity_by_price_in_the_currencys_decimals(
    engine: sa.Engine, source: SourceFolder, currency: str, amount: str
) -> None:
    source.change("project_contracts", currency=currency).change("contract_customers", not_to_exceed_limit="")
    load(engine, source.change("transactions", customer_id="adatum").write())
    assert rows_of(engine, "SELECT amount::text, tax_amount FROM invoicing.transaction") == [(amount, 0)]
    assert rows_of(engine, "SELECT amount::text FROM invoicing.actual WHERE kind = 'unbilled_sales'") == [(amount,)]


def test_share_says_of_the_transaction_what_bills(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("transactions", customer_id="adatum", billing_type="complimentary").write())
    assert rows_of(
        engine,
        "SELECT contract_id, contract_line_id, customer_id, transaction_id, milestone_id, transaction_class::text,"
        " billing_type::text, billing_status::text, transaction_date::text, unit_price::text"
        " FROM invoicing.actual WHERE kind = 'unbilled_sales'",
    ) == [("C-1", "work", "adatum", "T-1", None, "time", "complimentary", "ready_to_invoice", "2020-10-02", "100.10")]


def test_milestone_is_shared_as_one_unit_of_its_amount(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("milestones", amount="5000.01", tax_amount="0.05").write())
    assert shares(engine, "milestone") == [
        ("adatum", Decimal("0.6000"), Decimal("3000.01"), Decimal("0.03")),
        ("fabrikam", Decimal("0.4000"), Decimal("2000.00"), Decimal("0.02")),
    ]
    assert rows_of(
        engine,
        "SELECT DISTINCT transaction_class::text, billing_type::text, billing_status::text, transaction_date::text,"
        " unit_price::text, milestone_id, transaction_id FROM invoicing.actual WHERE kind = 'milestone'",
    ) == [("milestone", "chargeable", "unbilled", "2020-10-05", "5000.01", "M-1", None)]


def test_ready_milestone_is_recorded_as_ready(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("milestones", billing_status="ready_to_invoice").write())
    statuses = rows_of(engine, "SELECT DISTINCT billing_status::text FROM invoicing.actual WHERE kind = 'milestone'")
    assert statuses == [("ready_to_invoice",)]


def test_actuals_are_numbered_by_contract_transaction_and_customer(engine: sa.Engine, source: SourceFolder) -> None:
    source.add("transactions", transaction_id="T-0").add("transactions", transaction_id="A-9")
    load(engine, source.write())
    numbered = rows_of(
        engine,
        "SELECT contract_id, transaction_id, customer_id FROM invoicing.actual WHERE kind = 'unbilled_sales'"
        " ORDER BY actual_id",
    )
    assert numbered == sorted(numbered)
    assert len(numbered) == 6


def test_later_percents_leave_the_shares_of_unchanged_transactions(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    before = recorded(engine)
    source.change("contract_line_customers", split_percent="10").change(
        "contract_line_customers", 1, split_percent="90"
    )
    load(engine, source.change("transactions", description="Another word for it").write())
    assert recorded(engine) == before


def test_changed_transaction_is_split_by_the_percents_of_the_day(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    source.change("contract_line_customers", split_percent="10").change(
        "contract_line_customers", 1, split_percent="90"
    )
    load(engine, source.change("transactions", quantity="10", amount="1000").write())
    assert shares(engine) == [("adatum", 1, 100, 0), ("fabrikam", 9, 900, 0)]


def test_share_that_ends_is_canceled(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    load(engine, source.change("transactions", customer_id="fabrikam").write())
    assert rows_of(
        engine,
        "SELECT customer_id, billing_status::text FROM invoicing.actual WHERE kind = 'unbilled_sales' ORDER BY 1",
    ) == [("adatum", "canceled"), ("fabrikam", "ready_to_invoice")]


def test_milestones_share_that_ends_is_canceled(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    load(engine, source.change("milestones", customer_id="adatum").write())
    assert shares(engine, "milestone") == [("adatum", 1, 5000, 0)]


def test_share_that_is_taken_up_again_is_the_same_actual(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    before = shares(engine)
    load(engine, source.change("transactions", customer_id="fabrikam").write())
    load(engine, source.change("transactions", customer_id="").write())
    assert shares(engine) == before
    assert rows_of(engine, "SELECT count(*) FROM invoicing.actual WHERE kind = 'unbilled_sales'") == [(2,)]


def test_canceled_transaction_has_canceled_shares(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    load(engine, source.change("transactions", billing_status="canceled").write())
    assert shares(engine) == []


def test_only_shares_that_change_are_recorded_anew(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("transactions", tax_amount="1.00").write())
    before = rows_of(engine, "SELECT customer_id, recorded_at FROM invoicing.actual WHERE kind = 'unbilled_sales'")
    result = load(engine, source.change("transactions", tax_amount="1.01").write())  # 0.40 of it stay fabrikam's
    after = rows_of(engine, "SELECT customer_id, recorded_at FROM invoicing.actual WHERE kind = 'unbilled_sales'")
    assert dict(after)["fabrikam"] == dict(before)["fabrikam"]
    assert dict(after)["adatum"] > dict(before)["adatum"]
    assert result.recorded_shares == 1


def test_status_set_by_hand_stays_while_the_source_says_the_same(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.change("transactions", billing_status="unbilled").write())
    execute(engine, "UPDATE invoicing.actual SET billing_status = 'ready_to_invoice'")
    load(engine, source.change("transactions", category="other").write())
    statuses = rows_of(engine, "SELECT DISTINCT billing_status::text FROM invoicing.actual")
    assert statuses == [("ready_to_invoice",)]


@pytest.mark.parametrize("again", [(), ("transactions", "milestones")], ids=["customers alone", "all again"])
def test_line_that_gets_customers_later_has_its_billables_recorded_then(
    engine: sa.Engine, source: SourceFolder, again: tuple[str, ...]
) -> None:
    late = later(source, "contract_line_customers", *again)
    del source.tables["contract_line_customers"]
    load(engine, source.write())
    assert rows_of(engine, "SELECT count(*) FROM invoicing.actual") == [(0,)]
    result = load(engine, late.write())
    assert result.recorded_shares == 4
    assert [customer for customer, *_ in shares(engine) + shares(engine, "milestone")] == ["adatum", "fabrikam"] * 2
    assert {table.name: table.changed for table in result.tables if table.changed} == {}


def test_transaction_that_moves_to_a_line_without_customers_is_nobodys(engine: sa.Engine, source: SourceFolder) -> None:
    load(engine, source.write())
    load(
        engine,
        source.add("contract_lines", contract_line_id="other").change("transactions", contract_line_id="other").write(),
    )
    assert shares(engine) == []
    for row in later(source, "contract_line_customers").tables["contract_line_customers"]:
        row["contract_line_id"] = "other"
    load(engine, source.write())
    assert [customer for customer, *_ in shares(engine)] == ["adatum", "fabrikam"]


# Whatever the percents and amounts, the shares come to exactly what was shared


@pytest.fixture(scope="module")
def warehouse(new_database: Callable[[str], sa.URL], template: str) -> sa.Engine:
    """One warehouse for all examples, each of which has a contract of its own."""
    return create_engine(new_database(template))


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
    warehouse: sa.Engine, percents: list[Decimal], quantity: Decimal, amount: Decimal, tax: Decimal
) -> None:
    contract = f"C-{next(numbers)}"
    customers = [f"P-{number}" for number, _ in enumerate(percents)]
    with tempfile.TemporaryDirectory() as folder:
        source = SourceFolder(Path(folder) / "source").only(
            "customers", "project_contracts", "contract_lines", "contract_line_customers", "transactions", "milestones"
        )
        source.change("contract_lines", invoice_frequency_id="")
        source.change("transactions", quantity=f"{quantity:f}", amount=f"{amount:f}", tax_amount=f"{tax:f}")
        source.change("milestones", amount=f"{amount:f}", tax_amount=f"{tax:f}")
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
    found = rows_of(
        warehouse,
        "SELECT kind::text, sum(quantity), sum(amount), sum(tax_amount), bool_and(amount = round(amount, 2))"
        " FROM invoicing.actual WHERE contract_id = :contract GROUP BY kind",
        contract=contract,
    )
    assert set(found) == {("unbilled_sales", quantity, amount, tax, True), ("milestone", 1, amount, tax, True)}
