"""What the faults strike: steps that follow one another, each taken by a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from invoicing.settings import Settings
from tests.world.world import World

# What people look at before they do anything: invoices by contract, customer and origin, each with its version.
Seen = dict[tuple[str, str, str], tuple[UUID, int]]


@dataclass(frozen=True)
class Task:
    """What the process of a step has in hand. `key`: of the run or the request; one that is tried again bears the same, and has
    `seen` the same.
    """

    engine: sa.Engine
    settings: Settings
    key: str
    seen: Seen


def _look_at_nothing(_: World) -> Seen:
    return {}


Step = Callable[[Task], object]


@dataclass(frozen=True)
class Scenario:
    """`fill` makes the warehouse as it stands before the first of the `steps`, which are one transaction each.

    `look`: at what the person of the next step sees. `whole`: ways to take all of the steps in one process. `next_key`: of who comes
    next and begins anew when nobody tries a step again; None where nobody comes, and nothing is cleared. `anew`: the steps of the one who
    begins anew, where these are others, before the steps. `steps_stand_alone`: everything adds up after each of them, not only in
    the end, so that anyone who looks at one need not take those that follow.
    """

    name: str
    fill: Callable[[World], None]
    steps: Mapping[str, Step]
    key: str
    look: Callable[[World], Seen] = _look_at_nothing
    whole: Mapping[str, Step] = field(default_factory=dict)
    next_key: str | None = None
    anew: Mapping[str, Step] = field(default_factory=dict)
    steps_stand_alone: bool = False

    def step(self, name: str) -> Step:
        return {**self.steps, **self.whole, **self.anew}[name]

    @property
    def first(self) -> str:
        return next(iter(self.steps))

    @property
    def last(self) -> str:
        return list(self.steps)[-1]

    def until_it_adds_up(self, name: str) -> list[str]:
        """The steps that have to follow one before everything adds up."""
        if self.steps_stand_alone or name in self.whole:
            return []
        return list(self.steps)[list(self.steps).index(name) + 1 :]
