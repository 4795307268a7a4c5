"""What operators get from a real Airflow: the note, alerts, metrics, the button and the page of its invoices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from tests.dags.airflow_stack import Stack, airflow_stack
from tests.dags.listeners import AlertServer, StatsdServer, alert_server, eventually, statsd_server

pytestmark = pytest.mark.e2e

DAG = "create_invoices"


@pytest.fixture(scope="module")
def alerts() -> Iterator[AlertServer]:
    with alert_server() as listening:
        yield listening


@pytest.fixture(scope="module")
def statsd() -> Iterator[StatsdServer]:
    with statsd_server() as listening:
        yield listening


@pytest.fixture(scope="module")
def stack(
    new_database: Callable[[str], sa.URL],
    adatum_template: str,
    alerts: AlertServer,
    statsd: StatsdServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """Airflow over a warehouse with Adatum's contract, its own database on Postgres as well."""
    warehouse, metadata = new_database(adatum_template), new_database("template1")
    with airflow_stack(
        tmp_path_factory.mktemp("airflow"),
        {
            "AIRFLOW_CONN_INVOICING_WAREHOUSE": warehouse.set(drivername="postgresql").render_as_string(False),
            "AIRFLOW_CONN_INVOICING_ALERTS": alerts.connection,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata.render_as_string(hide_password=False),
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(statsd.port),
            "INVOICING_DEADLINE_MINUTES": "0.01",
            "INVOICING_MAX_DRIFT_MINUTES": "0",  # no sleep, whatever the time of day
        },
    ) as running:
        eventually(lambda: running.get("/dags")["dags"])
        yield running


@pytest.fixture(scope="module")
def invoiced(stack: Stack) -> str:
    """run_id of a run that wrote an invoice."""
    return stack.run(DAG, run_date="2020-10-05")


@pytest.fixture(scope="module")
def failed(stack: Stack) -> str:
    """run_id of a run that failed."""
    return stack.run(DAG, run_date="2020-10-05", contract_ids=["no-such-contract"])


def path_of(run_id: str) -> str:
    return f"/dags/{DAG}/dagRuns/{quote(run_id, safe='')}"


def page_of(run_id: str) -> str:
    return f"/invoicing/dags/{DAG}/runs/{quote(run_id, safe='')}"


def alert_titled(alerts: AlertServer, words: str) -> dict[str, Any]:
    found: dict[str, Any] = eventually(lambda: next((a for a in alerts.alerts if words in a["title"]), None), 90)
    return found


def test_a_run_has_the_summary_of_its_day_as_its_note(stack: Stack, invoiced: str) -> None:
    assert stack.get(path_of(invoiced))["note"] == (
        "**Summary** 2020-10-05: 1 invoice with 25 details, 21,130.01 chargeable over all currencies."
    )


def test_a_failed_run_has_the_task_and_its_error_as_its_note(stack: Stack, failed: str) -> None:
    assert stack.get(path_of(failed))["note"] == (
        "**Summary** find_due_contract_lines failed: INV-102: no contract no-such-contract in the warehouse"
    )


def test_a_person_s_note_stays_when_the_run_is_cleared(stack: Stack, failed: str) -> None:
    path = f"/api/v2{path_of(failed)}"
    stack.send("PATCH", f"{path}?update_mask=note", {"note": "Asked Anna."})
    stack.send("POST", f"{path}/clear", {"dry_run": False, "only_failed": False})
    stack.wait_for(DAG, failed)
    note = stack.get(path_of(failed))["note"]
    assert note.startswith("Asked Anna.\n\n**Summary** find_due_contract_lines failed")


def test_a_failed_run_sends_an_alert_with_its_first_error_and_its_page(
    stack: Stack, failed: str, alerts: AlertServer
) -> None:
    alert = alert_titled(alerts, "create_invoices 2020-10-05 failed")
    assert alert["message"].splitlines() == [
        "find_due_contract_lines: INV-102: no contract no-such-contract in the warehouse",
        f"{stack.address}/dags/{DAG}/runs/{quote(failed, safe='')}",
    ]


def test_a_scheduled_run_past_its_deadline_sends_an_alert(stack: Stack, alerts: AlertServer) -> None:
    assert alert_titled(alerts, "is late")["message"].splitlines()[1].startswith(f"{stack.address}/dags/{DAG}/runs/")


def test_a_run_sends_its_figures(invoiced: str, statsd: StatsdServer) -> None:
    assert statsd.figures["airflow.invoicing.run.chargeable_amount"] == "21130.01|g"


def test_the_button_of_the_task_leads_to_the_invoices(stack: Stack, invoiced: str) -> None:
    instances = stack.get(f"{path_of(invoiced)}/taskInstances")["task_instances"]
    write = next(instance for instance in instances if instance["task_id"] == "write_draft_invoices")
    links = stack.get(f"{path_of(invoiced)}/taskInstances/write_draft_invoices/links?map_index={write['map_index']}")
    assert links["extra_links"] == {"Invoices": f"{stack.address}{page_of(invoiced)}"}


def test_the_page_of_a_run_gives_its_invoices(stack: Stack, invoiced: str) -> None:
    answer = stack.send("GET", page_of(invoiced))
    assert [invoice["total_amount"] for invoice in answer["invoices"]] == [21213.41]


def test_the_page_is_shown_to_nobody_who_is_not_logged_in(stack: Stack, invoiced: str) -> None:
    status, text = stack.ask("GET", page_of(invoiced))
    assert (status, json.loads(text)) == (401, {"detail": "Not authenticated"})


def test_the_plugin_is_loaded_without_errors(stack: Stack) -> None:
    assert stack.get("/plugins/importErrors")["import_errors"] == []
