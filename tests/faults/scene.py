"""The warehouse that the faults strike, as it stands before each step of a scenario, and as nothing befell it."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

from invoicing.warehouse import migrations
from tests.faults.gate import build_gate
from tests.faults.plan import Fault, Kind, Then, all_faults
from tests.faults.scenario import Scenario, Seen
from tests.faults.server import Server
from tests.faults.step_process import Order, Phase
from tests.faults.tries import undisturbed
from tests.world.canonical import Dump, canonical
from tests.world.damage.ledger import keep_private
from tests.world.world import World

_one_at_a_time = threading.Lock()  # Alembic has one context for all threads


@dataclass(frozen=True)
class Scene:
    """`seen`: what people look at before each step. `sent`: the statements that each step, and each way to take the whole, sends when
    nothing befalls it. `left`: what the warehouse then holds after it. `start`: what it holds before the first.
    """

    server: Server
    scenario: Scenario
    seen: dict[str, Seen]
    sent: dict[str, tuple[str, ...]]
    start: Dump
    left: dict[str, Dump]

    def expected(self, step: str) -> Dump:
        """What the warehouse holds when everything adds up after a step."""
        following = self.scenario.until_it_adds_up(step)
        return self.left[following[-1] if following else step]

    @property
    def faults(self) -> list[Fault]:
        """All there are."""
        return all_faults(self.scenario, self.sent)

    def draw(
        self,
        seed: int,
        kind: Kind,
        phase: Phase,
        then: Then = "again",
        *,
        step: str | None = None,
        whole: bool = False,
    ) -> Fault:
        """One of the faults of a kind in a phase, by lot: of those of the steps, of one step, or of the whole."""
        fitting = [fault for fault in self.faults if (fault.kind, fault.phase, fault.then) == (kind, phase, then)]
        if step is not None:
            fitting = [fault for fault in fitting if fault.step == step]
        fitting = [fault for fault in fitting if (fault.step in self.scenario.whole) == whole]
        return random.Random(f"{seed} {kind} {phase} {then} {step}").choice(fitting)

    def before(self, step: str) -> str:
        """Name of the database as it stands before a step. What is private to a run is kept in it, whatever befalls the server."""
        return f"{self.scenario.name}_before_{step}"

    def held_before(self, step: str) -> Dump:
        """What the warehouse holds before a step."""
        steps = list(self.scenario.steps)
        return self.left[steps[steps.index(step) - 1]] if step in steps[1:] else self.start

    def order(self, database: str, step: str) -> Order:
        """The first try of a step."""
        return Order(
            self.server.settings, database, self.scenario.name, step, self.scenario.key, self.seen.get(step, {})
        )


def build_scene(server: Server, scenario: Scenario) -> Scene:
    built, database = f"{scenario.name}_built", f"{scenario.name}_undisturbed"
    server.administer(f"CREATE DATABASE {built}")
    world = World(server.engine(built))
    with _one_at_a_time:
        migrations.upgrade(server.engine(built))
    scenario.fill(world)
    with server.connect(built) as connection:
        build_gate(connection)
    scene = Scene(server, scenario, {}, {}, left_in(server, built), {})
    server.copy(built, database)
    for step in scenario.steps:
        server.copy(database, scene.before(step))
        scene.seen[step] = scenario.look(World(server.engine(database)))
        keep_private(World(server.engine(scene.before(step))), kept=True)
        scene.sent[step] = undisturbed(scene.order(database, step))
        scene.left[step] = left_in(server, database)
    for whole in scenario.whole:
        server.copy(built, scene.before(whole))
        server.copy(built, f"{database}_{whole}")
        scene.sent[whole] = undisturbed(scene.order(f"{database}_{whole}", whole))
        scene.left[whole] = left_in(server, f"{database}_{whole}")
    return scene


def left_in(server: Server, database: str) -> Dump:
    return canonical(World(server.engine(database)))
