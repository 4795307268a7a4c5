"""A day on which everything that can become of a transaction happens, and what people are told of it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from invoicing.audit.explain import Explanation, explain_transaction
from invoicing.errors import NotFoundError
from invoicing.warehouse.transactions import reading
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import accounting, invoice_of
from tests.world.world import World

RUN_DATE = october(5)


def explain(
    world: World, transaction_id: str, run_date: date = RUN_DATE, contract_id: str | None = None
) -> list[Explanation]:
    with reading(world.engine) as connection:
        return explain_transaction(
            connection, transaction_id, run_date, settings=world.settings, contract_id=contract_id
        )


def only(world: World, transaction_id: str, run_date: date = RUN_DATE, contract_id: str | None = None) -> Explanation:
    (explanation,) = explain(world, transaction_id, run_date, contract_id)
    return explanation


def edit(world: World, customer_id: str = "Fabrikam") -> None:
    """Writes into the only detail of a customer's draft."""
    desk, invoice_id = Desk(world), invoice_of(world, RUN_DATE, customer_id)
    (detail_id,) = desk.detail_ids(invoice_id).values()
    desk.change(invoice_id, detail_id, description="edited")


@pytest.fixture
def october_fifth(world: World) -> World:
    """One line due on 5 and 19 October."""
    world.contract()
    world.line()
    world.schedule(RUN_DATE, october(19))
    return world


