"""Alerts of a failed task and of a late day, as they arrive at the other end; test_operating.py has those of a run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pendulum
import pytest

from tests.dags.conftest import known_to_airflow
from tests.dags.listeners import AlertServer, alert_server
from tests.world import damage
from tests.world.world import World

LATE = {
    "dag_id": "create_invoices",
    "dag_run_id": "scheduled__2026-10-05T02:00:00+00:00",
    "run_type": "scheduled",
    "logical_date": "2026-10-05T02:00:00Z",
    "state": "running",
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertServer]:
    """Where the alerts of the test arrive."""
    with alert_server() as listening:
        monkeypatch.setenv("AIRFLOW_CONN_INVOICING_ALERTS", listening.connection)
        yield listening


def say_that_it_is_late(**changed: Any) -> None:
    from invoicing.airflow.notify.alerts import say_that_it_is_late  # noqa: PLC0415

    asyncio.run(say_that_it_is_late({"dag_run": {**LATE, **changed}}))


@pytest.fixture(scope="module")
def failing(airflow_database: None) -> Any:
    """A DAG whose only task has an alert of its own, and fails."""
    from airflow.sdk import DAG, task  # noqa: PLC0415

    from invoicing.airflow.notify.alerts import FailureAlert  # noqa: PLC0415

    with DAG("told", start_date=pendulum.datetime(2026, 1, 1), params={"run_date": "2026-10-05"}) as dag:

        @task(on_failure_callback=FailureAlert())  # type: ignore[untyped-decorator]
        def report() -> None:
            raise ValueError("contract C-1 is quarantined\nand more")

        report()
    return known_to_airflow(dag)


def test_a_task_that_fails_sends_its_run_date_its_error_and_its_log(failing: Any, sent: AlertServer) -> None:
    failing.test()
    (alert,) = sent.alerts
    assert (alert["title"], alert["type"]) == ("told 2026-10-05: report failed", "failure")
    error, address = alert["message"].splitlines()
    assert error == "ValueError: contract C-1 is quarantined"
    assert re.fullmatch(r"http://localhost:8080/dags/told/runs/manual__.*/tasks/report.*", address)


def test_contracts_set_aside_send_an_alert_of_their_own(
    run_dag: Callable[..., Any], own_world: World, sent: AlertServer
) -> None:
    damage.remove_line_customers(own_world, "prototype", "adatum-implementation")
    run = run_dag("2020-10-05")
    (alert,) = sent.alerts
    assert (run.state, alert["title"]) == (
        "success",
        "create_invoices 2020-10-05: report_quarantined failed",
    )
    assert "contract adatum-implementation, line_without_customers" in alert["message"]


def test_without_the_connection_a_failure_stays_silent(failing: Any, caplog: pytest.LogCaptureFixture) -> None:
    failing.test()
    assert [record.getMessage() for record in caplog.records if "notification" in record.getMessage()] == []


def test_the_dag_alerts_of_failed_runs(dag_bag: Any) -> None:
    from invoicing.airflow.notify.alerts import FailureAlert  # noqa: PLC0415

    assert isinstance(dag_bag.dags["create_invoices"].on_failure_callback, FailureAlert)


def test_a_late_day_names_dag_run_date_schedule_and_page(airflow_database: None, sent: AlertServer) -> None:
    say_that_it_is_late()
    (alert,) = sent.alerts
    assert (alert["title"], alert["type"]) == ("create_invoices 2026-10-05 is late", "warning")
    assert alert["message"].splitlines() == [
        "Due to start at 2026-10-05 02:00 UTC, and running still.",
        "http://localhost:8080/dags/create_invoices/runs/scheduled__2026-10-05T02%3A00%3A00%2B00%3A00",
    ]


def test_a_late_day_is_told_in_the_business_time_zone(
    airflow_database: None, sent: AlertServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOICING_TIMEZONE", "Pacific/Auckland")
    say_that_it_is_late(logical_date="2026-10-04T13:00:00Z")
    assert sent.alerts[0]["message"].startswith("Due to start at 2026-10-05 02:00 NZDT")


def test_a_late_backfill_stays_silent(airflow_database: None, sent: AlertServer) -> None:
    say_that_it_is_late(run_type="backfill")
    assert sent.alerts == []


def test_without_the_connection_a_late_day_stays_silent(airflow_database: None) -> None:
    say_that_it_is_late()  # raises nothing


def test_without_a_number_of_minutes_there_is_no_deadline() -> None:
    from invoicing.airflow.notify.alerts import deadline  # noqa: PLC0415

    assert deadline(None) is None


def test_the_deadline_counts_from_the_schedule() -> None:
    from airflow.sdk import DeadlineReference  # type: ignore[attr-defined]  # noqa: PLC0415

    from invoicing.airflow.notify.alerts import deadline  # noqa: PLC0415

    made = deadline(90)
    assert made is not None
    assert (made.interval, made.reference) == (timedelta(minutes=90), DeadlineReference.DAGRUN_LOGICAL_DATE)
