"""Addresses of runs, as `[api] base_url` has them."""

from __future__ import annotations

import pytest

from invoicing.airflow.ui.addresses import invoices_page, invoices_tab, run_page

RUN = ("create_invoices", "scheduled__2026-10-05T02:00:00+00:00")
ESCAPED = "scheduled__2026-10-05T02%3A00%3A00%2B00%3A00"


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://example.com/airflow/")


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_run_is_found_where_the_base_url_says() -> None:
    assert run_page(*RUN) == f"https://example.com/airflow/dags/create_invoices/runs/{ESCAPED}"


@pytest.mark.usefixtures("behind_a_proxy")
def test_the_invoices_of_a_run_are_found_where_the_base_url_says() -> None:
    assert invoices_page(*RUN) == f"https://example.com/airflow/invoicing/dags/create_invoices/runs/{ESCAPED}"


@pytest.mark.usefixtures("behind_a_proxy")
def test_the_tab_of_a_run_keeps_the_path_of_the_base_url() -> None:
    assert invoices_tab() == "/airflow/invoicing/dags/{DAG_ID}/runs/{RUN_ID}"


def test_without_a_base_url_a_run_is_found_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__PORT", "8081")
    assert run_page(*RUN) == f"http://localhost:8081/dags/create_invoices/runs/{ESCAPED}"


def test_without_a_base_url_a_link_stays_on_the_server_it_stands_on() -> None:
    assert invoices_page(*RUN) == f"/invoicing/dags/create_invoices/runs/{ESCAPED}"
