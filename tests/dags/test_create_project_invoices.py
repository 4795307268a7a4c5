"""create_project_invoices in Airflow: drafts by hand of chosen contracts, and what is said of those that were refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from invoicing.warehouse.locks import lock_contracts
from invoicing.warehouse.transactions import writing
from tests.dags.conftest import TRIGGERED_AT, result, states
from tests.dags.lost_answer import lose_the_first_answer
from tests.dags.test_notes import note_of
from tests.world.world import World

Trigger = Callable[..., Any]

DAG_ID = "create_project_invoices"
ADATUM = "adatum-implementation"
EMPTY = "Contoso"  # with nothing that is ready


@pytest.fixture
def warehouse(own_world: World) -> World:
    own_world.contract(EMPTY)
    own_world.line(contract_id=EMPTY)
    own_world.load()
    return own_world


def drafts(warehouse: World) -> list[tuple[Any, ...]]:
    query = "SELECT contract_id, run_date, origin, status FROM analytics.invoices ORDER BY 1"
    return [tuple(row) for row in warehouse.read(query)]


def test_a_contract_is_invoiced_on_the_day_of_the_run(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, contract_ids=[ADATUM])
    assert (str(run.state), states(run)) == ("success", {"create_drafts": "success", "report_refused": "success"})
    assert drafts(warehouse) == [(ADATUM, TRIGGERED_AT.date(), "manual", "draft")]


def test_the_result_has_the_ids_and_totals_of_the_drafts(trigger: Trigger, warehouse: World) -> None:
    found = result(trigger(DAG_ID, contract_ids=[ADATUM]), "create_drafts")
    (draft,) = warehouse.read("SELECT invoice_id, total_amount FROM analytics.invoices")
    assert [one["invoice_id"] for one in found["invoices_listed"]] == [str(draft.invoice_id)]
    assert (found["invoices"], found["totals"], found["refused"]) == (1, {"USD": str(draft.total_amount)}, 0)


def test_a_refused_contract_stops_no_other_and_turns_the_report_red(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, contract_ids=[EMPTY, ADATUM, "no-such-contract"])
    assert (str(run.state), states(run)) == ("success", {"create_drafts": "success", "report_refused": "failed"})
    assert [draft[0] for draft in drafts(warehouse)] == [ADATUM]
    refused = {one["subject"]: one["reason"] for one in result(run, "create_drafts")["refused_listed"]}
    assert refused["no-such-contract"] == "there is no such contract in the warehouse"
    assert refused[EMPTY].startswith("nothing is ready to invoice")


def test_the_note_says_what_was_created_and_names_what_was_refused(trigger: Trigger, warehouse: World) -> None:
    note = note_of(trigger(DAG_ID, contract_ids=[EMPTY, ADATUM]))
    ((total,),) = warehouse.read("SELECT total_amount FROM analytics.invoices")
    assert note == f"**Summary** 1 invoice created: {total:,} USD. Refused: {EMPTY}."


def test_a_run_that_creates_nothing_fails_with_the_reasons(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, contract_ids=[EMPTY])
    assert (str(run.state), run.get_task_instance("create_drafts").try_number) == ("failed", 1)
    note = note_of(run)
    assert note is not None
    assert note.startswith(f"**Summary** create_drafts failed: INV-501: nothing was created: {EMPTY}: nothing is ready")


@pytest.mark.parametrize("form", [{}, {"contract_ids": []}, {"contract_ids": "Adatum"}])
def test_a_form_without_contracts_is_refused(trigger: Trigger, form: dict[str, Any]) -> None:
    from airflow.sdk.exceptions import ParamValidationError  # noqa: PLC0415

    with pytest.raises((ParamValidationError, ValueError)):
        trigger(DAG_ID, **form)


def test_blanks_around_a_contract_are_no_part_of_it(trigger: Trigger, warehouse: World) -> None:
    assert str(trigger(DAG_ID, contract_ids=[f" {ADATUM} ", ""]).state) == "success"


def test_the_journal_names_who_triggered_the_run(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, contract_ids=[ADATUM])
    journal = "SELECT changed_by, request_key FROM analytics.invoice_changes WHERE action = 'created'"
    assert warehouse.read(journal) == [(run.triggering_user_name, f"{DAG_ID}/{run.run_id}")]


def test_a_try_after_a_lost_answer_has_the_result_of_the_first(
    trigger: Trigger, warehouse: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_first_answer(monkeypatch)
    run = trigger(DAG_ID, contract_ids=[ADATUM, EMPTY])
    assert (str(run.state), run.get_task_instance("create_drafts").try_number) == ("success", 2)
    assert len(drafts(warehouse)) == 1
    found = result(run, "create_drafts")
    assert (found["invoices"], [one["subject"] for one in found["refused_listed"]]) == (1, [EMPTY])


def test_while_somebody_holds_the_contract_the_task_is_tried_again(
    trigger: Trigger, warehouse: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from invoicing.airflow.tasks.retries import RETRYING  # noqa: PLC0415

    monkeypatch.setitem(RETRYING, "retry_delay", timedelta(0))
    monkeypatch.setitem(RETRYING, "retries", 2)
    monkeypatch.setenv("INVOICING_WAIT_SECONDS", "1")
    with writing(warehouse.engine, 1) as connection:
        lock_contracts(connection, [ADATUM])
        run = trigger(DAG_ID, contract_ids=[ADATUM])
    assert run.get_task_instance("create_drafts").try_number == 3
    assert "INV-451: somebody else is changing the warehouse" in result(run, "create_drafts", "failure")
