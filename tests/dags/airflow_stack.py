"""A real Airflow for a test: `airflow standalone` on ports and databases of its own, and its REST interface."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from invoicing.settings import PROJECT_ROOT
from tests.dags.listeners import eventually

_LOGIN = {"admin": "admin"}
_START_SECONDS = 240
_STOP_SECONDS = 30
_RUN_SECONDS = 180


@dataclass(frozen=True)
class Stack:
    """A running Airflow. Paths of the REST interface begin after `/api/v2`."""

    address: str
    token: str

    def get(self, path: str) -> Any:
        """Answer of a GET."""
        return self.send("GET", f"/api/v2{path}")

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Answer of a request, as the administrator."""
        _, text = self.ask(method, path, body, Authorization=f"Bearer {self.token}", Accept="application/json")
        return json.loads(text)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """Status and text of the answer to anybody's request."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}{path}",
            data,
            {"Content-Type": "application/json", **headers},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def run(self, dag_id: str, **conf: Any) -> str:
        """Triggers a DAG, waits until the run has ended, and returns its run_id."""
        made = self.send("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})
        run_id = str(made["dag_run_id"])
        self.wait_for(dag_id, run_id)
        return run_id

    def wait_for(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """The run, once it has ended."""

        def ended() -> dict[str, Any] | None:
            run: dict[str, Any] = self.get(f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}")
            return run if run["state"] in ("success", "failed") else None

        found: dict[str, Any] = eventually(ended, _RUN_SECONDS)
        return found


@contextmanager
def airflow_stack(home: Path, environment: Mapping[str, str]) -> Iterator[Stack]:
    """Starts Airflow, waits until it is healthy, and stops it."""
    ports = [_free_port() for _ in range(3)]
    address = f"http://localhost:{ports[0]}"
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps(_LOGIN))
    settings = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # its components are started by name
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__API__PORT": str(ports[0]),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(ports[1]),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports[2]),
        **environment,
    }
    with (home / "standalone.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "standalone"],
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=settings,
        )
    try:
        eventually(lambda: _is_healthy(address), _START_SECONDS)
        yield Stack(address, _token(address))
    finally:
        _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/v2/monitor/health", timeout=3) as answer:
            health = json.load(answer)
    except (OSError, ValueError):
        return False
    return all(
        health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor", "triggerer")
    )


def _token(address: str) -> str:
    ((name, password),) = _LOGIN.items()
    _, text = Stack(address, "").ask("POST", "/auth/token", {"username": name, "password": password})
    return str(json.loads(text)["access_token"])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    for kill in (None, signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            if kill is not None:
                os.killpg(process.pid, kill)
        deadline = time.monotonic() + _STOP_SECONDS / 3
        while time.monotonic() < deadline:
            process.poll()
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.2)
