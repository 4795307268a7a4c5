"""confirm_invoices in Airflow: which drafts, when a person is asked, and what happens to the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.dags.approvals import somebody_who
from tests.dags.conftest import result, states
from tests.dags.lost_answer import lose_the_first_answer
from tests.dags.test_notes import note_of
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.reads import invoice_of
from tests.world.world import World

Trigger = Callable[..., Any]

DAG_ID = "confirm_invoices"
DAY = "2026-10-05"
TRIGGERED_BY = "dag_test"  # who runs a DAG in a test
CONFIRMED = {"choose_drafts": "success", "approve": "skipped", "confirm_drafts": "success", "report_refused": "success"}


@pytest.fixture
def warehouse(own_world: World) -> World:
    """Drafts of 5 October: 100 USD of Contoso, 40 USD of Tailspin, 60 EUR of Wingtip."""
    for contract_id, currency, amount in (
        ("Contoso", "USD", "100"),
        ("Tailspin", "USD", "40"),
        ("Wingtip", "EUR", "60"),
    ):
        own_world.contract(contract_id, currency=currency)
        own_world.line(contract_id=contract_id)
        own_world.schedule(october(5), contract_id=contract_id)
        own_world.transaction(f"T-{contract_id}", october(1), amount, contract_id=contract_id)
    own_world.run(october(5), contract_ids=["Contoso", "Tailspin", "Wingtip"])
    return own_world


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the amount above which a person is asked."""
    return lambda amount: monkeypatch.setenv("INVOICING_APPROVAL_AMOUNT", amount)


def statuses(warehouse: World) -> dict[str, str]:
    rows = warehouse.read("SELECT contract_id, status FROM analytics.invoices ORDER BY contract_id")
    return {row.contract_id: row.status for row in rows}


def draft_of(warehouse: World, contract_id: str) -> UUID:
    return invoice_of(warehouse, october(5), contract_id=contract_id)


def touch(warehouse: World, contract_id: str) -> None:
    """Somebody changes the draft: its version goes up."""
    Desk(warehouse, "carol").review(draft_of(warehouse, contract_id))


def test_the_drafts_of_a_run_date_are_confirmed(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, run_date=DAY)
    assert (str(run.state), states(run)) == ("success", CONFIRMED)
    assert set(statuses(warehouse).values()) == {"confirmed"}


def test_the_drafts_of_contracts_are_confirmed_alone(trigger: Trigger, warehouse: World) -> None:
    trigger(DAG_ID, contract_ids=["Contoso"])
    assert statuses(warehouse) == {"Contoso": "confirmed", "Tailspin": "draft", "Wingtip": "draft"}


def test_named_drafts_are_confirmed_alone(trigger: Trigger, warehouse: World) -> None:
    trigger(DAG_ID, invoice_ids=[str(draft_of(warehouse, "Tailspin"))])
    assert statuses(warehouse) == {"Contoso": "draft", "Tailspin": "confirmed", "Wingtip": "draft"}


def test_the_result_has_numbers_and_totals_by_currency(trigger: Trigger, warehouse: World) -> None:
    found = result(trigger(DAG_ID, run_date=DAY), "confirm_drafts")
    assert (found["invoices"], found["totals"]) == (3, {"EUR": "60.00", "USD": "140.00"})
    numbers = warehouse.read("SELECT invoice_number FROM analytics.invoices ORDER BY contract_id")
    assert [one["invoice_number"] for one in found["invoices_listed"]] == [row[0] for row in numbers]


def test_all_drafts_but_some_are_confirmed_where_the_form_says_so(trigger: Trigger, warehouse: World) -> None:
    trigger(DAG_ID, everything=True, except_invoice_ids=[str(draft_of(warehouse, "Tailspin"))])
    assert statuses(warehouse) == {"Contoso": "confirmed", "Tailspin": "draft", "Wingtip": "confirmed"}


def test_an_invoice_to_leave_out_that_does_not_exist_stops_everything(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, everything=True, except_invoice_ids=["INV-2026-999999"])
    assert result(run, "choose_drafts", "failure").startswith("INV-102: nothing is left out by these names")
    assert set(statuses(warehouse).values()) == {"draft"}


