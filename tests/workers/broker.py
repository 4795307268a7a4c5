"""A Redis of a test's own: Debian's redis-server, in memory, on a free port."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.ports import free_port
from tests.e2e.rest import wait_until


@contextmanager
def running_redis() -> Iterator[str]:
    """The broker URL of a new server, which ends with the context."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on the PATH; Debian: apt-get install redis-server")
    port = free_port()
    server = subprocess.Popen(
        [program, "--bind", "127.0.0.1", "--port", str(port), "--save", ""],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(port), 30, "redis-server does not answer")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
