"""What the faults strike: steps that follow one another, each taken by a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from invoicing.settings import Settings
from tests.process.warehouse import Warehouse


@dataclass(frozen=True)
class Task:
    """What the process of a step has in hand. `key`: of the run or the request; one that is tried again bears the same."""

    engine: sa.Engine
    settings: Settings
    key: str


Step = Callable[[Task], object]


@dataclass(frozen=True)
class Scenario:
    """`fill` makes the warehouse as it stands before the first of the `steps`, which are one transaction each.

    `whole`: ways to take all of them in one process. `next_key`: of who comes next and takes them all from the start when
    nobody tries a step again; None where nobody comes. `steps_stand_alone`: everything adds up after each of them, not only in
    the end, so that whoever looks at one need not take those that follow.
    """

    name: str
    fill: Callable[[Warehouse], None]
    steps: Mapping[str, Step]
    key: str
    whole: Mapping[str, Step] = field(default_factory=dict)
    next_key: str | None = None
    steps_stand_alone: bool = False

    def step(self, name: str) -> Step:
        return {**self.steps, **self.whole}[name]

    def until_it_adds_up(self, name: str) -> list[str]:
        """The steps that have to follow one before everything adds up."""
        if self.steps_stand_alone or name in self.whole:
            return []
        return list(self.steps)[list(self.steps).index(name) + 1 :]
