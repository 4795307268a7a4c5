"""The days of `make demo`: what somebody finds who opens one of them in Airflow's UI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT

ZONES = {"UTC": "+00:00", "Pacific/Auckland": "+13:00", "America/New_York": "-04:00"}


@pytest.fixture(params=ZONES)
def run(request: pytest.FixtureRequest, airflow_database: None, airflow_connection: sa.URL) -> Any:
    """The DAG run of a day of the demo, in a business time zone."""
    from airflow.models import DagRun  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    environment = {
        **os.environ,
        "INVOICING_TIMEZONE": request.param,
        "PYTHONPATH": f"{PROJECT_ROOT}{os.pathsep}{PROJECT_ROOT / 'plugins'}",
    }
    command = [sys.executable, "-m", "scripts.airflow_days", "2020-10-05"]
    subprocess.run(command, env=environment, cwd=PROJECT_ROOT, check=True, capture_output=True)
    with create_session() as session:
        query = sa.select(DagRun).where(DagRun.run_id == f"manual__2020-10-05T00:00:00{ZONES[request.param]}")
        found = session.scalars(query).one()
        assert (found.end_date - found.start_date).total_seconds() < 60  # and not since 2020
        assert found.note is not None
        return found


def test_a_day_is_named_in_the_id_the_note_and_the_logs_of_its_run(run: Any) -> None:
    from airflow.configuration import conf  # noqa: PLC0415

    assert run.note.startswith("**Summary** 2020-10-05: 1 invoice with 25 details")
    folder = Path(conf.get("logging", "base_log_folder")) / f"dag_id={run.dag_id}" / f"run_id={run.run_id}"
    logs = {log.relative_to(folder).parts[0]: log.read_text() for log in folder.rglob("attempt=1.log")}
    assert len(logs) == 6
    writing = logs["task_id=write_draft_invoices"]
    assert f"Run create_invoices/{run.run_id}, started as manual" in writing
    assert "Run date 2020-10-05, run 1, attempt 1" in writing
    assert "::group::process/draft_invoices/write_invoices: 1 rows" in writing
