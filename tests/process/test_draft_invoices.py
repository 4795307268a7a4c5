"""What the drafts of a run look like: one invoice per contract, customer, currency and run date, and its sums."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from invoicing.warehouse.connection import create_engine
from tests.process.outcome import billed, totals
from tests.process.warehouse import CONTRACT, LINE, Warehouse, october

DAY = october(5)


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with a line of time and material, due on 5 October."""
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY)
    return emptied


def shared_line(warehouse: Warehouse, currency: str = "USD", **percents: str) -> None:
    """An active contract with a line due on 5 October that several customers share."""
    warehouse.contract(currency=currency)
    warehouse.line(percents=percents)
    warehouse.schedule(DAY)


def invoice_ids(warehouse: Warehouse) -> dict[tuple[str, str, str], UUID]:
    rows = warehouse.read("SELECT contract_id, customer_id, run_date, invoice_id FROM analytics.invoices")
    return {(row.contract_id, row.customer_id, str(row.run_date)): row.invoice_id for row in rows}


# Grouping


def test_lines_of_a_contract_share_an_invoice(warehouse: Warehouse) -> None:
    warehouse.line("travel")
    warehouse.schedule(DAY, line_id="travel")
    warehouse.transaction("T1", october(1), "100")
    warehouse.transaction("T2", october(1), "30", line_id="travel")
    warehouse.run(DAY)
    lines = warehouse.read("SELECT contract_line_id, chargeable_amount FROM analytics.invoice_lines ORDER BY 1")
    assert totals(warehouse) == {"Fabrikam": 130}
    assert [tuple(line) for line in lines] == [("travel", 30), (LINE, 100)]


