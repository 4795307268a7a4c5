"""The warehouse that the faults strike, as it stands before each step of a scenario, and as nothing befell it."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

from invoicing.warehouse import migrations
from tests.faults.canonical import Dump, canonical
from tests.faults.gate import build_gate
from tests.faults.plan import Fault, Kind, all_faults
from tests.faults.scenario import Scenario
from tests.faults.server import Server
from tests.faults.step_process import Order, Phase
from tests.faults.tries import undisturbed
from tests.process.outcome import RESULTS
from tests.process.warehouse import Warehouse

_one_at_a_time = threading.Lock()  # Alembic has one context for all threads


@dataclass(frozen=True)
class Scene:
    """`sent`: the statements that each step, and each way to take the whole, sends when nothing befalls it. `left`: what the
    warehouse then holds after each step. `start`: what it holds before the first.
    """

    server: Server
    scenario: Scenario
    sent: dict[str, tuple[str, ...]]
    start: Dump
    left: dict[str, Dump]

    def expected(self, step: str) -> Dump:
        """What the warehouse holds when everything adds up after a step."""
        return self.left[step] if self.scenario.steps_stand_alone else list(self.left.values())[-1]

    @property
    def faults(self) -> list[Fault]:
        """All there are."""
        return all_faults(self.scenario, self.sent)

    def draw(self, seed: int, kind: Kind, phase: Phase, *, whole: bool = False) -> Fault:
        """One of the faults of a kind in a phase, by lot: of those of the steps, or of the whole."""
        fitting = [fault for fault in self.faults if (fault.kind, fault.phase) == (kind, phase)]
        fitting = [fault for fault in fitting if (fault.step in self.scenario.whole) == whole]
        return random.Random(f"{seed} {kind} {phase}").choice(fitting)

    def before(self, step: str) -> str:
        """Name of the database as it stands before a step."""
        return f"{self.scenario.name}_before_{step}"

    def held_before(self, step: str) -> Dump:
        """What the warehouse holds before a step."""
        return dict(zip(self.left, (self.start, *self.left.values()), strict=False))[step]

    def order(self, database: str, step: str) -> Order:
        """The first try of a step."""
        return Order(self.server.settings, database, self.scenario.name, step, self.scenario.key)


def build_scene(server: Server, scenario: Scenario) -> Scene:
    built, database = f"{scenario.name}_built", f"{scenario.name}_undisturbed"
    server.administer(f"CREATE DATABASE {built}")
    warehouse = Warehouse(server.engine(built))
    with _one_at_a_time:
        migrations.upgrade(warehouse.engine)
    scenario.fill(warehouse)
    with server.connect(built) as connection:
        build_gate(connection)
    scene = Scene(server, scenario, {}, left_in(server, built), {})
    server.copy(built, database)
    for step in scenario.steps:
        server.copy(database, scene.before(step))
        scene.sent[step] = undisturbed(scene.order(database, step))
        scene.left[step] = left_in(server, database)
    for whole in scenario.whole:
        server.copy(built, scene.before(whole))
        server.copy(built, f"{database}_{whole}")
        scene.sent[whole] = undisturbed(scene.order(f"{database}_{whole}", whole))
    return scene


def left_in(server: Server, database: str) -> Dump:
    return canonical(Warehouse(server.engine(database)))


def results_of(left: Dump) -> Dump:
    return {table: left[table] for table in RESULTS}