def test_the_accounting_date_of_the_form_is_that_of_the_actuals(trigger: Trigger, warehouse: World) -> None:
    trigger(DAG_ID, contract_ids=["Contoso"], accounting_date="2026-10-31")
    assert warehouse.read("SELECT DISTINCT accounting_date FROM analytics.actuals WHERE kind = 'billed_sales'") == [
        (date(2026, 10, 31),)
    ]


@pytest.mark.parametrize("entered", ["2026-1-1", "2026-13-01", "tomorrow", ""])
def test_a_text_that_is_no_day_is_refused_by_the_form(trigger: Trigger, warehouse: World, entered: str) -> None:
    from airflow.sdk.exceptions import ParamValidationError  # noqa: PLC0415

    with pytest.raises((ParamValidationError, ValueError)):
        trigger(DAG_ID, run_date=entered)


def test_a_day_that_does_not_exist_is_refused(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, run_date="2026-02-29")
    assert result(run, "choose_drafts", "failure").startswith("INV-101: run_date must be a date")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"contract_ids": [" "]},
        {"run_date": DAY, "invoice_ids": ["INV-2026-000001"]},
        {"run_date": DAY, "everything": True},
        {"except_invoice_ids": ["INV-2026-000001"]},
    ],
)
def test_a_form_that_does_not_say_which_drafts_is_refused(
    trigger: Trigger, warehouse: World, form: dict[str, Any]
) -> None:
    run = trigger(DAG_ID, **form)
    assert (str(run.state), run.get_task_instance("choose_drafts").try_number) == ("failed", 1)
    assert result(run, "choose_drafts", "failure").startswith("INV-101: say which drafts")


def test_a_day_without_drafts_is_skipped_and_says_so(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, run_date="2026-10-06")
    assert (str(run.state), states(run)) == (
        "success",
        {"choose_drafts": "skipped", "approve": "skipped", "confirm_drafts": "skipped", "report_refused": "skipped"},
    )
    assert note_of(run) == "**Summary** There is no draft of 2026-10-06: nothing to confirm."


def test_a_contract_without_a_draft_is_named_and_stops_no_other(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, run_date=DAY, contract_ids=["Contoso", "no-such-contract"])
    assert (str(run.state), states(run)) == ("success", {**CONFIRMED, "report_refused": "failed"})
    assert result(run, "confirm_drafts")["refused_listed"] == [
        {"subject": "no-such-contract", "reason": "has no draft of 2026-10-05 to confirm"}
    ]


def test_when_nothing_that_was_named_can_be_confirmed_the_run_fails_with_the_reasons(
    trigger: Trigger, warehouse: World
) -> None:
    run = trigger(DAG_ID, invoice_ids=["INV-2026-999999"])
    assert str(run.state) == "failed"
    assert result(run, "choose_drafts", "failure").startswith("INV-501: nothing can be confirmed: INV-2026-999999: no ")


def test_a_bad_draft_stops_no_other_and_turns_the_report_red(trigger: Trigger, warehouse: World) -> None:
    damage.change_invoices(warehouse, contract_id="Contoso", chargeable_amount=99)
    bad = str(draft_of(warehouse, "Contoso"))
    run = trigger(DAG_ID, run_date=DAY)
    assert (str(run.state), states(run)) == ("success", {**CONFIRMED, "report_refused": "failed"})
    assert statuses(warehouse) == {"Contoso": "draft", "Tailspin": "confirmed", "Wingtip": "confirmed"}
    (refused,) = result(run, "confirm_drafts")["refused_listed"]
    assert (refused["subject"], "run `invoicing verify`" in refused["reason"]) == (bad, True)


def test_the_journal_names_who_triggered_the_run(trigger: Trigger, warehouse: World) -> None:
    run = trigger(DAG_ID, contract_ids=["Contoso"])
    journal = "SELECT changed_by, request_key FROM analytics.invoice_changes WHERE action = 'confirmed'"
    assert warehouse.read(journal) == [(run.triggering_user_name, f"{DAG_ID}/{run.run_id}")]


