"""Where a run stands on the web: its page in Airflow, and the page of its invoices."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from airflow.sdk.configuration import conf

WEB_PREFIX = "/invoicing"  # where the api-server mounts the pages of this package


def run_page(dag_id: str, run_id: str) -> str:
    """Address of a DAG run in Airflow, whole: it is read in a mail or a chat."""
    server = _base_url() or f"http://localhost:{conf.get('api', 'port', fallback='8080')}"
    return f"{server}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"


def invoices_page(dag_id: str, run_id: str) -> str:
    """Address of the invoices of a DAG run; without the server where `[api] base_url` does not name it."""
    return f"{_base_url()}{WEB_PREFIX}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"


def invoices_tab() -> str:
    """The same of whatever DAG run the UI shows; it fills in the names."""
    return f"{urlsplit(_base_url()).path}{WEB_PREFIX}/dags/{{DAG_ID}}/runs/{{RUN_ID}}"


def _base_url() -> str:
    return str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