def test_ready_transaction(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    explanation = only(october_fifth, "T")
    assert explanation.reason == "invoiced"
    assert str(explanation) == (
        "Transaction T of contract Adatum, customer Fabrikam's share of 100.00, is ready: a run of 2026-10-05 puts it on the "
        "invoice of 2026-10-05."
    )


def test_transaction_on_its_draft(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    invoice = october_fifth.run(RUN_DATE).invoices.iloc[0]
    explanation = only(october_fifth, "T")
    assert (explanation.reason, explanation.invoice_id) == ("invoiced", invoice.invoice_id)
    assert f"is on scheduled invoice {invoice.invoice_id} of 2026-10-05 (draft)" in explanation.sentence


def test_transaction_of_a_missed_day(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    explanation = only(october_fifth, "T", october(7))
    assert explanation.reason == "invoiced"
    assert "a run of 2026-10-07 puts it on the invoice of 2026-10-05" in explanation.sentence


def test_transaction_on_a_draft_of_another_date(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    explanation = only(october_fifth, "T", october(19))
    assert (explanation.reason, explanation.invoice_run_date) == ("on_a_draft", RUN_DATE)


def test_transaction_on_a_draft_of_another_date_while_its_line_is_not_due(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    explanation = only(october_fifth, "T", october(12))
    assert (explanation.reason, explanation.invoice_status) == (None, "draft")


def test_transaction_on_a_touched_draft(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    Desk(october_fifth).review(invoice_of(october_fifth, RUN_DATE))
    explanation = only(october_fifth, "T")
    assert explanation.reason == "on_a_draft"
    assert "(in_review)" in explanation.sentence


def test_transaction_beside_a_touched_draft(october_fifth: World) -> None:
    october_fifth.transaction("first", october(4))
    october_fifth.run(RUN_DATE)
    edit(october_fifth)
    october_fifth.transaction("T", october(4))
    explanation = only(october_fifth, "T")
    assert (explanation.reason, explanation.next_run_date) == ("on_a_draft", october(19))
    assert "waits, since its customer already has scheduled invoice" in explanation.sentence
    assert "it comes with run date 2026-10-19 (cut-off 2026-10-18)" in explanation.sentence


def test_transaction_that_a_later_due_row_takes(october_fifth: World) -> None:
    october_fifth.transaction("first", october(4))
    october_fifth.run(RUN_DATE)
    edit(october_fifth)
    damage.set_run_status(october_fifth, "not_run", RUN_DATE)
    october_fifth.transaction("T", october(4))
    assert "a run of 2026-10-19 puts it on the invoice of 2026-10-19" in only(october_fifth, "T", october(19)).sentence


def test_confirmed_transaction(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.run(RUN_DATE)
    (confirmed,) = Desk(october_fifth).confirm(invoice_of(october_fifth, RUN_DATE)).invoices
    explanation = only(october_fifth, "T")
    assert explanation.reason is None
    assert (
        f"is invoiced for good, on scheduled invoice {confirmed.invoice_number} of 2026-10-05 (confirmed)"
        in explanation.sentence
    )


def test_canceled_transaction(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4), status="canceled")
    assert only(october_fifth, "T").sentence.endswith("is canceled.")


def test_transaction_that_is_not_ready(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4), status="unbilled")
    explanation = only(october_fifth, "T")
    assert explanation.reason == "not_ready"
    assert "not ready to invoice" in explanation.sentence


def test_transaction_after_the_cutoff(october_fifth: World) -> None:
    october_fifth.transaction("T", october(5))
    explanation = only(october_fifth, "T")
    assert (explanation.reason, explanation.next_run_date) == ("after_cutoff", october(19))
    assert explanation.sentence.endswith(
        "is dated 2026-10-05, after the cut-off 2026-10-04; it comes with run date 2026-10-19 (cut-off 2026-10-18)."
    )


def test_transaction_after_every_cutoff(october_fifth: World) -> None:
    october_fifth.transaction("T", october(30))
    assert "no later run date of the line takes it" in only(october_fifth, "T").sentence


def test_transaction_of_a_line_that_is_not_due(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.revise("invoice_schedules", LINE, RUN_DATE, run_status="run_successful")
    explanation = only(october_fifth, "T", october(12))
    assert (explanation.reason, explanation.next_run_date) == (None, october(19))
    assert "line work is not due on 2026-10-12; it comes with run date 2026-10-19" in explanation.sentence


def test_transaction_of_a_row_too_old_to_be_caught_up(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    assert "run 2026-10-05 by hand" in only(october_fifth, "T", date(2026, 12, 24)).sentence


def test_transaction_of_a_class_that_the_line_does_not_include(world: World) -> None:
    world.contract()
    world.line(excludes=("expense",))
    world.schedule(RUN_DATE)
    world.transaction("T", october(4), transaction_class="expense")
    explanation = only(world, "T")
    assert explanation.reason == "class_not_included"
    assert "line work does not include expense" in explanation.sentence


def test_transaction_of_a_fixed_price_line(world: World) -> None:
    world.contract()
    world.line(method="fixed_price")
    world.milestone("M", RUN_DATE, line_id="work")
    world.transaction("T", october(4))
    explanation = only(world, "T")
    assert explanation.reason == "class_not_included"
    assert "line work is fixed price" in explanation.sentence


def test_transaction_of_a_contract_on_hold(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.revise("project_contracts", state="on_hold")
    explanation = only(october_fifth, "T")
    assert explanation.reason is None
    assert "contract Adatum is on_hold" in explanation.sentence


def test_transaction_of_a_quarantined_contract(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    october_fifth.line("broken", percents={})
    october_fifth.schedule(RUN_DATE, line_id="broken")
    october_fifth.run(RUN_DATE)
    explanation = only(october_fifth, "T")
    assert explanation.reason == "quarantined"
    assert "quarantined (line_without_customers): Contract line broken has no customers" in explanation.sentence
    assert not explanation.sentence.endswith("..")


def test_transaction_of_a_line_without_customers(world: World) -> None:
    world.contract()
    world.line(percents={})
    world.schedule(RUN_DATE)
    world.transaction("T", october(4))
    explanation = only(world, "T")
    assert (explanation.reason, explanation.customer_id) == (None, None)
    assert "line work has no customers" in explanation.sentence


def test_every_share_is_explained(world: World) -> None:
    world.contract()
    world.line(percents={"Fabrikam": "33.3333", "Northwind": "66.6667"})
    world.schedule(RUN_DATE)
    world.transaction("T", october(4))
    shares = [(explanation.customer_id, explanation.amount) for explanation in explain(world, "T")]
    assert shares == [("Fabrikam", Decimal("33.33")), ("Northwind", Decimal("66.67"))]


def test_same_id_in_two_contracts(october_fifth: World) -> None:
    october_fifth.contract("Contoso")
    october_fifth.line(contract_id="Contoso")
    october_fifth.transaction("T", october(4))
    october_fifth.transaction("T", october(4), contract_id="Contoso")
    assert [explanation.contract_id for explanation in explain(october_fifth, "T")] == [CONTRACT, "Contoso"]


def test_contract_picks_one(october_fifth: World) -> None:
    october_fifth.contract("Contoso")
    october_fifth.line(contract_id="Contoso")
    october_fifth.transaction("T", october(4))
    october_fifth.transaction("T", october(4), contract_id="Contoso")
    assert only(october_fifth, "T", contract_id="Contoso").contract_id == "Contoso"


def test_unknown_transaction(october_fifth: World) -> None:
    with pytest.raises(NotFoundError, match="no transaction T in the warehouse"):
        explain(october_fifth, "T")


def test_unknown_transaction_of_a_contract(october_fifth: World) -> None:
    october_fifth.transaction("T", october(4))
    with pytest.raises(NotFoundError, match="no transaction T of contract Contoso in the warehouse"):
        explain(october_fifth, "T", contract_id="Contoso")


@pytest.mark.parametrize("run_date", [RUN_DATE, october(7), october(19)])
def test_reasons_are_those_of_the_run(world: World, run_date: date) -> None:
    world.contract()
    world.line(percents={"Fabrikam": "50", "Northwind": "50"}, excludes=("fee",))
    world.line("prototype", method="fixed_price")
    world.schedule(RUN_DATE, october(19))
    world.schedule(october(18), cutoff=october(3))
    world.milestone("M", RUN_DATE, line_id="prototype")
    world.transaction("edited", october(1))
    world.run(RUN_DATE)
    edit(world, "Northwind")
    for day in (1, 4, 5, 18, 19):
        world.transaction(f"ready {day}", october(day))
        world.transaction(f"fee {day}", october(day), transaction_class="fee")
        world.transaction(f"unbilled {day}", october(day), status="unbilled")
        world.transaction(f"prototype {day}", october(day), line_id="prototype")
    world.transaction("canceled", october(1), status="canceled")

    ids = {row.transaction_id for row in world.read("SELECT transaction_id FROM analytics.actuals")}
    explained = Counter(each.reason for transaction_id in ids for each in explain(world, transaction_id, run_date))
    accounted = accounting(world, world.run(run_date, "again").run)
    del explained[None]
    assert explained == {reason: transactions for reason, (transactions, _) in accounted.items()}