def test_a_try_after_a_lost_answer_has_the_result_of_the_first(
    trigger: Trigger, warehouse: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_first_answer(monkeypatch)
    run = trigger(DAG_ID, contract_ids=["Contoso", "Tailspin", "no-such-contract"])
    assert (str(run.state), run.get_task_instance("confirm_drafts").try_number) == ("success", 2)
    found = result(run, "confirm_drafts")
    assert (found["invoices"], found["totals"], found["refused"]) == (2, {"USD": "140.00"}, 1)


# Approval


def test_drafts_above_the_amount_are_confirmed_when_somebody_approves(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("139.99")
    with somebody_who("Approve") as asked:
        run = trigger(DAG_ID, run_date=DAY)
    assert (str(run.state), states(run)) == ("success", {**CONFIRMED, "approve": "success"})
    assert set(statuses(warehouse).values()) == {"confirmed"}
    assert [question.subject for question in asked] == ["Confirm 3 drafts: 60.00 EUR, 140.00 USD?"]


def test_whoever_is_asked_sees_the_sums_and_of_each_currency_the_largest_drafts_first(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("0")
    with somebody_who("Approve") as asked:
        trigger(DAG_ID, run_date=DAY)
    assert "| EUR | 1 | 60.00 | 0 |\n| USD | 2 | 140.00 | 0 |" in asked[0].body
    rows = [line for line in asked[0].body.splitlines() if "2026-10-05" in line]
    assert [row.split(" | ")[:6] for row in rows] == [
        ["| Wingtip", "Fabrikam", "scheduled", "draft", "2026-10-05", "60.00 EUR"],
        ["| Contoso", "Fabrikam", "scheduled", "draft", "2026-10-05", "100.00 USD"],
        ["| Tailspin", "Fabrikam", "scheduled", "draft", "2026-10-05", "40.00 USD"],
    ]


def test_whoever_is_asked_sees_what_is_left_out_and_why(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    touch(warehouse, "Tailspin")
    damage.change_invoices(warehouse, contract_id="Wingtip", chargeable_amount=99)
    with somebody_who("Approve") as asked:
        trigger(DAG_ID, run_date=DAY, contract_ids=["Contoso", "Tailspin", "Wingtip", "Nobody"])
    assert asked[0].subject == "Confirm 1 draft: 100.00 USD?"
    left_out = asked[0].body.partition("Left out:")[2].strip().splitlines()
    assert [line.split(": ")[0] for line in left_out] == [
        "- Nobody",
        "- Tailspin",
        f"- {draft_of(warehouse, 'Tailspin')}",
        f"- {draft_of(warehouse, 'Wingtip')}",
    ]
    assert "is in review" in left_out[2]


def test_whoever_is_asked_sees_names_as_they_stand(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    warehouse.deliver("customers", customer_id="Fabrikam", name="<b> | *c*\x1b[31m")
    warehouse.load()
    with somebody_who("Approve") as asked:
        trigger(DAG_ID, run_date=DAY, contract_ids=["Contoso"])
    assert r"| \<b\> \| \*c\*\\u001b\[31m |" in asked[0].body


def test_the_note_says_who_approved(trigger: Trigger, warehouse: World, limit: Callable[[str], None]) -> None:
    limit("1")
    with somebody_who("Approve", name="bob"):
        run = trigger(DAG_ID, contract_ids=["Contoso"])
    assert note_of(run) == "**Summary** Approved by bob. 1 invoice confirmed: 100.00 USD."


def test_a_sum_of_exactly_the_amount_needs_no_approval(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("140")
    assert states(trigger(DAG_ID, run_date=DAY)) == CONFIRMED


def test_what_somebody_rejects_is_not_confirmed(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    with somebody_who("Reject", name="bob"):
        run = trigger(DAG_ID, run_date=DAY)
    assert (str(run.state), states(run)) == (
        "success",
        {"choose_drafts": "success", "approve": "success", "confirm_drafts": "skipped", "report_refused": "skipped"},
    )
    assert set(statuses(warehouse).values()) == {"draft"}
    assert note_of(run) == "**Summary** Rejected by bob: nothing was confirmed."


def test_a_draft_that_is_changed_before_the_approval_is_refused_and_named(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    with somebody_who("Approve", before=lambda: touch(warehouse, "Contoso")):
        run = trigger(DAG_ID, run_date=DAY)
    assert (str(run.state), states(run)["report_refused"]) == ("success", "failed")
    assert statuses(warehouse) == {"Contoso": "in_review", "Tailspin": "confirmed", "Wingtip": "confirmed"}
    (refused,) = result(run, "confirm_drafts")["refused_listed"]
    assert refused["subject"] == str(draft_of(warehouse, "Contoso"))
    assert "somebody changed it meanwhile" in refused["reason"]


def approvals(warehouse: World) -> list[tuple[object, ...]]:
    rows = warehouse.read(
        "SELECT asked_by, answered_by, answer, invoices, amounts FROM analytics.approvals ORDER BY approval_id"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(("said", "answer"), [("Approve", "approved"), ("Reject", "rejected")])
def test_the_warehouse_knows_who_asked_and_who_answered(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None], said: str, answer: str
) -> None:
    limit("1")
    with somebody_who(said, name="bob"):
        run = trigger(DAG_ID, contract_ids=["Contoso", "Wingtip"])
    assert approvals(warehouse) == [
        (run.triggering_user_name, "bob", answer, 2, {"EUR": Decimal("60.00"), "USD": Decimal("100.00")})
    ]


def test_the_reason_that_somebody_gives_is_kept(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    with somebody_who("Reject", reason="the rate is wrong"):
        trigger(DAG_ID, contract_ids=["Contoso"])
    assert warehouse.read("SELECT reason FROM analytics.approvals") == [("the rate is wrong",)]


def test_who_triggered_the_run_may_not_approve_it(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    with somebody_who("Approve", name=TRIGGERED_BY):
        run = trigger(DAG_ID, run_date=DAY)
    assert (str(run.state), states(run)["approve"], states(run)["confirm_drafts"]) == (
        "failed",
        "failed",
        "upstream_failed",
    )
    assert result(run, "approve", "failure").startswith(f"INV-512: {TRIGGERED_BY} asked for approval")
    assert set(statuses(warehouse).values()) == {"draft"}
    assert approvals(warehouse)[0][1:3] == (None, None)


def test_who_triggered_the_run_may_approve_it_where_the_setting_says_so(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit("1")
    monkeypatch.setenv("INVOICING_APPROVAL_BY_ANOTHER", "false")
    with somebody_who("Approve", name=TRIGGERED_BY):
        trigger(DAG_ID, run_date=DAY)
    assert set(statuses(warehouse).values()) == {"confirmed"}


def test_drafts_that_were_approved_elsewhere_are_not_asked_about(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    warehouse.settings = warehouse.settings.model_copy(update={"approval_amount": Decimal(1)})
    asked = Desk(warehouse, "carol").confirm(draft_of(warehouse, "Contoso")).approval_id
    assert asked is not None
    Desk(warehouse, "bob").approve(asked)
    assert states(trigger(DAG_ID, contract_ids=["Contoso"])) == CONFIRMED
    assert statuses(warehouse)["Contoso"] == "confirmed"


def test_a_question_that_was_answered_elsewhere_is_not_answered_again(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")

    def reject() -> None:
        (row,) = warehouse.read("SELECT approval_id FROM analytics.approvals")
        Desk(warehouse, "carol").reject(row.approval_id)

    with somebody_who("Approve", before=reject):
        run = trigger(DAG_ID, run_date=DAY)
    assert str(run.state) == "failed"
    assert "was rejected by carol already" in result(run, "approve", "failure")
    assert set(statuses(warehouse).values()) == {"draft"}


def test_marking_the_question_as_answered_is_no_approval(
    trigger: Trigger, warehouse: World, limit: Callable[[str], None]
) -> None:
    limit("1")
    run = trigger(DAG_ID, run_date=DAY, mark_success="approve")
    assert str(run.state) == "failed"
    assert set(statuses(warehouse).values()) == {"draft"}
    assert result(run, "confirm_drafts", "failure").startswith("INV-503: approval ")
