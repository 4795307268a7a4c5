"""All that the faults strike, by name: a process is told the name of its scenario."""

from __future__ import annotations

from tests.faults import day, life
from tests.faults.scenario import Scenario

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in (day.SCENARIO, day.CLEARED, life.SCENARIO)}
