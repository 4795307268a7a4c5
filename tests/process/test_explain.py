"""A day on which everything that can become of a transaction happens, and what people are told of it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from invoicing.errors import NotFoundError
from invoicing.process.explain import Explanation, explain_transaction
from invoicing.warehouse.transactions import reading
from tests.process.warehouse import CONTRACT, Warehouse, october

RUN_DATE = october(5)


def explain(
    warehouse: Warehouse, transaction_id: str, run_date: date = RUN_DATE, contract_id: str | None = None
) -> list[Explanation]:
    with reading(warehouse.engine) as connection:
        return explain_transaction(
            connection, transaction_id, run_date, settings=warehouse.settings, contract_id=contract_id
        )


def only(
    warehouse: Warehouse, transaction_id: str, run_date: date = RUN_DATE, contract_id: str | None = None
) -> Explanation:
    (explanation,) = explain(warehouse, transaction_id, run_date, contract_id)
    return explanation


@pytest.fixture
def october_fifth(emptied: Warehouse) -> Warehouse:
    """One line due on 5 and 19 October."""
    emptied.contract()
    emptied.line()
    emptied.schedule(RUN_DATE, october(19))
    return emptied


def test_ready_transaction(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    explanation = only(october_fifth, "T")
    assert explanation.reason == "invoiced"
    assert str(explanation) == (
        "Transaction T of contract Adatum, customer Fabrikam's share of 100, is ready: a run of 2026-10-05 puts it on the "
        "invoice of 2026-10-05."
    )


def test_transaction_on_its_draft(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    invoice = october_fifth.run(RUN_DATE).invoices.iloc[0]
    explanation = only(october_fifth, "T")
    assert (explanation.reason, explanation.invoice_id) == ("invoiced", invoice.invoice_id)
    assert f"is on scheduled invoice {invoice.invoice_id} of 2026-10-05 (draft)" in explanation.sentence


def test_transaction_of_a_missed_day(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    explanation = only(october_fifth, "T", october(7))
    assert explanation.reason == "invoiced"
    assert "a run of 2026-10-07 puts it on the invoice of 2026-10-05" in explanation.sentence


def test_transaction_on_a_draft_of_another_date(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    explanation = only(october_fifth, "T", october(19))
    assert (explanation.reason, explanation.invoice_run_date) == ("on_a_draft", RUN_DATE)


def test_transaction_on_a_draft_of_another_date_while_its_line_is_not_due(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    explanation = only(october_fifth, "T", october(12))
    assert (explanation.reason, explanation.invoice_status) == (None, "draft")


def test_transaction_on_a_touched_draft(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    october_fifth.execute("UPDATE invoicing.invoice SET status = 'in_review'")
    explanation = only(october_fifth, "T")
    assert explanation.reason == "on_a_draft"
    assert "(in_review)" in explanation.sentence


def test_transaction_beside_a_touched_draft(october_fifth: Warehouse) -> None:
    october_fifth.transaction("first", october(4))
    october_fifth.run(RUN_DATE)
    october_fifth.execute("UPDATE invoicing.invoice SET edited_at = now()")
    october_fifth.transaction("T", october(4))
    explanation = only(october_fifth, "T")
    assert (explanation.reason, explanation.next_run_date) == ("on_a_draft", october(19))
    assert "waits, since its customer already has scheduled invoice" in explanation.sentence
    assert "it comes with run date 2026-10-19 (cut-off 2026-10-18)" in explanation.sentence


def test_transaction_that_a_later_due_row_takes(october_fifth: Warehouse) -> None:
    october_fifth.transaction("first", october(4))
    october_fifth.run(RUN_DATE)
    october_fifth.execute("UPDATE invoicing.invoice SET edited_at = now()")
    october_fifth.execute("UPDATE invoicing.invoice_schedule SET run_status = 'not_run'")
    october_fifth.transaction("T", october(4))
    assert "a run of 2026-10-19 puts it on the invoice of 2026-10-19" in only(october_fifth, "T", october(19)).sentence


def test_confirmed_transaction(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    october_fifth.execute("UPDATE invoicing.actual SET billing_status = 'invoice_posted'")
    october_fifth.execute("UPDATE invoicing.invoice SET status = 'confirmed', invoice_number = '2026-0001'")
    explanation = only(october_fifth, "T")
    assert explanation.reason is None
    assert "is invoiced for good, on scheduled invoice 2026-0001 of 2026-10-05 (confirmed)" in explanation.sentence


def test_canceled_transaction(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4), status="canceled")
    assert only(october_fifth, "T").sentence.endswith("is canceled.")


def test_transaction_that_is_not_ready(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4), status="unbilled")
    explanation = only(october_fifth, "T")
    assert explanation.reason == "not_ready"
    assert "not ready to invoice" in explanation.sentence


def test_transaction_after_the_cutoff(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(5))
    explanation = only(october_fifth, "T")
    assert (explanation.reason, explanation.next_run_date) == ("after_cutoff", october(19))
    assert explanation.sentence.endswith(
        "is dated 2026-10-05, after the cut-off 2026-10-04; it comes with run date 2026-10-19 (cut-off 2026-10-18)."
    )


def test_transaction_after_every_cutoff(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(30))
    assert "no later run date of the line takes it" in only(october_fifth, "T").sentence


def test_transaction_of_a_line_that_is_not_due(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.execute(
        "UPDATE invoicing.invoice_schedule SET run_status = 'run_successful' WHERE run_date = '2026-10-05'"
    )
    explanation = only(october_fifth, "T", october(12))
    assert (explanation.reason, explanation.next_run_date) == (None, october(19))
    assert "line work is not due on 2026-10-12; it comes with run date 2026-10-19" in explanation.sentence


def test_transaction_of_a_row_too_old_to_be_caught_up(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    assert "run 2026-10-05 by hand" in only(october_fifth, "T", date(2026, 12, 24)).sentence


def test_transaction_of_a_class_that_the_line_does_not_include(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(excludes=("expense",))
    emptied.schedule(RUN_DATE)
    emptied.transaction("T", october(4), transaction_class="expense")
    explanation = only(emptied, "T")
    assert explanation.reason == "class_not_included"
    assert "line work does not include expense" in explanation.sentence


def test_transaction_of_a_fixed_price_line(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(method="fixed_price")
    emptied.milestone("M", RUN_DATE, line_id="work")
    emptied.transaction("T", october(4))
    explanation = only(emptied, "T")
    assert explanation.reason == "class_not_included"
    assert "line work is fixed price" in explanation.sentence


def test_transaction_of_a_contract_on_hold(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.execute("UPDATE invoicing.project_contract SET state = 'on_hold'")
    explanation = only(october_fifth, "T")
    assert explanation.reason is None
    assert "contract Adatum is on_hold" in explanation.sentence


def test_transaction_of_a_quarantined_contract(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.line("broken", percents={})
    october_fifth.schedule(RUN_DATE, line_id="broken")
    october_fifth.run(RUN_DATE)
    explanation = only(october_fifth, "T")
    assert explanation.reason == "quarantined"
    assert "quarantined (line_without_customers): Contract line broken has no customers" in explanation.sentence
    assert not explanation.sentence.endswith("..")


def test_transaction_of_a_line_without_customers(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(percents={})
    emptied.schedule(RUN_DATE)
    emptied.transaction("T", october(4))
    explanation = only(emptied, "T")
    assert (explanation.reason, explanation.customer_id) == (None, None)
    assert "line work has no customers" in explanation.sentence


def test_every_share_is_explained(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(percents={"Fabrikam": "33.3333", "Northwind": "66.6667"})
    emptied.schedule(RUN_DATE)
    emptied.transaction("T", october(4))
    shares = [(explanation.customer_id, explanation.amount) for explanation in explain(emptied, "T")]
    assert shares == [("Fabrikam", Decimal("33.33")), ("Northwind", Decimal("66.67"))]


def test_same_id_in_two_contracts(october_fifth: Warehouse) -> None:
    october_fifth.contract("Contoso")
    october_fifth.line(contract_id="Contoso")
    october_fifth.transaction("T", october(4))
    october_fifth.transaction("T", october(4), contract_id="Contoso")
    assert [explanation.contract_id for explanation in explain(october_fifth, "T")] == [CONTRACT, "Contoso"]


def test_contract_picks_one(october_fifth: Warehouse) -> None:
    october_fifth.contract("Contoso")
    october_fifth.line(contract_id="Contoso")
    october_fifth.transaction("T", october(4))
    october_fifth.transaction("T", october(4), contract_id="Contoso")
    assert only(october_fifth, "T", contract_id="Contoso").contract_id == "Contoso"


def test_unknown_transaction(october_fifth: Warehouse) -> None:
    with pytest.raises(NotFoundError, match="no transaction T in the warehouse"):
        explain(october_fifth, "T")


def test_unknown_transaction_of_a_contract(october_fifth: Warehouse) -> None:
    october_fifth.transaction("T", october(4))
    with pytest.raises(NotFoundError, match="no transaction T of contract Contoso in the warehouse"):
        explain(october_fifth, "T", contract_id="Contoso")


@pytest.mark.parametrize("run_date", [RUN_DATE, october(7), october(19)])
def test_reasons_are_those_of_the_run(emptied: Warehouse, run_date: date) -> None:
    emptied.contract()
    emptied.line(percents={"Fabrikam": "50", "Northwind": "50"}, excludes=("fee",))
    emptied.line("prototype", method="fixed_price")
    emptied.schedule(RUN_DATE, october(19))
    emptied.schedule(october(18), cutoff=october(3))
    emptied.milestone("M", RUN_DATE, line_id="prototype")
    emptied.transaction("edited", october(1))
    emptied.run(RUN_DATE)
    emptied.execute("UPDATE invoicing.invoice SET edited_at = now() WHERE customer_id = 'Northwind'")
    for day in (1, 4, 5, 18, 19):
        emptied.transaction(f"ready {day}", october(day))
        emptied.transaction(f"fee {day}", october(day), transaction_class="fee")
        emptied.transaction(f"unbilled {day}", october(day), status="unbilled")
        emptied.transaction(f"prototype {day}", october(day), line_id="prototype")
    emptied.transaction("canceled", october(1), status="canceled")

    ids = [row.transaction_id for row in emptied.read("SELECT transaction_id FROM invoicing.transaction")]
    explained = Counter(each.reason for transaction_id in ids for each in explain(emptied, transaction_id, run_date))
    run = emptied.run(run_date, "again").run
    accounted = emptied.read("SELECT * FROM analytics.run_accounting WHERE run_id = :run_id", run_id=run.run_id)
    del explained[None]
    assert explained == {row.reason: row.transactions for row in accounted}
