"""The DAGs that people start by hand, in a real Airflow, from the form to the numbered invoice."""

from __future__ import annotations

from collections.abc import Callable

import pendulum

from tests.dags.listeners import AlertServer
from tests.e2e.rest import Rest
from tests.e2e.test_operating import alert_titled
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.world import World

ADATUM = "adatum-implementation"


def test_drafts_by_hand_above_the_amount_are_confirmed_once_somebody_approves(
    rest_of: Callable[[str], Rest], warehouse: World, alerts: AlertServer
) -> None:
    creating, confirming = rest_of("create_project_invoices"), rest_of("confirm_invoices")
    assert "should be non-empty" in creating.refused_trigger({"contract_ids": []})
    created = creating.trigger(conf={"contract_ids": [ADATUM]})
    assert creating.wait_for(created) == "success"
    (draft,) = creating.result(created, "create_drafts")["invoices_listed"]

    run = confirming.trigger(conf={"contract_ids": [ADATUM]})
    confirming.wait_for_task(run, "approve", {"awaiting_input"})
    # Anyone who confirms something else does not wait for that.
    other = confirming.trigger(conf={"run_date": "2020-10-05"})
    assert confirming.wait_for(other) == "success"
    assert confirming.tasks(run)["confirm_drafts"] is None
    assert alert_titled(alerts, "Confirm 1 draft")[-1].endswith("/tasks/approve/required_actions")

    confirming.answer(run, "approve", "Approve")
    assert confirming.wait_for(run) == "success"
    assert confirming.run(run)["note"].startswith("**Summary** Approved by admin. 1 invoice confirmed: ")
    query = "SELECT invoice_id::text, status, invoice_number FROM analytics.invoices"
    assert warehouse.read(query) == [(draft["invoice_id"], "confirmed", f"INV-{pendulum.now('UTC').year}-000001")]
    doers = "SELECT DISTINCT changed_by FROM analytics.invoice_changes WHERE action IN ('created', 'confirmed')"
    assert warehouse.read(doers) == [("admin",)]

    # Cleared, it finds what it has done, and has nothing to ask any more.
    before = confirming.result(run, "confirm_drafts")
    confirming.clear_run(run)
    assert confirming.wait_for(run) == "success"
    assert (confirming.tasks(run)["approve"], confirming.result(run, "confirm_drafts")) == ("skipped", before)


def test_a_run_that_waits_for_an_approval_can_be_called_off(rest_of: Callable[[str], Rest], warehouse: World) -> None:
    today = october(5)
    Desk(warehouse).create(ADATUM, today=today)
    confirming = rest_of("confirm_invoices")
    run = confirming.trigger(conf={"run_date": str(today)})
    confirming.wait_for_task(run, "approve", {"awaiting_input"})
    confirming.end(run, "failed")
    assert confirming.wait_for(run) == "failed"
    assert warehouse.read("SELECT status FROM analytics.invoices") == [("draft",)]


def test_a_run_by_hand_that_could_do_nothing_sends_an_alert_with_the_reason(
    rest_of: Callable[[str], Rest], warehouse: World, alerts: AlertServer
) -> None:
    correcting = rest_of("correct_invoices")
    run = correcting.trigger(conf={"invoice_ids": ["INV-2026-999999"]})
    assert correcting.wait_for(run) == "failed"
    reason, _ = alert_titled(alerts, "correct_invoices")
    assert reason.startswith("create_corrections: INV-501: nothing was created: INV-2026-999999: no invoice")
