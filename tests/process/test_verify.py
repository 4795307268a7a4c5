"""Each kind of damage is inflicted by hand, and verify has to name it; what is legal must leave verify silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from invoicing.process import verify as module
from invoicing.process.verify import CHECKS, Difference, verify
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.transactions import reading
from tests.lifecycle.desk import Desk
from tests.process.warehouse import CONTRACT, Warehouse, october

SHARED = {"Fabrikam": "33.3333", "Northwind": "66.6667"}

# Brings all totals in line with the details, as somebody would who hides what he took.
DOCTOR = (
    """
    UPDATE invoicing.invoice_line AS l
    SET chargeable_amount = s.amount, tax_amount = s.tax_amount, detail_count = s.details
    FROM (
        SELECT l.contract_id, l.invoice_id, l.contract_line_id, count(d.actual_id) AS details,
            coalesce(sum(d.amount), 0) AS amount, coalesce(sum(d.tax_amount), 0) AS tax_amount
        FROM invoicing.invoice_line AS l
        LEFT JOIN invoicing.invoice_line_detail AS d USING (contract_id, invoice_id, contract_line_id)
        GROUP BY l.contract_id, l.invoice_id, l.contract_line_id
    ) AS s
    WHERE (l.contract_id, l.invoice_id, l.contract_line_id) = (s.contract_id, s.invoice_id, s.contract_line_id)
    """,
    "DELETE FROM invoicing.invoice_line WHERE detail_count = 0",
    """
    UPDATE invoicing.invoice AS i SET chargeable_amount = s.amount, tax_amount = s.tax_amount
    FROM (
        SELECT i.contract_id, i.invoice_id, coalesce(sum(l.chargeable_amount), 0) AS amount,
            coalesce(sum(l.tax_amount), 0) AS tax_amount
        FROM invoicing.invoice AS i LEFT JOIN invoicing.invoice_line AS l USING (contract_id, invoice_id)
        GROUP BY i.contract_id, i.invoice_id
    ) AS s
    WHERE (i.contract_id, i.invoice_id) = (s.contract_id, s.invoice_id)
    """,
    """
    DELETE FROM invoicing.invoice AS i WHERE NOT EXISTS (
        SELECT FROM invoicing.invoice_line AS l WHERE (l.contract_id, l.invoice_id) = (i.contract_id, i.invoice_id)
    )
    """,
)


def detail_of(transaction_id: str, customer_id: str = "Fabrikam") -> str:
    """A condition on details."""
    return f"""
    (contract_id, actual_id) IN (
        SELECT contract_id, actual_id FROM invoicing.actual
        WHERE (transaction_id, customer_id) = ('{transaction_id}', '{customer_id}')
    )"""


def invoice_of(run_date: date, customer_id: str = "Fabrikam") -> str:
    return f"(SELECT invoice_id FROM invoicing.invoice WHERE (run_date, customer_id) = ('{run_date}', '{customer_id}'))"


def differences(warehouse: Warehouse, run_date: date | None = None) -> list[Difference]:
    with reading(warehouse.engine) as connection:
        return verify(connection, run_date)


def found(warehouse: Warehouse, run_date: date | None = None) -> set[str]:
    """The checks that something does not pass."""
    return {difference.check for difference in differences(warehouse, run_date)}


def damage(warehouse: Warehouse, *statements: str, doctored: bool = False) -> None:
    """Changes rows past all guards; `doctored`: and makes the totals match."""
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount, f"changed nothing: {statement}"
        for statement in DOCTOR if doctored else ():
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="module")
def two_days(new_database: Callable[[str], sa.URL], template: str) -> Warehouse:
    """Two days of invoicing: a shared line of time and expenses, a line of material, and milestones."""
    warehouse = Warehouse(create_engine(new_database(template)))
    warehouse.contract()
    warehouse.line("work", percents=SHARED)
    warehouse.line("material")
    warehouse.line("prototype", method="fixed_price")
    warehouse.schedule(october(5), october(19), line_id="work")
    warehouse.schedule(october(5), line_id="material")
    warehouse.milestone("M1", october(5), line_id="prototype")
    warehouse.milestone("M2", october(5), "700", line_id="prototype")
    warehouse.transaction("T1", october(1), "100.01", tax="25")
    warehouse.transaction("T2", october(2), "200", tax="50")
    warehouse.transaction("T3", october(3), "50", transaction_class="expense")
    warehouse.transaction("T4", october(3), "75", line_id="material", transaction_class="material")
    warehouse.transaction("T5", october(12), "300")
    warehouse.transaction("T6", october(30), "400")
    warehouse.run(october(5))
    warehouse.run(october(19))
    return warehouse


@pytest.fixture
def invoiced(
    two_days: Warehouse, new_database: Callable[[str], sa.URL], administer: Callable[[str], None]
) -> Iterator[Warehouse]:
    """A copy of `two_days` that a test may do with as it likes."""
    name = two_days.engine.url.database
    assert name
    copy = new_database(name)
    yield two_days.at(create_engine(copy))
    administer(f"DROP DATABASE {copy.database} WITH (FORCE)")


def test_clean_days_pass(invoiced: Warehouse) -> None:
    assert differences(invoiced) == []


def test_clean_day_passes_alone(invoiced: Warehouse) -> None:
    assert differences(invoiced, october(5)) == []


def test_empty_warehouse_passes(emptied: Warehouse) -> None:
    assert differences(emptied) == []


# Amounts


def test_changed_detail_shows_in_its_line(invoiced: Warehouse) -> None:
    damage(invoiced, f"UPDATE invoicing.invoice_line_detail SET amount = amount + 1 WHERE {detail_of('T1')}")
    assert found(invoiced) == {"detail_differs_from_actual", "invoice_line_total"}


@pytest.mark.parametrize(
    "change", ["amount = 1", "tax_amount = 1", "quantity = 2", "unit_price = 2", "billing_type = 'complimentary'"]
)
def test_changed_detail_shows_though_totals_match(invoiced: Warehouse, change: str) -> None:
    damage(
        invoiced,
        f"UPDATE invoicing.invoice_line_detail SET {change} WHERE {detail_of('T4')}",
        """
        UPDATE invoicing.invoice_line AS l
        SET (chargeable_amount, complimentary_amount, tax_amount) = (
            SELECT
                coalesce(sum(amount) FILTER (WHERE billing_type = 'chargeable'), 0),
                coalesce(sum(amount) FILTER (WHERE billing_type = 'complimentary'), 0),
                coalesce(sum(tax_amount) FILTER (WHERE billing_type = 'chargeable'), 0)
            FROM invoicing.invoice_line_detail AS d
            WHERE (d.contract_id, d.invoice_id, d.contract_line_id) = (l.contract_id, l.invoice_id, l.contract_line_id)
        )
        """,
        """
        UPDATE invoicing.invoice AS i
        SET (chargeable_amount, complimentary_amount, tax_amount) = (
            SELECT sum(chargeable_amount), sum(complimentary_amount), sum(tax_amount) FROM invoicing.invoice_line AS l
            WHERE (l.contract_id, l.invoice_id) = (i.contract_id, i.invoice_id)
        )
        """,
    )
    assert found(invoiced) == {"detail_differs_from_actual"}


def test_difference_names_both_figures(invoiced: Warehouse) -> None:
    damage(invoiced, f"UPDATE invoicing.invoice_line_detail SET amount = 80 WHERE {detail_of('T4')}", doctored=True)
    (difference,) = differences(invoiced)
    assert (difference.contract_id, difference.subject["transaction_id"]) == (CONTRACT, "T4")
    assert "amount 80" in difference.message
    assert "amount 75" in difference.message


def test_changed_share_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.actual SET amount = 1 WHERE (transaction_id, customer_id) = ('T6', 'Fabrikam')")
    assert found(invoiced) == {"transaction_shares"}


def test_changed_share_shows_though_its_detail_matches(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        "UPDATE invoicing.actual SET amount = 1 WHERE (transaction_id, customer_id) = ('T1', 'Fabrikam')",
        f"UPDATE invoicing.invoice_line_detail SET amount = 1 WHERE {detail_of('T1')}",
        doctored=True,
    )
    assert found(invoiced) == {"transaction_shares"}


def test_changed_milestone_share_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.actual SET amount = 1 WHERE milestone_id = 'M1'")
    assert found(invoiced) == {"detail_differs_from_actual", "milestone_shares"}


def test_wrong_line_total_shows(invoiced: Warehouse) -> None:
    damage(
        invoiced, "UPDATE invoicing.invoice_line SET tax_amount = tax_amount + 1 WHERE contract_line_id = 'material'"
    )
    assert found(invoiced) == {"invoice_line_total", "invoice_total"}


def test_wrong_detail_count_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.invoice_line SET detail_count = 7 WHERE contract_line_id = 'material'")
    assert found(invoiced) == {"invoice_line_total"}


def test_wrong_invoice_total_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.invoice SET complimentary_amount = 1 WHERE run_date = '2026-10-19'")
    assert found(invoiced) == {"invoice_total"}


def test_fraction_of_a_cent_shows(invoiced: Warehouse) -> None:
    damage(invoiced, f"UPDATE invoicing.invoice_line_detail SET amount = 74.995 WHERE {detail_of('T4')}", doctored=True)
    assert found(invoiced) == {"amount_decimals", "detail_differs_from_actual"}


def test_changed_currency_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.invoice SET currency = 'EUR' WHERE run_date = '2026-10-19'")
    assert found(invoiced) == {"invoice_currency"}


def test_number_given_twice_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.invoice SET invoice_number = '2026-0001' WHERE customer_id = 'Fabrikam'")
    assert found(invoiced) == {"invoice_number"}


# What is missing


def test_missing_detail_shows_in_its_line(invoiced: Warehouse) -> None:
    damage(invoiced, f"DELETE FROM invoicing.invoice_line_detail WHERE {detail_of('T1')}")
    assert found(invoiced) == {"invoice_line_total", "transaction_left_behind"}


def test_missing_detail_shows_though_totals_match(invoiced: Warehouse) -> None:
    damage(invoiced, f"DELETE FROM invoicing.invoice_line_detail WHERE {detail_of('T1')}", doctored=True)
    (difference,) = differences(invoiced)
    assert (difference.check, difference.subject["transaction_id"]) == ("transaction_left_behind", "T1")


def test_missing_detail_shows_though_the_day_was_run_again(invoiced: Warehouse) -> None:
    invoiced.run(october(5), "again")
    damage(invoiced, f"DELETE FROM invoicing.invoice_line_detail WHERE {detail_of('T1')}", doctored=True)
    assert found(invoiced) == {"transaction_left_behind"}


def test_missing_detail_shows_though_it_was_the_last_of_its_line(invoiced: Warehouse) -> None:
    damage(invoiced, f"DELETE FROM invoicing.invoice_line_detail WHERE {detail_of('T4')}", doctored=True)
    assert found(invoiced) == {"transaction_left_behind"}


def test_missing_invoice_shows(invoiced: Warehouse) -> None:
    damage(invoiced, f"DELETE FROM invoicing.invoice_line_detail WHERE {detail_of('T5')}", doctored=True)
    assert found(invoiced) == {"transaction_left_behind"}


def test_missing_milestone_shows_though_totals_match(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        "DELETE FROM invoicing.invoice_line_detail USING invoicing.actual AS a "
        "WHERE invoice_line_detail.actual_id = a.actual_id AND a.milestone_id = 'M1'",
        doctored=True,
    )
    assert found(invoiced) == {"milestone_left_behind"}


def test_missing_detail_of_a_confirmed_invoice_shows_though_totals_match(invoiced: Warehouse) -> None:
    confirm(invoiced, october(5))
    damage(invoiced, f"DELETE FROM invoicing.invoice_line_detail WHERE {detail_of('T1')}", doctored=True)
    assert "posted_without_detail" in found(invoiced)


def test_missing_lines_show(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        f"DELETE FROM invoicing.invoice_line WHERE invoice_id = {invoice_of(october(19))}",
        f"DELETE FROM invoicing.invoice_line_detail WHERE invoice_id = {invoice_of(october(19))}",
    )
    assert found(invoiced) == {"invoice_total", "invoice_without_lines", "transaction_left_behind"}


def test_line_of_nothing_shows(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        f"""
        INSERT INTO invoicing.invoice_line
        SELECT '{CONTRACT}', {invoice_of(october(19))}, 'material', 0, 0, 0, 0, 0
        """,
    )
    assert found(invoiced) == {"invoice_line_alone"}


def test_line_without_its_invoice_shows(invoiced: Warehouse) -> None:
    damage(invoiced, f"DELETE FROM invoicing.invoice WHERE invoice_id = {invoice_of(october(19))}")
    assert found(invoiced) == {"detail_without_parent", "invoice_line_alone"}


def test_detail_without_its_line_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "DELETE FROM invoicing.invoice_line WHERE contract_line_id = 'material'")
    assert found(invoiced) == {"detail_without_parent", "invoice_total"}


def test_detail_without_its_actual_shows(invoiced: Warehouse) -> None:
    damage(invoiced, "DELETE FROM invoicing.actual WHERE transaction_id = 'T4'")
    assert found(invoiced) == {"detail_without_parent"}


# What is too much


def test_doubled_transaction_shows(invoiced: Warehouse) -> None:
    invoiced.execute("DROP INDEX invoicing.uq_actual_transaction_share")
    copy = """
        INSERT INTO invoicing.actual (
            contract_id, contract_line_id, customer_id, transaction_id, kind, transaction_class, billing_type,
            billing_status, transaction_date, quantity, unit_price, amount, tax_amount
        )
        SELECT
            contract_id, contract_line_id, customer_id, transaction_id, kind, transaction_class, billing_type,
            billing_status, transaction_date, quantity, unit_price, amount, tax_amount
        FROM invoicing.actual WHERE transaction_id = 'T4'
    """
    invoice = """
        INSERT INTO invoicing.invoice_line_detail (
            contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
        )
        SELECT
            a.contract_id, a.actual_id, d.invoice_id, a.contract_line_id, a.billing_type, a.quantity, a.unit_price,
            a.amount, a.tax_amount
        FROM invoicing.actual AS a CROSS JOIN invoicing.invoice_line_detail AS d
        WHERE a.transaction_id = 'T4' AND d.contract_line_id = 'material' AND a.actual_id <> d.actual_id
    """
    damage(invoiced, copy, invoice, doctored=True)
    assert found(invoiced) == {"doubled_share", "transaction_shares"}


def test_replacement_beside_an_open_original_shows(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        """
        INSERT INTO invoicing.actual (
            contract_id, contract_line_id, customer_id, transaction_id, kind, transaction_class, billing_type,
            billing_status, transaction_date, quantity, unit_price, amount, tax_amount, replaces_actual_id
        )
        SELECT
            contract_id, contract_line_id, customer_id, transaction_id, kind, transaction_class, billing_type,
            billing_status, transaction_date, quantity, unit_price, amount, tax_amount, actual_id
        FROM invoicing.actual WHERE transaction_id = 'T4'
        """,
    )
    assert found(invoiced) == {"doubled_share"}


# What is in the wrong place


def test_detail_moved_to_another_customer_shows(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        f"""
        UPDATE invoicing.invoice_line_detail SET invoice_id = {invoice_of(october(5), "Northwind")}
        WHERE {detail_of("T1")}
        """,
        doctored=True,
    )
    assert found(invoiced) == {"detail_of_another_customer"}


def test_detail_moved_to_an_earlier_date_shows(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        f"UPDATE invoicing.invoice_line_detail SET invoice_id = {invoice_of(october(5))} WHERE {detail_of('T5')}",
        doctored=True,
    )
    assert found(invoiced) == {"detail_after_cutoff"}


def test_detail_moved_to_a_date_that_is_not_due_shows(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        f"UPDATE invoicing.invoice_line_detail SET invoice_id = {invoice_of(october(19))} WHERE {detail_of('T4')}",
        f"UPDATE invoicing.invoice_line SET invoice_id = {invoice_of(october(19))} WHERE contract_line_id = 'material'",
        doctored=True,
    )
    assert found(invoiced) == {"detail_after_cutoff"}


def test_detail_moved_to_another_invoice_shows_in_both_lines(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        f"UPDATE invoicing.invoice_line_detail SET invoice_id = {invoice_of(october(19))} WHERE {detail_of('T1')}",
    )
    assert [difference.check for difference in differences(invoiced)] == ["invoice_line_total"] * 2


def test_detail_moved_to_another_line_shows(invoiced: Warehouse) -> None:
    damage(
        invoiced,
        f"UPDATE invoicing.invoice_line_detail SET contract_line_id = 'material' WHERE {detail_of('T1')}",
        doctored=True,
    )
    assert found(invoiced) == {"detail_differs_from_actual"}


@pytest.mark.parametrize("status", ["canceled", "unbilled", "invoice_posted"])
def test_draft_of_what_is_not_ready_shows(invoiced: Warehouse, status: str) -> None:
    damage(invoiced, f"UPDATE invoicing.actual SET billing_status = '{status}' WHERE transaction_id = 'T4'")
    assert "detail_not_ready" in found(invoiced)


# The ledger


@pytest.mark.parametrize(
    "change", ["details = details + 1", "ready_milestones = -1", "invoices = 99", "quarantined_contracts = 99"]
)
def test_changed_count_shows(invoiced: Warehouse, change: str) -> None:
    damage(invoiced, f"UPDATE invoicing.invoice_run SET {change} WHERE run_date = '2026-10-05'")
    assert found(invoiced) == {"run_counts"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoicing.run_accounting SET amount = amount + 0.01 WHERE reason = 'invoiced'",
        "UPDATE invoicing.run_accounting SET transactions = transactions + 1 WHERE reason = 'invoiced'",
        "DELETE FROM invoicing.run_accounting WHERE reason = 'invoiced'",
        "UPDATE invoicing.invoice_run SET ready_amount = ready_amount + 0.01",
    ],
)
def test_changed_accounting_shows(invoiced: Warehouse, statement: str) -> None:
    damage(invoiced, statement)
    assert found(invoiced) == {"run_accounting"}


def test_two_runs_in_progress_show(invoiced: Warehouse) -> None:
    invoiced.execute("DROP INDEX invoicing.uq_invoice_run_running")
    damage(invoiced, "UPDATE invoicing.invoice_run SET status = 'running'")
    assert found(invoiced) == {"runs_in_progress"}


# What a run date and the length of the list narrow


def test_run_date_leaves_other_invoices_out(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.invoice SET tax_amount = 1 WHERE run_date = '2026-10-19'")
    assert found(invoiced, october(5)) == set()


def test_run_date_keeps_its_own_invoices(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.invoice SET tax_amount = 1 WHERE run_date = '2026-10-19'")
    assert found(invoiced, october(19)) == {"invoice_total"}


def test_run_date_keeps_what_is_on_no_invoice(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.actual SET amount = 1 WHERE transaction_id = 'T6'")
    assert found(invoiced, october(5)) == {"transaction_shares"}


def test_run_date_leaves_shares_on_other_invoices_out(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.actual SET amount = 1 WHERE transaction_id = 'T5'")
    assert found(invoiced, october(5)) == set()


def test_long_list_is_cut(invoiced: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_MOST", 2)
    damage(invoiced, "UPDATE invoicing.invoice SET tax_amount = tax_amount + 1")
    assert len(differences(invoiced)) == 2


def test_difference_reads_as_a_line(invoiced: Warehouse) -> None:
    damage(invoiced, "UPDATE invoicing.invoice_run SET details = 0 WHERE run_date = '2026-10-19'")
    (difference,) = differences(invoiced)
    assert str(difference).startswith("run_counts: run 2: the run of 2026-10-19 counts 1 due lines")


def test_every_check_has_a_test() -> None:
    """A new check comes with the damage that it finds; those of what is confirmed are beside the rest of its life."""
    here = Path(__file__)
    texts = [path.read_text(encoding="utf-8") for path in (here, here.parents[1] / "lifecycle" / here.name)]
    assert [check for check in CHECKS if not any(f'"{check}"' in text for text in texts)] == []


# What is legal


def confirm(warehouse: Warehouse, run_date: date) -> None:
    """Confirms the invoices of a date."""
    invoices = warehouse.read("SELECT invoice_id FROM invoicing.invoice WHERE run_date = :run_date", run_date=run_date)
    assert not Desk(warehouse.engine).confirm(*(row.invoice_id for row in invoices)).refused


def first_detail(warehouse: Warehouse, condition: str) -> tuple[UUID, int]:
    """Its invoice, and its id."""
    row = warehouse.read(f"SELECT invoice_id, actual_id FROM invoicing.invoice_line_detail WHERE {condition}")[0]
    return row.invoice_id, row.actual_id


def edit(warehouse: Warehouse, run_date: date, customer_id: str = "Fabrikam") -> None:
    """Writes into the first detail of a draft."""
    detail = first_detail(warehouse, f"invoice_id = {invoice_of(run_date, customer_id)}")
    Desk(warehouse.engine).change(*detail, tax_amount=Decimal(1), billing_type="complimentary")


def delete(warehouse: Warehouse, run_date: date, customer_id: str = "Fabrikam") -> None:
    """Deletes a draft."""
    ((invoice_id,),) = warehouse.read(f"SELECT {invoice_of(run_date, customer_id)}")
    Desk(warehouse.engine).delete(invoice_id)


def test_repeated_days_pass(invoiced: Warehouse) -> None:
    invoiced.run(october(19))
    invoiced.run(october(5))
    invoiced.run(october(5), "by hand")
    assert differences(invoiced) == []


def test_missed_days_pass(invoiced: Warehouse) -> None:
    invoiced.schedule(october(20), october(22), line_id="work")
    invoiced.schedule(october(21), line_id="material")
    invoiced.transaction("T7", october(20), "10")
    invoiced.transaction("T8", october(4), "20", line_id="material", transaction_class="material")
    invoiced.run(october(23))
    assert differences(invoiced) == []


def test_transaction_that_came_after_its_row_ran_passes(invoiced: Warehouse) -> None:
    invoiced.transaction("late", october(1))
    assert differences(invoiced) == []


def test_milestone_that_came_after_its_date_ran_passes(invoiced: Warehouse) -> None:
    invoiced.milestone("late", october(5), line_id="prototype")
    invoiced.execute("UPDATE invoicing.milestone SET run_status = 'run_successful' WHERE milestone_id = 'late'")
    assert differences(invoiced) == []


def test_edited_draft_passes(invoiced: Warehouse) -> None:
    edit(invoiced, october(5))
    invoiced.transaction("late", october(1))
    invoiced.run(october(5))
    assert differences(invoiced) == []


def test_detail_taken_off_a_draft_passes(invoiced: Warehouse) -> None:
    Desk(invoiced.engine).remove(*first_detail(invoiced, detail_of("T1")))
    assert differences(invoiced) == []


def test_deleted_draft_passes(invoiced: Warehouse) -> None:
    delete(invoiced, october(19))
    assert differences(invoiced) == []


def add_line_of_fees(warehouse: Warehouse, run_date: date) -> None:
    warehouse.line("fees")
    warehouse.schedule(run_date, line_id="fees")
    warehouse.transaction("T7", october(1), line_id="fees", transaction_class="fee")
    warehouse.run(run_date, "fees")


def test_transaction_that_waits_beside_an_edited_draft_passes(invoiced: Warehouse) -> None:
    edit(invoiced, october(5))
    add_line_of_fees(invoiced, october(5))
    assert differences(invoiced) == []


def test_transaction_that_waited_beside_a_deleted_draft_passes(invoiced: Warehouse) -> None:
    edit(invoiced, october(5))
    add_line_of_fees(invoiced, october(5))
    delete(invoiced, october(5))
    assert differences(invoiced) == []


def test_confirmed_invoices_pass(invoiced: Warehouse) -> None:
    confirm(invoiced, october(5))
    invoiced.transaction("late", october(1))
    invoiced.run(october(5))
    assert differences(invoiced) == []


def test_class_included_after_the_row_ran_passes(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(excludes=("expense",))
    emptied.schedule(october(5))
    emptied.transaction("T1", october(1))
    emptied.transaction("T2", october(1), transaction_class="expense")
    emptied.run(october(5))
    emptied.execute("UPDATE invoicing.contract_line SET includes_expense = true")
    assert differences(emptied) == []


def test_class_excluded_for_a_while_passes(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line()
    emptied.schedule(october(5))
    emptied.transaction("T1", october(1))
    emptied.transaction("T2", october(1), transaction_class="expense")
    emptied.run(october(5))
    emptied.execute("UPDATE invoicing.contract_line SET includes_expense = false")
    emptied.run(october(5), "again")
    emptied.execute("UPDATE invoicing.contract_line SET includes_expense = true")
    assert differences(emptied) == []


def test_class_excluded_after_the_row_ran_passes(invoiced: Warehouse) -> None:
    invoiced.execute("UPDATE invoicing.contract_line SET includes_expense = false, includes_time = false")
    assert differences(invoiced) == []


def test_line_that_was_fixed_price_when_its_row_ran_passes(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(method="fixed_price")
    emptied.schedule(october(5))
    emptied.transaction("T1", october(1))
    emptied.run(october(5))
    emptied.execute("UPDATE invoicing.contract_line SET billing_method = 'time_and_material'")
    assert differences(emptied) == []


def test_quarantine_passes(invoiced: Warehouse) -> None:
    invoiced.line("broken", percents={})
    invoiced.schedule(october(19), line_id="broken")
    invoiced.transaction("T7", october(10))
    invoiced.transaction("T8", october(10), line_id="broken")
    invoiced.run(october(19), "quarantined")
    assert invoiced.read("SELECT FROM invoicing.invoice_schedule WHERE run_status = 'run_failed'")
    assert differences(invoiced) == []


def test_mended_quarantine_passes(invoiced: Warehouse) -> None:
    invoiced.line("broken", percents={})
    invoiced.schedule(october(19), line_id="broken")
    invoiced.transaction("T7", october(10))
    invoiced.run(october(19), "quarantined")
    invoiced.execute("INSERT INTO invoicing.contract_line_customer VALUES ('Adatum', 'broken', 'Fabrikam', 100, true)")
    invoiced.run(october(19), "mended")
    assert differences(invoiced) == []


def test_contract_that_is_not_active_passes(emptied: Warehouse) -> None:
    emptied.contract(state="on_hold")
    emptied.line()
    emptied.schedule(october(5))
    emptied.transaction("T1", october(1))
    emptied.run(october(5))
    assert differences(emptied) == []


def test_rows_run_elsewhere_pass(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line()
    emptied.schedule(october(5), status="run_successful")
    emptied.transaction("T1", october(1))
    emptied.run(october(5))
    assert differences(emptied) == []


def test_canceled_transaction_passes(invoiced: Warehouse) -> None:
    invoiced.execute(
        "UPDATE invoicing.transaction SET billing_status = 'canceled', amount = 0 WHERE transaction_id = 'T6'"
    )
    invoiced.execute(
        "UPDATE invoicing.actual SET billing_status = 'canceled', recorded_at = now() WHERE transaction_id = 'T6'"
    )
    assert differences(invoiced) == []


def test_transaction_made_ready_after_its_row_ran_passes(invoiced: Warehouse) -> None:
    invoiced.transaction("T7", october(10), status="unbilled")
    invoiced.run(october(19), "again")
    ready = "billing_status = 'ready_to_invoice', recorded_at = now()"
    invoiced.execute(f"UPDATE invoicing.actual SET {ready} WHERE transaction_id = 'T7'")
    assert differences(invoiced) == []