def test_transactions_of_a_line_share_an_invoice_line(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.transaction("T2", october(2), "30")
    warehouse.run(DAY)
    (line,) = warehouse.read("SELECT chargeable_amount, detail_count FROM analytics.invoice_lines")
    assert tuple(line) == (130, 2)


def test_line_with_nothing_ready_is_not_on_the_invoice(warehouse: Warehouse) -> None:
    warehouse.line("travel")
    warehouse.schedule(DAY, line_id="travel")
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    assert [row.contract_line_id for row in warehouse.read("SELECT * FROM analytics.invoice_lines")] == [LINE]


def test_two_customers_on_a_line_get_two_invoices(emptied: Warehouse) -> None:
    shared_line(emptied, Fabrikam="40", Northwind="60")
    emptied.transaction("T1", october(1), "100")
    emptied.run(DAY)
    assert totals(emptied) == {"Fabrikam": 40, "Northwind": 60}


def test_shares_of_a_transaction_come_to_the_whole(emptied: Warehouse) -> None:
    shared_line(emptied, Fabrikam="33.3333", Northwind="33.3333", Tailspin="33.3334")
    emptied.transaction("T1", october(1), "100", tax="19.99")
    emptied.run(DAY)
    assert totals(emptied, "chargeable_amount") == {
        "Fabrikam": Decimal("33.33"),
        "Northwind": Decimal("33.33"),
        "Tailspin": Decimal("33.34"),
    }
    assert sum(totals(emptied, "tax_amount").values()) == Decimal("19.99")


def test_customer_of_zero_percent_gets_no_invoice(emptied: Warehouse) -> None:
    shared_line(emptied, Fabrikam="40", Northwind="0", Tailspin="60")
    emptied.transaction("T1", october(1), "100")
    emptied.run(DAY)
    assert totals(emptied) == {"Fabrikam": 40, "Tailspin": 60}


def test_customers_of_a_milestone_get_an_invoice_each(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line("prototype", method="fixed_price", percents={"Fabrikam": "40", "Northwind": "60"})
    emptied.milestone("M1", DAY, "5000", line_id="prototype")
    emptied.run(DAY)
    assert totals(emptied) == {"Fabrikam": 2000, "Northwind": 3000}


def test_transaction_of_one_customer_goes_onto_that_invoice_alone(emptied: Warehouse) -> None:
    shared_line(emptied, Fabrikam="40", Northwind="60")
    emptied.transaction("T1", october(1), "100", customer_id="Northwind")
    emptied.run(DAY)
    assert totals(emptied) == {"Northwind": 100}


def test_contracts_of_a_customer_are_invoiced_apart(warehouse: Warehouse) -> None:
    warehouse.contract("Contoso")
    warehouse.line(contract_id="Contoso")
    warehouse.schedule(DAY, contract_id="Contoso")
    warehouse.transaction("T1", october(1))
    warehouse.transaction("T2", october(1), contract_id="Contoso")
    warehouse.run(DAY)
    assert (billed(warehouse), billed(warehouse, "Contoso")) == ({DAY: ["T1"]}, {DAY: ["T2"]})


def test_run_dates_are_invoiced_apart(warehouse: Warehouse) -> None:
    warehouse.schedule(october(12))
    warehouse.transaction("T1", october(1))
    warehouse.transaction("T2", october(8))
    warehouse.run(october(12))
    assert billed(warehouse) == {DAY: ["T1"], october(12): ["T2"]}


# What an invoice says


def test_invoice_of_a_run_is_a_scheduled_draft(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    (invoice,) = warehouse.read(
        "SELECT origin, status, invoice_number, run_date, corrects_invoice_id, confirmed_at FROM analytics.invoices"
    )
    assert tuple(invoice) == ("scheduled", "draft", None, DAY, None, None)


def test_invoice_is_in_the_currency_of_its_contract(emptied: Warehouse) -> None:
    shared_line(emptied, "EUR", Fabrikam="100")
    emptied.transaction("T1", october(1))
    emptied.run(DAY)
    assert [row.currency for row in emptied.read("SELECT currency FROM analytics.invoices")] == ["EUR"]


def test_detail_says_what_its_actual_says(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100", tax="25", quantity="8", transaction_class="expense")
    warehouse.run(DAY)
    columns = (
        "contract_id, contract_line_id, customer_id, transaction_id, milestone_id, transaction_class, transaction_date, "
        "quantity, unit_price, amount, tax_amount, billing_type"
    )
    details = warehouse.read(f"SELECT {columns} FROM analytics.invoice_line_details")
    assert details == warehouse.read(f"SELECT {columns} FROM analytics.actuals")


def test_actual_on_a_draft_reads_invoice_created(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    (actual,) = warehouse.read("SELECT billing_status, invoice_id FROM analytics.actuals")
    assert tuple(actual) == ("invoice_created", invoice_ids(warehouse)[CONTRACT, "Fabrikam", "2026-10-05"])


# Sums


def test_negative_quantity_lowers_the_invoice(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100", tax="25")
    warehouse.transaction("T2", october(1), "-30", tax="-7.5", quantity="-1")
    warehouse.run(DAY)
    assert (billed(warehouse), totals(warehouse)) == ({DAY: ["T1", "T2"]}, {"Fabrikam": Decimal("87.5")})


def test_invoice_may_be_negative(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "-30", quantity="-1")
    warehouse.run(DAY)
    assert totals(warehouse) == {"Fabrikam": -30}


def test_negative_amount_is_shared_to_the_cent(emptied: Warehouse) -> None:
    shared_line(emptied, Fabrikam="50", Northwind="50")
    emptied.transaction("T1", october(1), "-0.05", quantity="-1")
    emptied.run(DAY)
    assert totals(emptied) == {"Fabrikam": Decimal("-0.03"), "Northwind": Decimal("-0.02")}


def test_invoice_of_nothing_chargeable_is_made_with_a_total_of_nothing(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100", tax="25", billing_type="non_chargeable")
    warehouse.transaction("T2", october(1), "30", tax="5", billing_type="complimentary")
    warehouse.run(DAY)
    assert (billed(warehouse), totals(warehouse)) == ({DAY: ["T1", "T2"]}, {"Fabrikam": 0})


@pytest.mark.parametrize("view", ["invoices", "invoice_lines"])
def test_billing_types_are_totalled_apart(warehouse: Warehouse, view: str) -> None:
    warehouse.transaction("T1", october(1), "100")
    warehouse.transaction("T2", october(1), "30", billing_type="non_chargeable")
    warehouse.transaction("T3", october(1), "7", billing_type="complimentary")
    warehouse.run(DAY)
    (sums,) = warehouse.read(
        f"SELECT chargeable_amount, non_chargeable_amount, complimentary_amount FROM analytics.{view}"
    )
    assert tuple(sums) == (100, 30, 7)


@pytest.mark.parametrize("view", ["invoices", "invoice_lines"])
def test_tax_of_chargeable_details_alone_is_totalled(warehouse: Warehouse, view: str) -> None:
    warehouse.transaction("T1", october(1), "100", tax="25")
    warehouse.transaction("T2", october(1), "30", tax="7", billing_type="non_chargeable")
    warehouse.transaction("T3", october(1), "30", tax="8", billing_type="complimentary")
    warehouse.run(DAY)
    (sums,) = warehouse.read(f"SELECT tax_amount FROM analytics.{view}")
    assert sums.tax_amount == 25


def test_total_is_what_is_chargeable_with_its_tax(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100", tax="25")
    warehouse.transaction("T2", october(1), "30", tax="7", billing_type="complimentary")
    warehouse.run(DAY)
    assert totals(warehouse) == {"Fabrikam": 125}


def test_details_that_are_not_chargeable_keep_quantity_and_amount(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1), "100", quantity="4", billing_type="non_chargeable")
    warehouse.run(DAY)
    (detail,) = warehouse.read("SELECT quantity, unit_price, amount FROM analytics.invoice_line_details")
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
    emptied: Warehouse, currency: str, amount: str, shares: dict[str, str]
) -> None:
    shared_line(emptied, currency, Fabrikam="50", Northwind="50")
    emptied.transaction("T1", october(1), amount)
    emptied.run(DAY)
    assert {customer: str(total) for customer, total in totals(emptied).items()} == shares


def test_sums_are_exact(warehouse: Warehouse) -> None:
    for nth in range(10):
        warehouse.transaction(f"T{nth}", october(1), "0.1")
    warehouse.run(DAY)
    assert totals(warehouse) == {"Fabrikam": 1}


# Ids


def test_ids_are_the_same_when_the_day_is_run_again(emptied: Warehouse) -> None:
    shared_line(emptied, Fabrikam="40", Northwind="60")
    emptied.transaction("T1", october(1))
    emptied.run(DAY)
    before = invoice_ids(emptied)
    emptied.run(DAY, "another run")
    assert invoice_ids(emptied) == before


def test_draft_that_was_deleted_comes_back_with_its_id(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    before = invoice_ids(warehouse)
    warehouse.execute("DELETE FROM invoicing.invoice_line_detail")
    warehouse.execute("UPDATE invoicing.invoice_line SET detail_count = 0")
    warehouse.execute("DELETE FROM invoicing.invoice_line")
    warehouse.execute("DELETE FROM invoicing.invoice")
    warehouse.run(DAY)
    assert invoice_ids(warehouse) == before


def test_ids_are_the_same_in_a_warehouse_built_anew(
    emptied: Warehouse, new_database: Callable[[str], sa.URL], template: str
) -> None:
    built: list[dict[tuple[str, str, str], UUID]] = []
    for warehouse in (emptied, Warehouse(create_engine(new_database(template)))):
        shared_line(warehouse, Fabrikam="40", Northwind="60")
        warehouse.transaction("T1", october(1))
        warehouse.run(DAY)
        built.append(invoice_ids(warehouse))
    assert built[0] == built[1]


def test_ids_do_not_depend_on_what_else_is_invoiced(warehouse: Warehouse) -> None:
    warehouse.transaction("T1", october(1))
    warehouse.contract("Contoso")
    warehouse.line(contract_id="Contoso")
    warehouse.schedule(DAY, contract_id="Contoso")
    warehouse.transaction("T2", october(1), contract_id="Contoso")
    warehouse.run(DAY)
    together = invoice_ids(warehouse)
    warehouse.empty()
    warehouse.contract()
    warehouse.line()
    warehouse.schedule(DAY)
    warehouse.transaction("T1", october(1))
    warehouse.run(DAY)
    assert invoice_ids(warehouse).items() <= together.items()


@pytest.mark.parametrize("pairs", [(("A", "BC"), ("AB", "C")), (("A", "1:B"), ("A3:", "B"))])
def test_ids_tell_contract_and_customer_apart(emptied: Warehouse, pairs: tuple[tuple[str, str], ...]) -> None:
    for contract_id, customer_id in pairs:
        emptied.contract(contract_id)
        emptied.line(contract_id=contract_id, percents={customer_id: "100"})
        emptied.schedule(DAY, contract_id=contract_id)
        emptied.transaction("T1", october(1), contract_id=contract_id)
    emptied.run(DAY)
    assert len(set(invoice_ids(emptied).values())) == 2


def test_detail_that_was_moved_to_another_customers_draft_is_put_back(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(percents={"Fabrikam": "50", "Northwind": "50"})
    emptied.schedule(october(5))
    emptied.transaction("T1", october(1), "100")
    emptied.run(october(5))
    details = "SELECT contract_id, actual_id, invoice_id FROM invoicing.invoice_line_detail ORDER BY actual_id"
    before = emptied.read(details)
    emptied.execute(
        "UPDATE invoicing.invoice_line_detail SET invoice_id = (SELECT max(invoice_id::text)::uuid FROM invoicing.invoice)"
    )
    emptied.run(october(5))
    assert emptied.read(details) == before
