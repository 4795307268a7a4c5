"""`make up` and `make down`: `airflow standalone` in the background over the warehouse of the demo."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from invoicing.errors import InvoicingError
from invoicing.settings import read_settings
from invoicing.warehouse import embedded, migrations
from invoicing.warehouse.connection import create_engine, warehouse_url
from scripts.demo_data import invoice_the_past, load_samples

HOME = Path(os.environ.get("AIRFLOW_HOME", ".airflow"))
PID_FILE = HOME / "standalone.pid"
LOG_FILE = HOME / "standalone.log"
PASSWORD_FILE = HOME / "simple_auth_manager_passwords.json.generated"
_START_SECONDS = 180
_STOP_SECONDS = 30


def up(port: int) -> int:
    """Starts the stack and waits until it is healthy."""
    if _running():
        return _say_where(port)
    if _is_taken(port):
        print(f"Port {port} is taken by another program; choose another: make up PORT=8081")
        return 1
    settings = read_settings()
    engine = create_engine(warehouse_url(settings))
    migrations.upgrade(engine, settings.wait_seconds, settings.currency_decimals)
    start = load_samples(engine, settings, datetime.now(UTC).date())
    invoice_the_past(engine, settings, start)
    HOME.mkdir(exist_ok=True)
    with LOG_FILE.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "standalone"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Its components are started by name.
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        )
    PID_FILE.write_text(str(process.pid), encoding="utf-8")
    print("Starting Airflow …", flush=True)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _is_healthy(port):
            return _say_where(port)
        time.sleep(1)
    print(f"Airflow did not come up; see {LOG_FILE}")
    down()
    return 1


def down() -> int:
    """Stops Airflow and the embedded warehouse."""
    pid = _running()
    if pid:
        # First the way `airflow standalone` expects, then its whole process group: some of its children need a push.
        os.kill(pid, signal.SIGINT)
        for kill in (None, signal.SIGTERM, signal.SIGKILL):
            if kill is not None and _group_is_alive(pid):
                os.killpg(pid, kill)
            if _ended(pid):
                break
        print("Airflow has stopped.")
    PID_FILE.unlink(missing_ok=True)
    if embedded.stop(read_settings()):
        print("The embedded warehouse has stopped.")
    return 0


def _running() -> int | None:
    try:
        pid = int(PID_FILE.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return pid if _group_is_alive(pid) and _is_ours(pid) else None


def _is_ours(pid: int) -> bool:
    # A pid is given to another process one day: only one that is still this command is stopped.
    command = subprocess.run(["ps", "-o", "args=", "-g", str(pid)], capture_output=True, text=True, check=False).stdout
    return "airflow" in command


def _group_is_alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _ended(pid: int) -> bool:
    deadline = time.monotonic() + _STOP_SECONDS / 3
    while time.monotonic() < deadline:
        if not _group_is_alive(pid):
            return True
        time.sleep(0.2)
    return False


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/api/v2/monitor/health", timeout=3) as answer:
            health = json.load(answer)
    except (urllib.error.URLError, TimeoutError, ValueError, ConnectionError):
        return False
    return all(
        health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor", "triggerer")
    )


def _say_where(port: int) -> int:
    print(f"Airflow: http://localhost:{port}/dags/create_invoices")
    if PASSWORD_FILE.exists():
        print(f"Login: admin, password: {json.loads(PASSWORD_FILE.read_text(encoding='utf-8'))['admin']}")
    print("`make down` stops it.")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["up", "down"])
    parser.add_argument("--port", type=int, default=8080)
    arguments = parser.parse_args()
    try:
        return up(arguments.port) if arguments.command == "up" else down()
    except InvoicingError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
