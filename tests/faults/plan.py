"""The faults there are: every statement of every step, before, inside and after it, and what may be killed there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.faults.scenario import Scenario
from tests.faults.step_process import Phase

# task: the process of the step. run: that process, and nobody tries it again; the next run takes over. backend: the session
# that serves it; the server then restarts every session. postmaster: the server as a whole. line: the connection between.
Kind = Literal["task", "run", "backend", "postmaster", "line"]
PROCESS: tuple[Kind, ...] = ("task", "run")
KILLS: tuple[Kind, ...] = ("task", "backend", "postmaster")
AROUND: tuple[Phase, ...] = ("before", "inside", "after")


@dataclass(frozen=True)
class Fault:
    """Strikes a step at its nth statement or COMMIT, counted from 1."""

    scenario: str
    step: str
    nth: int
    statement: str
    phase: Phase
    kind: Kind

    @property
    def name(self) -> str:
        return f"{self.scenario}/{self.step}/{self.nth}/{self.phase}/{self.kind}"

    def __str__(self) -> str:
        return f"{self.name} ({self.statement})"


def all_faults(scenario: Scenario, sent: Mapping[str, Sequence[str]]) -> list[Fault]:
    """The faults of a scenario that sent these statements in its steps, and in each way to take the whole."""
    return [fault for step, statements in sent.items() for fault in _of_step(scenario, step, statements)]


def _of_step(scenario: Scenario, step: str, statements: Sequence[str]) -> Iterator[Fault]:
    for nth, statement in enumerate(statements, start=1):
        for phase in _phases(statement):
            for kind in _kinds(scenario, step, statement, phase):
                yield Fault(scenario.name, step, nth, statement, phase, kind)


def _kinds(scenario: Scenario, step: str, statement: str, phase: Phase) -> tuple[Kind, ...]:
    if step in scenario.whole:  # its process is the run
        return ("run",)
    kinds = KILLS
    if scenario.next_key is not None and phase in ("inside", "committed"):
        kinds += ("run",)
    if statement == "COMMIT" and phase in AROUND:
        kinds += ("line",)
    return kinds


def _phases(statement: str) -> tuple[Phase, ...]:
    if statement == "COMMIT":
        return "before", "inside", "committed", "after"
    if statement.startswith("SET "):  # has nothing to wait for
        return "before", "after"
    return AROUND
