"""Tries of a step: the processes, what happens to them, and trying again as the retry policy of the DAG would."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess

from tests.faults.step_process import TRY_AGAIN, Done, Order, Reached, take

# The retries of the policy, at a pace that suits a server which is back in a moment.
TRIES = 7
_FIRST_PAUSE = 0.05
_SECONDS = 120

# Processes are forked from one that has no connection yet and has imported everything, also what the program that makes
# the faults imports: each of them looks at that program first.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.faults.injection", "pytest"])

# The one who starts a process looks what happened to all others; two threads that look at one take its exit code from each other.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Try:
    """A try in progress."""

    process: ForkServerProcess
    line: Connection

    def reached(self) -> Reached:
        found = self.line.recv()
        assert isinstance(found, Reached), f"the step ended before its fault: {found}"
        return found

    def go_on(self) -> None:
        with suppress(BrokenPipeError):  # it was killed
            self.line.send(None)

    def kill(self) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)

    def has_ended(self) -> bool:
        return bool(wait([self.process.sentinel], 0))

    def ended(self) -> int:
        """Exit code, once the process is gone; -9 when it was killed."""
        assert wait([self.process.sentinel], _SECONDS), "the step hangs"
        with _one_at_a_time:
            ended = self.process.exitcode
        assert ended is not None
        return ended


@contextmanager
def begun(order: Order) -> Iterator[Try]:
    ours, theirs = _processes.Pipe()
    process = _processes.Process(target=take, args=(order, theirs), daemon=True)
    with _one_at_a_time:
        process.start()
    theirs.close()
    try:
        yield Try(process, ours)
    finally:
        with _one_at_a_time:
            if process.is_alive():
                process.kill()
            process.join()
            process.close()
        ours.close()


def undisturbed(order: Order) -> tuple[str, ...]:
    """Takes a step that nothing befalls, and returns the statements that it sent."""
    with begun(order) as one:
        done = one.line.recv()
        assert isinstance(done, Done), done
        one.ended()
        return done.statements


def try_until_done(order: Order, *, tried: int = 0) -> int:
    """Tries a step again while that may help, and returns how often it was tried in all.

    Raises:
        AssertionError: it failed for good.
    """
    for nth in range(tried, TRIES):
        time.sleep(_FIRST_PAUSE * 2 ** (nth - 1) if nth else 0)
        with begun(order) as one:
            ended = one.ended()
        if ended == 0:
            return nth + 1
        assert ended == TRY_AGAIN, f"{order.step} ended with exit code {ended}"
    raise AssertionError(f"{order.step} was tried {TRIES} times")
