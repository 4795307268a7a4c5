"""Airflow with CeleryExecutor: the components of tests.e2e.stack, and Celery workers beside them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil
import sqlalchemy as sa

from tests.e2e.rest import wait_until
from tests.e2e.stack import Stack

_START_SECONDS = 120


class CeleryStack(Stack):
    """Each worker has a name, and runs one task at a time."""

    def __init__(self, home: Path, metadata: sa.URL, broker: str, environment: Mapping[str, str]) -> None:
        celery = {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
        }
        super().__init__(home, metadata, settings={}, environment={**environment, **celery})

    def start_worker(self, name: str) -> None:
        """Starts a worker and waits until it takes tasks."""
        log = self.home / "components" / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "airflow", "celery", "worker", "--celery-hostname", name, "--skip-serve-logs"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes[name] = process
        self._groups.append(process.pid)
        wait_until(
            lambda: process.poll() is not None or f"{name} ready." in log.read_text(errors="replace"),
            _START_SECONDS,
            lambda: f"{name} does not come up\n{self.last_words()}",
        )
        assert process.poll() is None, self.last_words()

    def lose_worker(self, name: str) -> None:
        """Kills a worker and all that it started, as if its machine were gone."""
        # A task has a process group of its own, which does not end with that of the worker.
        below = psutil.Process(self._processes[name].pid).children(recursive=True)
        self.kill(name)
        for process in below:
            with suppress(psutil.NoSuchProcess):
                process.kill()
