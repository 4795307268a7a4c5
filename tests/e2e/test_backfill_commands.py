"""The backfill of README and runbook makes the days that they say, in the business time zone, wherever that is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pendulum
import pytest

from invoicing.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow_e2e

PAGES = ("README.md", "docs/runbook.md")
FIRST_TO_SEVENTH = [f"2026-08-{day:02}" for day in range(1, 8)]


def command_of(page: str) -> str:
    """The command of a page, which alone on that page begins with a setting of Airflow."""
    text = (PROJECT_ROOT / page).read_text(encoding="utf-8")
    (found,) = re.findall(r"^    (AIRFLOW__.*airflow backfill create .*\\\n.*)$", text, re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York", "UTC"])
def test_backfill_of_the_pages_makes_the_first_seven_days_of_august(zone: str, tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "INVOICING_TIMEZONE": zone,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }

    def run(command: str) -> str:
        done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("airflow db migrate && airflow dags reserialize")
    for page in PAGES:
        printed = run(f"{command_of(page)} --dry-run")
        moments = re.findall(r"^\| (\S+ \S+) +\|", printed, re.MULTILINE)
        days = [pendulum.parse(moment).in_timezone(zone) for moment in moments if moment[0].isdigit()]  # type: ignore[union-attr]
        assert [str(day.date()) for day in days] == FIRST_TO_SEVENTH
