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
    """Workers have names, and are killed like any component."""

    def __init__(self, home: Path, metadata: sa.URL, broker: str, settings: Mapping[str, str]) -> None:
        celery = {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "2",
        }
        super().__init__(home, metadata, {**settings, **celery})

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

    def lose_worker_of(self, pid: int) -> None:
        """Kills the worker that a task's process belongs to, and all that it started: its machine is gone."""
        above = {parent.pid for parent in psutil.Process(pid).parents()}
        (name,) = (name for name, process in self._processes.items() if process.pid in above)
        # A task has a process group of its own, which does not end with that of the worker.
        below = psutil.Process(self._processes[name].pid).children(recursive=True)
        self.kill(name)
        for process in below:
            with suppress(psutil.NoSuchProcess):
                process.kill()
