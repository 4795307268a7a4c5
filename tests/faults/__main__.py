"""`make faults`: every fault there is, each to end with a warehouse as if nothing had been: `python -m tests.faults`."""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import product
from queue import SimpleQueue
from typing import get_args

from tests.faults.injection import Outcome, inject
from tests.faults.plan import Fault, Kind, Then
from tests.faults.scenarios import SCENARIOS
from tests.faults.scene import Scene, build_scene
from tests.faults.server import Server, own_server
from tests.faults.step_process import Phase

Scenes = dict[str, Scene]  # of one server, by the names of their scenarios

_PR_SET_CHILD_SUBREAPER = 36
_SHOWN = 3  # differences of a fault that left a trace
_WIDTH = 240


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="decides the order of the faults")
    parser.add_argument("--at-most", type=int, help="only so many of them")
    parser.add_argument(
        "--only", help="only those whose names contain this, such as life/ or day/close/7/inside/backend/again"
    )
    parser.add_argument("--list", action="store_true", help="name them, and make none")
    parser.add_argument("--servers", type=int, default=os.cpu_count() or 1, help="how many are struck side by side")
    arguments = parser.parse_args()
    _adopt_orphans()
    started = time.monotonic()
    with ExitStack() as stack, ThreadPoolExecutor(arguments.servers) as threads:
        servers = [stack.enter_context(own_server(f"faults-{nth}")) for nth in range(arguments.servers)]
        scenes = list(threads.map(_build_scenes, servers))
        faults = [fault for scene in scenes[0].values() for fault in scene.faults]
        faults = _chosen(faults, arguments)
        print(f"{len(faults)} faults in the order of seed {arguments.seed}, on {len(servers)} servers", flush=True)
        if arguments.list:
            print(*faults, sep="\n")
            return 0
        outcomes = []
        for outcome in _inject_all(scenes, faults, threads):
            outcomes.append(outcome)
            _tell(outcome, len(outcomes))
    return _report(outcomes, time.monotonic() - started)


def _build_scenes(server: Server) -> Scenes:
    return {name: build_scene(server, scenario) for name, scenario in SCENARIOS.items()}


def _chosen(faults: list[Fault], arguments: argparse.Namespace) -> list[Fault]:
    chosen = [fault for fault in faults if not arguments.only or arguments.only in fault.name]
    random.Random(arguments.seed).shuffle(chosen)
    return chosen[: arguments.at_most]


def _inject_all(servers: list[Scenes], faults: list[Fault], threads: ThreadPoolExecutor) -> Iterator[Outcome]:
    free: SimpleQueue[Scenes] = SimpleQueue()
    for scenes in servers:
        free.put(scenes)

    def inject_into_a_free_one(fault: Fault) -> Outcome:
        scenes = free.get()
        try:
            return inject(scenes[fault.scenario], fault)
        finally:
            free.put(scenes)

    return threads.map(inject_into_a_free_one, faults)


def _adopt_orphans() -> None:
    """Servers that are killed are buried by this process, at once, whatever the machine's own init does (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _tell(outcome: Outcome, count: int) -> None:
    if outcome.wrong:
        print(f"{outcome.fault}: {len(outcome.wrong)} differences", flush=True)
        for difference in outcome.wrong[:_SHOWN]:
            print(f"    {difference[:_WIDTH]}", flush=True)
    if count % 100 == 0:
        print(f"{count} faults", flush=True)


def _report(outcomes: list[Outcome], seconds: float) -> int:
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    print(f"{'':20}" + "".join(f"{phase:>11}" for phase in get_args(Phase)))
    counts = Counter((outcome.fault.kind, outcome.fault.then, outcome.fault.phase) for outcome in outcomes)
    for kind, then in product(get_args(Kind), get_args(Then)):
        if any(counts[kind, then, phase] for phase in get_args(Phase)):
            print(f"{kind:11}{then:9}" + "".join(f"{counts[kind, then, phase]:11}" for phase in get_args(Phase)))
    tries = Counter(outcome.tries for outcome in outcomes if not outcome.wrong)
    print("tries of a step that was struck, or of all steps of a run that began anew:", dict(sorted(tries.items())))
    print(f"{len(outcomes)} faults in {seconds:.0f} s, {len(wrong)} left a trace")
    for outcome in wrong:
        print(f"  again: python -m tests.faults --only {outcome.fault.name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
