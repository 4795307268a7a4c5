"""A whole Airflow as separate processes, each of which can be stopped, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT
from tests.e2e.ports import free_port
from tests.e2e.rest import DAG_ID, Rest, wait_until

# In the order of starting: a task that finds no api-server fails at once.
COMPONENTS = ("api-server", "dag-processor", "triggerer", "scheduler")
_START_SECONDS = 120
_STOP_SECONDS = 10
_PASSWORD = "admin"


class Stack:
    """Airflow with everything of its own: home, port, metadata database.

    Args:
        settings: environment variables that tests may change, such as INVOICING_SCHEDULE.
        environment: others, which stay.
    """

    def __init__(
        self, home: Path, metadata: sa.URL, settings: Mapping[str, str], environment: Mapping[str, str]
    ) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = dict(settings)
        self._airflow = {**_configuration(home, self.port, metadata), **environment}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        # What a killed component leaves behind runs on in its group.
        self._groups: list[int] = []

    # Components

    def start(self, *names: str) -> None:
        """Starts components (all that do not run, if none is named) and waits until Airflow says that they are healthy."""
        wanted = [name for name in COMPONENTS if (name in names or not names) and name not in self._processes]
        if "api-server" in wanted:
            self._launch("api-server")
            wait_until(self._answers, _START_SECONDS, lambda: f"no api-server\n{self.last_words()}")
        since = datetime.now(UTC)
        wanted = [name for name in wanted if name != "api-server"]
        for name in wanted:
            self._launch(name)
        for name in wanted:
            self._wait_for_heartbeat(name, since)

    def stop(self, *names: str) -> None:
        """Stops components (all, if none is named) as an operating system that shuts down does."""
        wanted = [name for name in reversed(COMPONENTS) if (name in names or not names) and name in self._processes]
        for name in wanted:
            self._processes[name].terminate()
        for name in wanted:
            process = self._processes.pop(name)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._sweep(process.pid)

    def kill(self, *names: str, with_children: bool = True) -> None:
        """Kills components with SIGKILL, and what they started unless told otherwise."""
        for name in list(names):
            process = self._processes.pop(name)
            process.kill()
            process.wait()
            if with_children:
                self._sweep(process.pid)

    def sweep_up(self) -> None:
        """Kills what components that are gone have left behind, as whatever supervises them does."""
        running = {process.pid for process in self._processes.values()}
        for group in [group for group in self._groups if group not in running]:
            self._sweep(group)

    def restart(self, *names: str) -> None:
        self.stop(*names)
        self.start(*names)

    def take_down(self) -> None:
        """Ends every process that the stack ever started; nothing of it is used again."""
        self.kill(*self._processes)
        self.sweep_up()

    def use(self, settings: Mapping[str, str]) -> None:
        """Other environment variables; anyone who reads them is started again when they differ."""
        if dict(settings) != self._settings:
            self._settings = dict(settings)
            self.kill(*self._processes.keys() - {"api-server"})
            self.start()

    # Airflow

    def migrate(self) -> None:
        """Makes the metadata database's tables."""
        self.run("db", "migrate")

    def run(self, *arguments: str) -> str:
        """Runs `airflow …` to its end and returns what it printed."""
        done = self.spawn(*arguments)
        printed, _ = done.communicate(timeout=_START_SECONDS)
        assert done.returncode == 0, printed
        return printed

    def spawn(self, *arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Starts `airflow …`, with settings of its own beside the stack's, and returns at once."""
        return subprocess.Popen(
            [sys.executable, "-m", "airflow", *arguments],
            env={**self._environment(), **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def rest(self, dag_id: str = DAG_ID) -> Rest:
        """The REST API as its administrator; good until the api-server is started again."""
        return Rest(self.url, "admin", _PASSWORD, dag_id)

    def last_words(self) -> str:
        """The end of every component's log, to be shown when a test fails."""
        logs = sorted((self.home / "components").glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs)

    def _launch(self, name: str) -> None:
        log = self.home / "components" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        # Logs are read from the folder that all share.
        arguments = [name, "--skip-serve-logs"] if name in ("scheduler", "triggerer") else [name]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "airflow", *arguments],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes[name] = process
        self._groups.append(process.pid)

    def _sweep(self, group: int) -> None:
        # A group's number is not given to another process before all of its members are gone and waited for.
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        if group in self._groups:
            self._groups.remove(group)

    def _answers(self) -> bool:
        code = self._processes["api-server"].poll()
        assert code is None, f"the api-server ended with {code}\n{self.last_words()}"
        return bool(self._health())

    def _wait_for_heartbeat(self, name: str, since: datetime) -> None:
        # Airflow calls a component healthy for a while after it was killed.
        part = name.replace("-", "_")

        def beats() -> bool:
            latest = self._health().get(part, {}).get(f"latest_{part}_heartbeat")
            return latest is not None and datetime.fromisoformat(latest) > since

        wait_until(beats, _START_SECONDS, lambda: f"{name} does not come up\n{self.last_words()}")

    def _health(self) -> dict[str, Any]:
        try:
            health: dict[str, Any] = httpx.get(f"{self.url}/api/v2/monitor/health", timeout=5).json()
        except (httpx.TransportError, ValueError):
            return {}
        return health

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "INVOICING_"))
        }
        # Components start others by name.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**inherited, "PATH": path, **self._airflow, **self._settings}


def _configuration(home: Path, port: int, metadata: sa.URL) -> dict[str, str]:
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps({"admin": _PASSWORD}), encoding="utf-8")
    options: dict[str, dict[str, object]] = {
        "CORE": {
            "DAGS_FOLDER": PROJECT_ROOT / "dags",
            "PLUGINS_FOLDER": PROJECT_ROOT / "plugins",
            "LOAD_EXAMPLES": False,
            "PARALLELISM": 4,
            "EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": passwords,
            "MIN_SERIALIZED_DAG_UPDATE_INTERVAL": 1,
        },
        "DATABASE": {"SQL_ALCHEMY_CONN": metadata.render_as_string(hide_password=False)},
        "API": {
            "HOST": "127.0.0.1",
            "PORT": port,
            "BASE_URL": f"http://127.0.0.1:{port}",
            "SECRET_KEY": "of the tests",
        },
        "API_AUTH": {"JWT_SECRET": "of the tests, and as long as a secret has to be: 64 bytes, which these are"},
        # Short intervals, so that little time passes in waiting, and a component that is gone is soon missed.
        "SCHEDULER": {
            "SCHEDULER_HEARTBEAT_SEC": 1,
            "JOB_HEARTBEAT_SEC": 1,
            "SCHEDULER_IDLE_SLEEP_TIME": 0.2,
            "SCHEDULER_HEALTH_CHECK_THRESHOLD": 6,
            "ORPHANED_TASKS_CHECK_INTERVAL": 3,
            "TASK_INSTANCE_HEARTBEAT_TIMEOUT": 15,
            "TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": 2,
        },
        "WORKERS": {"MIN_HEARTBEAT_INTERVAL": 2},
        "TRIGGERER": {"JOB_HEARTBEAT_SEC": 1, "TRIGGERER_HEALTH_CHECK_THRESHOLD": 6},
        "DAG_PROCESSOR": {
            "MIN_FILE_PROCESS_INTERVAL": 3600,  # nobody changes a DAG here
        },
        "LOGGING": {"LOGGING_LEVEL": "INFO"},
    }
    return {
        "AIRFLOW_HOME": str(home),
        **{
            f"AIRFLOW__{section}__{name}": str(value)
            for section, values in options.items()
            for name, value in values.items()
        },
    }
