"""Makes the pictures of README.md: `python -m scripts.screenshots`. Needs Chromium on the PATH, and the demo loaded.

Airflow is started with a database of its own and without a login, on a port of its own, and stopped again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from io import StringIO
from pathlib import Path
from urllib.parse import quote

from rich.console import Console

from invoicing import reports
from invoicing.settings import PROJECT_ROOT, read_settings
from invoicing.warehouse.connection import create_engine, warehouse_url

IMAGES = PROJECT_ROOT / "docs" / "images"
PORT = 8091
_RUN_SECONDS = 180


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    _picture_of_invoices(IMAGES / "invoices.png")
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(
            AIRFLOW_HOME=home,
            AIRFLOW__CORE__DAGS_FOLDER=str(PROJECT_ROOT / "dags"),
            AIRFLOW__CORE__PLUGINS_FOLDER=str(PROJECT_ROOT / "plugins"),
            AIRFLOW__CORE__LOAD_EXAMPLES="False",
            AIRFLOW__API__PORT=str(PORT),
            AIRFLOW__CORE__EXECUTION_API_SERVER_URL=f"http://localhost:{PORT}/execution/",
            AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS="True",
        )
        from scripts import stack  # noqa: PLC0415  (it reads AIRFLOW_HOME when it is imported)

        try:
            if stack.up(PORT):
                return 1
            run_id = quote(_todays_run(), safe="")
            _shoot(f"http://localhost:{PORT}/dags/create_invoices/runs/{run_id}", IMAGES / "dag.png", "1500,640")
        finally:
            stack.down()
    return 0


def _todays_run() -> str:
    """Id of the scheduled run, once it has ended."""
    address = f"http://localhost:{PORT}/api/v2/dags/create_invoices/dagRuns?run_type=scheduled"
    deadline = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < deadline:
        with suppress(urllib.error.HTTPError):  # until the DAG has been read
            with urllib.request.urlopen(address, timeout=10) as answer:
                runs = json.load(answer)["dag_runs"]
            if runs and runs[0]["state"] == "success":
                return str(runs[0]["dag_run_id"])
        time.sleep(2)
    raise SystemExit("the daily run did not end in time")


def _picture_of_invoices(target: Path) -> None:
    console = Console(record=True, width=132, file=StringIO(), highlight=False)
    with create_engine(warehouse_url(read_settings())).connect() as connection:
        invoices = reports.read_report(connection, "list_invoices", run_date=None, contract_ids=None, row_limit=12)
    too_wide = {"invoice_id", "invoice_number", "contract_name", "line_count", "detail_count"}
    columns = [column for column in reports.COLUMNS["list_invoices"] if column not in too_wide]
    reports.print_table(invoices, columns, console)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "invoices.svg"
        console.save_svg(str(page), title="invoicing invoices --limit 12")
        _shoot(page.as_uri(), target, "1500,420")


def _shoot(address: str, target: Path, size: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                "chromium",
                *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
                *(f"--user-data-dir={profile}", f"--window-size={size}", "--virtual-time-budget=20000"),
                *(f"--screenshot={target}", address),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    print(target.relative_to(PROJECT_ROOT))


if __name__ == "__main__":
    sys.exit(main())
