"""The faults there are: every statement of every step, before, inside and after it, what may befall it there, and who comes then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.faults.scenario import Scenario
from tests.faults.step_process import Phase

# task: the process of the step is killed. backend: the session that serves it; the server then restarts every session, and what is
# not logged is gone. postmaster: the server as a whole; likewise. line: the connection between is cut. stalled: the process stands
# still, its retry begins beside it, and it goes on. ghost: it goes on when all that follows is done.
Kind = Literal["task", "backend", "postmaster", "line", "stalled", "ghost"]
KILLS: tuple[Kind, ...] = ("task", "backend", "postmaster")
CRASHES: tuple[Kind, ...] = ("backend", "postmaster")
TWICE: tuple[Kind, ...] = ("stalled", "ghost")
AROUND: tuple[Phase, ...] = ("before", "inside", "after")

# again: the step is tried again, as Airflow does. cleared: somebody clears the run, and it begins anew. next: nobody does; the next
# run takes over.
Then = Literal["again", "cleared", "next"]


@dataclass(frozen=True)
class Fault:
    """Befalls a step at its nth statement or COMMIT, counted from 1."""

    scenario: str
    step: str
    nth: int
    statement: str
    phase: Phase
    kind: Kind
    then: Then = "again"

    @property
    def name(self) -> str:
        return f"{self.scenario}/{self.step}/{self.nth}/{self.phase}/{self.kind}/{self.then}"

    def __str__(self) -> str:
        return f"{self.name} ({self.statement})"


def all_faults(scenario: Scenario, sent: Mapping[str, Sequence[str]]) -> list[Fault]:
    """The faults of a scenario that sent these statements in its steps, and in each way to take the whole."""
    return [fault for step, statements in sent.items() for fault in _of_step(scenario, step, statements)]


def _of_step(scenario: Scenario, step: str, statements: Sequence[str]) -> Iterator[Fault]:
    for nth, statement in enumerate(statements, start=1):
        for phase in _phases(statement):
            for kind, then in _fitting(scenario, step, statement, phase):
                yield Fault(scenario.name, step, nth, statement, phase, kind, then)


def _fitting(scenario: Scenario, step: str, statement: str, phase: Phase) -> Iterator[tuple[Kind, Then]]:
    if step in scenario.whole:  # its process is the run, and each is another
        yield "task", "next"
        return
    for kind in KILLS:
        yield kind, "again"
    if statement == "COMMIT" and phase in AROUND:
        yield "line", "again"
    if scenario.next_key is not None and phase in ("inside", "committed"):
        yield "task", "cleared"
        yield "postmaster", "cleared"
        yield "task", "next"
    if phase == "before":
        yield "stalled", "again"
        # One that opens a run when everything is done has cleared it, and is followed by all steps.
        if step in scenario.until_it_adds_up(scenario.first):
            yield "ghost", "again"


def _phases(statement: str) -> tuple[Phase, ...]:
    if statement == "COMMIT":
        return "before", "inside", "committed", "after"
    if statement.startswith(("SET ", "SAVEPOINT ", "ROLLBACK TO ")):  # have nothing to wait for
        return "before", "after"
    return AROUND
