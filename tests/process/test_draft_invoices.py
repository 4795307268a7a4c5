"""What the drafts of a run look like: one invoice per contract, customer, currency and run date, and its sums."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest

from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import billed, invoice_of, shown, totals
from tests.world.world import World

DAY = october(5)


@pytest.fixture
def due(world: World) -> World:
    """An active contract with a line of time and material, due on 5 October."""
    world.contract()
    world.line()
    world.schedule(DAY)
    return world


def shared_line(world: World, currency: str = "USD", **percents: str) -> None:
    """An active contract with a line due on 5 October that several customers share."""
    world.contract(currency=currency)
    world.line(percents=percents)
    world.schedule(DAY)


def invoice_ids(world: World) -> dict[tuple[str, str, str], UUID]:
    rows = world.read("SELECT contract_id, customer_id, run_date, invoice_id FROM analytics.invoices")
    return {(row.contract_id, row.customer_id, str(row.run_date)): row.invoice_id for row in rows}


# Grouping


def test_lines_of_a_contract_share_an_invoice(due: World) -> None:
    due.line("travel")
    due.schedule(DAY, line_id="travel")
    due.transaction("T1", october(1), "100")
    due.transaction("T2", october(1), "30", line_id="travel")
    due.run(DAY)
    lines = due.read("SELECT contract_line_id, chargeable_amount FROM analytics.invoice_lines ORDER BY 1")
    assert totals(due) == {"Fabrikam": 130}
    assert [tuple(line) for line in lines] == [("travel", 30), (LINE, 100)]


def test_transactions_of_a_line_share_an_invoice_line(due: World) -> None:
    due.transaction("T1", october(1), "100")
    due.transaction("T2", october(2), "30")
    due.run(DAY)
    (line,) = due.read("SELECT chargeable_amount, detail_count FROM analytics.invoice_lines")
    assert tuple(line) == (130, 2)


def test_line_with_nothing_ready_is_not_on_the_invoice(due: World) -> None:
    due.line("travel")
    due.schedule(DAY, line_id="travel")
    due.transaction("T1", october(1))
    due.run(DAY)
    assert [row.contract_line_id for row in due.read("SELECT * FROM analytics.invoice_lines")] == [LINE]


def test_two_customers_on_a_line_get_two_invoices(world: World) -> None:
    shared_line(world, Fabrikam="40", Northwind="60")
    world.transaction("T1", october(1), "100")
    world.run(DAY)
    assert totals(world) == {"Fabrikam": 40, "Northwind": 60}


def test_shares_of_a_transaction_come_to_the_whole(world: World) -> None:
    shared_line(world, Fabrikam="33.3333", Northwind="33.3333", Tailspin="33.3334")
    world.transaction("T1", october(1), "100", tax="19.99")
    world.run(DAY)
    assert totals(world, "chargeable_amount") == {
        "Fabrikam": Decimal("33.33"),
        "Northwind": Decimal("33.33"),
        "Tailspin": Decimal("33.34"),
    }
    assert sum(totals(world, "tax_amount").values()) == Decimal("19.99")


def test_customer_of_zero_percent_gets_no_invoice(world: World) -> None:
    shared_line(world, Fabrikam="40", Northwind="0", Tailspin="60")
    world.transaction("T1", october(1), "100")
    world.run(DAY)
    assert totals(world) == {"Fabrikam": 40, "Tailspin": 60}


def test_customers_of_a_milestone_get_an_invoice_each(world: World) -> None:
    world.contract()
    world.line("prototype", method="fixed_price", percents={"Fabrikam": "40", "Northwind": "60"})
    world.milestone("M1", DAY, "5000", line_id="prototype")
    world.run(DAY)
    assert totals(world) == {"Fabrikam": 2000, "Northwind": 3000}


def test_transaction_of_one_customer_goes_onto_that_invoice_alone(world: World) -> None:
    shared_line(world, Fabrikam="40", Northwind="60")
    world.transaction("T1", october(1), "100", customer_id="Northwind")
    world.run(DAY)
    assert totals(world) == {"Northwind": 100}


def test_contracts_of_a_customer_are_invoiced_apart(due: World) -> None:
    due.contract("Contoso")
    due.line(contract_id="Contoso")
    due.schedule(DAY, contract_id="Contoso")
    due.transaction("T1", october(1))
    due.transaction("T2", october(1), contract_id="Contoso")
    due.run(DAY)
    assert (billed(due), billed(due, "Contoso")) == ({DAY: ["T1"]}, {DAY: ["T2"]})


def test_run_dates_are_invoiced_apart(due: World) -> None:
    due.schedule(october(12))
    due.transaction("T1", october(1))
    due.transaction("T2", october(8))
    due.run(october(12))
    assert billed(due) == {DAY: ["T1"], october(12): ["T2"]}


# What an invoice says


def test_invoice_of_a_run_is_a_scheduled_draft(due: World) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    (invoice,) = due.read(
        "SELECT origin, status, invoice_number, run_date, corrects_invoice_id, confirmed_at FROM analytics.invoices"
    )
    assert tuple(invoice) == ("scheduled", "draft", None, DAY, None, None)


def test_invoice_is_in_the_currency_of_its_contract(world: World) -> None:
    shared_line(world, "EUR", Fabrikam="100")
    world.transaction("T1", october(1))
    world.run(DAY)
    assert [row.currency for row in world.read("SELECT currency FROM analytics.invoices")] == ["EUR"]


def test_detail_says_what_its_actual_says(due: World) -> None:
    due.transaction("T1", october(1), "100", tax="25", quantity="8", transaction_class="expense")
    due.run(DAY)
    columns = (
        "contract_id, contract_line_id, customer_id, transaction_id, milestone_id, transaction_class, transaction_date, "
        "quantity, unit_price, amount, tax_amount, billing_type"
    )
    details = due.read(f"SELECT {columns} FROM analytics.invoice_line_details")
    assert details == due.read(f"SELECT {columns} FROM analytics.actuals")


def test_actual_on_a_draft_reads_invoice_created(due: World) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    (actual,) = due.read("SELECT billing_status, invoice_id FROM analytics.actuals")
    assert tuple(actual) == ("invoice_created", invoice_ids(due)[CONTRACT, "Fabrikam", "2026-10-05"])


# Sums


def test_negative_quantity_lowers_the_invoice(due: World) -> None:
    due.transaction("T1", october(1), "100", tax="25")
    due.transaction("T2", october(1), "-30", tax="-7.5", quantity="-1")
    due.run(DAY)
    assert (billed(due), totals(due)) == ({DAY: ["T1", "T2"]}, {"Fabrikam": Decimal("87.5")})


def test_invoice_may_be_negative(due: World) -> None:
    due.transaction("T1", october(1), "-30", quantity="-1")
    due.run(DAY)
    assert totals(due) == {"Fabrikam": -30}


def test_negative_amount_is_shared_to_the_cent(world: World) -> None:
    shared_line(world, Fabrikam="50", Northwind="50")
    world.transaction("T1", october(1), "-0.05", quantity="-1")
    world.run(DAY)
    assert totals(world) == {"Fabrikam": Decimal("-0.03"), "Northwind": Decimal("-0.02")}


def test_invoice_of_nothing_chargeable_is_made_with_a_total_of_nothing(due: World) -> None:
    due.transaction("T1", october(1), "100", tax="25", billing_type="non_chargeable")
    due.transaction("T2", october(1), "30", tax="5", billing_type="complimentary")
    due.run(DAY)
    assert (billed(due), totals(due)) == ({DAY: ["T1", "T2"]}, {"Fabrikam": 0})


@pytest.mark.parametrize("view", ["invoices", "invoice_lines"])
def test_billing_types_are_totalled_apart(due: World, view: str) -> None:
    due.transaction("T1", october(1), "100")
    due.transaction("T2", october(1), "30", billing_type="non_chargeable")
    due.transaction("T3", october(1), "7", billing_type="complimentary")
    due.run(DAY)
    (sums,) = due.read(f"SELECT chargeable_amount, non_chargeable_amount, complimentary_amount FROM analytics.{view}")
    assert tuple(sums) == (100, 30, 7)


@pytest.mark.parametrize("view", ["invoices", "invoice_lines"])
def test_tax_of_chargeable_details_alone_is_totalled(due: World, view: str) -> None:
    due.transaction("T1", october(1), "100", tax="25")
    due.transaction("T2", october(1), "30", tax="7", billing_type="non_chargeable")
    due.transaction("T3", october(1), "30", tax="8", billing_type="complimentary")
    due.run(DAY)
    (sums,) = due.read(f"SELECT tax_amount FROM analytics.{view}")
    assert sums.tax_amount == 25


def test_total_is_what_is_chargeable_with_its_tax(due: World) -> None:
    due.transaction("T1", october(1), "100", tax="25")
    due.transaction("T2", october(1), "30", tax="7", billing_type="complimentary")
    due.run(DAY)
    assert totals(due) == {"Fabrikam": 125}


def test_details_that_are_not_chargeable_keep_quantity_and_amount(due: World) -> None:
    due.transaction("T1", october(1), "100", quantity="4", billing_type="non_chargeable")
    due.run(DAY)
    (detail,) = due.read("SELECT quantity, unit_price, amount FROM analytics.invoice_line_details")
    assert tuple(detail) == (4, 25, 100)


@pytest.mark.parametrize(
    ("currency", "amount", "shares"),
    [
        ("JPY", "1001", {"Fabrikam": "501", "Northwind": "500"}),
        ("USD", "10.01", {"Fabrikam": "5.01", "Northwind": "5.00"}),
        ("KWD", "1.001", {"Fabrikam": "0.501", "Northwind": "0.500"}),
    ],
)
def test_amounts_keep_the_decimals_of_their_currency(
    world: World, currency: str, amount: str, shares: dict[str, str]
) -> None:
    shared_line(world, currency, Fabrikam="50", Northwind="50")
    world.transaction("T1", october(1), amount)
    world.run(DAY)
    assert {customer: str(total) for customer, total in totals(world).items()} == shares


def test_sums_are_exact(due: World) -> None:
    for nth in range(10):
        due.transaction(f"T{nth}", october(1), "0.1")
    due.run(DAY)
    assert totals(due) == {"Fabrikam": 1}


# Ids


def test_ids_are_the_same_when_the_day_is_run_again(world: World) -> None:
    shared_line(world, Fabrikam="40", Northwind="60")
    world.transaction("T1", october(1))
    world.run(DAY)
    before = invoice_ids(world)
    world.run(DAY, "another run")
    assert invoice_ids(world) == before


def test_draft_that_was_deleted_comes_back_with_its_id(due: World) -> None:
    due.transaction("T1", october(1))
    due.run(DAY)
    before = invoice_ids(due)
    Desk(due).delete(invoice_of(due, DAY))
    due.run(DAY)
    assert invoice_ids(due) == before


def test_ids_are_the_same_in_a_warehouse_built_anew(world: World, new_world: Callable[[], World]) -> None:
    built: list[dict[tuple[str, str, str], UUID]] = []
    for each in (world, new_world()):
        shared_line(each, Fabrikam="40", Northwind="60")
        each.transaction("T1", october(1))
        each.run(DAY)
        built.append(invoice_ids(each))
    assert built[0] == built[1]


def test_ids_do_not_depend_on_what_else_is_invoiced(due: World) -> None:
    due.transaction("T1", october(1))
    due.contract("Contoso")
    due.line(contract_id="Contoso")
    due.schedule(DAY, contract_id="Contoso")
    due.transaction("T2", october(1), contract_id="Contoso")
    due.run(DAY)
    together = invoice_ids(due)
    due.empty()
    due.contract()
    due.line()
    due.schedule(DAY)
    due.transaction("T1", october(1))
    due.run(DAY)
    assert invoice_ids(due).items() <= together.items()


@pytest.mark.parametrize("pairs", [(("A", "BC"), ("AB", "C")), (("A", "1:B"), ("A3:", "B"))])
def test_ids_tell_contract_and_customer_apart(world: World, pairs: tuple[tuple[str, str], ...]) -> None:
    for contract_id, customer_id in pairs:
        world.contract(contract_id)
        world.line(contract_id=contract_id, percents={customer_id: "100"})
        world.schedule(DAY, contract_id=contract_id)
        world.transaction("T1", october(1), contract_id=contract_id)
    world.run(DAY)
    assert len(set(invoice_ids(world).values())) == 2


def test_detail_that_was_moved_to_another_customers_draft_is_put_back(world: World) -> None:
    shared_line(world, Fabrikam="50", Northwind="50")
    world.transaction("T1", october(1), "100")
    world.run(DAY)
    before = shown(world, ["invoice_line_details"])
    damage.move_detail(world, "T1", "Fabrikam", invoice_id=invoice_of(world, DAY, "Northwind"))
    world.run(DAY)
    assert shown(world, ["invoice_line_details"]) == before
