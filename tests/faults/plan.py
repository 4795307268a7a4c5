"""The faults there are: every statement of every step, before, inside and after it, and what may be killed there."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.faults.day import WHOLE_DAY
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

    step: str
    nth: int
    statement: str
    phase: Phase
    kind: Kind

    @property
    def name(self) -> str:
        return f"{self.step}/{self.nth}/{self.phase}/{self.kind}"

    def __str__(self) -> str:
        return f"{self.name} ({self.statement})"


def draw(faults: Sequence[Fault], seed: int, kind: Kind, phase: Phase, *, whole_day: bool = False) -> Fault:
    """One of the faults of a kind in a phase, by lot."""
    fitting = [fault for fault in faults if (fault.kind, fault.phase) == (kind, phase)]
    fitting = [fault for fault in fitting if (fault.step == WHOLE_DAY) == whole_day]
    return random.Random(f"{seed} {kind} {phase}").choice(fitting)


def all_faults(sent: Mapping[str, Sequence[str]]) -> list[Fault]:
    """The faults of an undisturbed run that sent these statements in its steps, and in its whole day."""
    return [fault for step, statements in sent.items() for fault in _of_step(step, statements)]


def _of_step(step: str, statements: Sequence[str]) -> Iterator[Fault]:
    for nth, statement in enumerate(statements, start=1):
        for phase in _phases(statement):
            for kind in _kinds(step, statement, phase):
                yield Fault(step, nth, statement, phase, kind)


def _kinds(step: str, statement: str, phase: Phase) -> tuple[Kind, ...]:
    if step == WHOLE_DAY:  # its process is the run
        return ("run",)
    kinds = KILLS
    if phase in ("inside", "committed"):
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
