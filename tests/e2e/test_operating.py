"""What operators get from a real Airflow: the note, alerts, metrics, the button and the pages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx

from tests.dags.listeners import AlertServer, StatsdServer, eventually
from tests.e2e.rest import DAG_ID, Rest
from tests.e2e.stack import Stack
from tests.world.world import World

DAY = {"run_date": "2020-10-05"}
UNKNOWN = {**DAY, "contract_ids": ["no-such-contract"]}


def ended(rest: Rest, conf: dict[str, Any]) -> str:
    """Id of a run by hand, once it has ended."""
    run = rest.trigger(conf=conf)
    rest.wait_for(run)
    return run


def page_of(run: str) -> str:
    return f"/invoicing/dags/{DAG_ID}/runs/{quote(run, safe='')}"


def alert_titled(alerts: AlertServer, words: str, message: str = "") -> list[str]:
    """Lines of the first alert with these words in its title, and that message in its text."""

    def look() -> list[str] | None:
        found = (a for a in alerts.alerts if words in a["title"] and message in a["message"])
        return next((alert["message"].splitlines() for alert in found), None)

    lines: list[str] = eventually(look, 90)
    return lines


def open_lines(log: str) -> list[str]:
    """The lines of a log that Airflow's UI does not fold."""
    unfolded = re.sub(r"::group::.*?::endgroup::", "", log, flags=re.DOTALL).splitlines()
    return [line for line in unfolded if line not in ("", "::endgroup::")]


def test_run_shows_its_day_in_note_metrics_button_and_page(
    stack: Stack, rest: Rest, warehouse: World, statsd: StatsdServer
) -> None:
    run = ended(rest, DAY)
    assert rest.run(run)["note"].startswith(
        "**Summary** 2020-10-05: 1 invoice with 25 details, 21,130.01 USD chargeable. 3 warnings"
    )
    assert statsd.figures["airflow.invoicing.run.chargeable_amount.USD"] == "21130.01|g"
    assert rest.links(run, "write_draft_invoices") == {"Invoices": f"{stack.url}{page_of(run)}"}
    assert [invoice["total_amount"] for invoice in rest.get(page_of(run), format="json")["invoices"]] == [21213.41]


def test_failed_run_shows_its_task_and_error_in_note_and_alert(
    stack: Stack, rest: Rest, warehouse: World, alerts: AlertServer
) -> None:
    run = ended(rest, UNKNOWN)
    error = "INV-102: no contract no-such-contract in the warehouse"
    assert rest.run(run)["note"] == f"**Summary** find_due_contract_lines failed: {error}"
    run_page = f"{stack.url}/dags/{DAG_ID}/runs/{quote(run, safe='')}"
    assert alert_titled(alerts, f"{DAG_ID} 2020-10-05 failed", run_page) == [
        f"find_due_contract_lines: {error}",
        run_page,
    ]
    assert open_lines(rest.log(run, "find_due_contract_lines"))[-1] == error


def test_task_that_is_skipped_says_why_in_its_log_and_on_its_note(rest: Rest, warehouse: World) -> None:
    run = ended(rest, {"run_date": "2020-10-04"})
    why = "Skipped: nothing is due on 2020-10-04: the invoice schedules begin on 2020-10-05"
    assert open_lines(rest.log(run, "write_draft_invoices", map_index=0))[-1] == why
    assert rest.task(run, "write_draft_invoices")["note"] == f"**Summary** {why}"


def test_note_of_a_person_stays_when_the_run_is_cleared(rest: Rest, warehouse: World) -> None:
    run = ended(rest, UNKNOWN)
    rest.write_note(run, "Asked Anna.")
    rest.clear_run(run)
    rest.wait_for(run)
    assert rest.run(run)["note"].startswith("Asked Anna.\n\n**Summary** find_due_contract_lines failed")


def test_scheduled_run_past_its_deadline_sends_an_alert(stack: Stack, rest: Rest, alerts: AlertServer) -> None:
    assert alert_titled(alerts, "is late")[1].startswith(f"{stack.url}/dags/{DAG_ID}/runs/scheduled__")


def test_pages_are_shown_to_nobody_who_is_not_logged_in(stack: Stack, rest: Rest) -> None:
    for page in (page_of("any"), f"/invoicing/dags/{DAG_ID}/runbook"):
        assert httpx.get(f"{stack.url}{page}").status_code == httpx.codes.UNAUTHORIZED


def test_plugin_is_loaded_without_errors(rest: Rest) -> None:
    assert rest.get("/api/v2/plugins/importErrors")["import_errors"] == []
