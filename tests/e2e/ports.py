"""Ports for servers of the tests."""

from __future__ import annotations

import itertools
import os
import socket

# Below those that systems hand out by themselves: nobody else gets one while its server starts, or is started again.
# From a number of this process on, as others may look for ports at the same time.
_candidates = itertools.count(16_384 + os.getpid() % 12_288)


def free_port() -> int:
    """A port of this machine that nobody listens on, and that this process was not told of before."""
    return next(port for port in _candidates if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
