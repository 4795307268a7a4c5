"""correct_invoices in Airflow: corrective drafts of confirmed invoices, and what is said of those that were refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.dags.conftest import TRIGGERED_AT, result, states
from tests.dags.lost_answer import lose_the_first_answer
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.world import World

Trigger = Callable[..., Any]

DAG_ID = "correct_invoices"
FIRST, SECOND = "INV-2026-000001", "INV-2026-000002"


@pytest.fixture
def warehouse(own_world: World) -> World:
    """A confirmed invoice of two details of Contoso, and one of Tailspin."""
    for contract_id, amounts in (("Contoso", ("100", "20")), ("Tailspin", ("40",))):
        own_world.contract(contract_id)
        own_world.line(contract_id=contract_id)
        for nth, amount in enumerate(amounts):
            own_world.transaction(f"T{nth}-{contract_id}", october(1), amount, contract_id=contract_id)
    desk = Desk(own_world)
    created = desk.create("Contoso", "Tailspin", today=october(5)).invoices
    desk.confirm(*(invoice.invoice_id for invoice in created), today=october(5))
    return own_world


def corrections(warehouse: World) -> list[tuple[Any, ...]]:
    """Contract, run date, status, total and number of details of each."""
    query = (
        "SELECT contract_id, run_date, status, total_amount::text, detail_count FROM analytics.invoices "
        "WHERE origin = 'corrective' ORDER BY contract_id"
    )
    return [tuple(row) for row in warehouse.read(query)]


def details(warehouse: World, number: str) -> list[int]:
    query = (
        "SELECT d.detail_id FROM analytics.invoice_line_details d JOIN analytics.invoices i USING (contract_id, invoice_id) "
        "WHERE i.invoice_number = :number ORDER BY d.detail_id"
    )
    return [row.detail_id for row in warehouse.read(query, number=number)]


def test_each_invoice_gets_a_corrective_draft_that_credits_it(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, invoice_ids=[FIRST, SECOND])
    assert (str(run.state), states(run)) == ("success", {"create_corrections": "success", "report_refused": "success"})
    today = TRIGGERED_AT.date()
    assert corrections(warehouse) == [
        ("Contoso", today, "draft", "-120.00", 2),
        ("Tailspin", today, "draft", "-40.00", 1),
    ]


def test_an_invoice_can_be_named_by_its_id(trigger: Trigger, warehouse: World) -> None:
    ((invoice_id,),) = warehouse.read("SELECT invoice_id FROM analytics.invoices WHERE invoice_number = :n", n=SECOND)
    trigger(DAG_ID, invoice_ids=[str(invoice_id)])
    assert [row[0] for row in corrections(warehouse)] == ["Tailspin"]


def test_chosen_details_of_one_invoice_are_corrected_alone(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, invoice_ids=[FIRST], detail_ids=details(warehouse, FIRST)[:1])
    assert (str(run.state), [row[4] for row in corrections(warehouse)]) == ("success", [1])


def test_details_of_several_invoices_cannot_be_chosen(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, invoice_ids=[FIRST, SECOND], detail_ids=[1])
    assert (str(run.state), run.get_task_instance("create_corrections").try_number) == ("failed", 1)
    assert result(run, "create_corrections", "failure").startswith("INV-101: details can be chosen of one invoice")


def test_a_refused_invoice_stops_no_other_and_turns_the_report_red(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, invoice_ids=["INV-2026-999999", SECOND])
    assert (str(run.state), states(run)) == ("success", {"create_corrections": "success", "report_refused": "failed"})
    assert [row[0] for row in corrections(warehouse)] == ["Tailspin"]
    assert [one["subject"] for one in result(run, "create_corrections")["refused_listed"]] == ["INV-2026-999999"]


def test_a_second_open_correction_fails_with_the_reason(trigger: Trigger, warehouse: World) -> None:
    trigger(DAG_ID, invoice_ids=[FIRST])
    run = trigger(DAG_ID, invoice_ids=[FIRST])
    assert str(run.state) == "failed"
    assert "on the open correction" in result(run, "create_corrections", "failure")


@pytest.mark.parametrize("form", [{}, {"invoice_ids": []}, {"invoice_ids": [FIRST], "detail_ids": ["first"]}])
def test_a_form_that_is_not_filled_in_is_refused(trigger: Trigger, form: dict[str, Any]) -> None:
    from airflow.sdk.exceptions import ParamValidationError  # noqa: PLC0415

    with pytest.raises((ParamValidationError, ValueError)):
        trigger(DAG_ID, **form)


def test_a_try_after_a_lost_answer_has_the_result_of_the_first(
    trigger: Trigger, warehouse: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_first_answer(monkeypatch)
    run = trigger(DAG_ID, invoice_ids=[FIRST, "INV-2026-999999"])
    assert (str(run.state), run.get_task_instance("create_corrections").try_number) == ("success", 2)
    found = result(run, "create_corrections")
    assert (found["invoices"], found["totals"], found["refused"]) == (1, {"USD": "-120.00"}, 1)
    assert len(corrections(warehouse)) == 1
