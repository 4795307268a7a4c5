"""The other end of alerts and metrics: an HTTP server and a StatsD server that remember what they were sent."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class AlertServer:
    """Takes the notifications that Apprise posts as JSON."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        alerts = self.alerts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                alerts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def connection(self) -> str:
        """The Airflow connection that leads here."""
        path = f"json://127.0.0.1:{self.server.server_port}"
        return json.dumps({"conn_type": "apprise", "extra": {"config": {"path": path}}})


@contextmanager
def alert_server() -> Iterator[AlertServer]:
    """An AlertServer that listens."""
    listening = AlertServer()
    thread = threading.Thread(target=listening.server.serve_forever)
    thread.start()
    try:
        yield listening
    finally:
        listening.server.shutdown()
        thread.join()
        listening.server.server_close()


class StatsdServer:
    """Takes the datagrams of a StatsD client; `figures`: the last value of each name."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.port: int = self.socket.getsockname()[1]
        self.figures: dict[str, str] = {}
        self.is_open = True

    def listen(self) -> None:
        while self.is_open:
            try:
                datagram = self.socket.recv(65_535).decode()
            except TimeoutError:
                continue
            for line in datagram.splitlines():
                name, _, value = line.partition(":")
                self.figures[name] = value


@contextmanager
def statsd_server() -> Iterator[StatsdServer]:
    """A StatsdServer that listens."""
    listening = StatsdServer()
    thread = threading.Thread(target=listening.listen)
    thread.start()
    try:
        yield listening
    finally:
        listening.is_open = False
        thread.join()
        listening.socket.close()


def eventually(look: Callable[[], Any], seconds: float = 60) -> Any:
    """What `look` finds, as soon as it finds something; fails when it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing after {seconds} s")
