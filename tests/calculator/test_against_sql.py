"""The calculator and the warehouse are driven through the same scenarios, and must say the same after every step.

All tests hear the same stories, so that each scenario is driven through a warehouse once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from invoicing.process.verify import Difference
from invoicing.warehouse.connection import create_engine

from tests.calculator.calculator import Accounted, Calculator, Invoice, Reason, ScheduleKey
from tests.calculator.model import RunStatus
from tests.calculator.sql_side import LEDGER, Warehouse
from tests.calculator.strategies import Change, Run, Scenario, Step, Touch, scenarios


@dataclass(frozen=True)
class Facts:
    """What both sides say after a step; the last three of a run alone."""

    invoices: tuple[Invoice, ...]
    schedule: dict[ScheduleKey, RunStatus]
    accounting: dict[Reason, Accounted] | None = None
    due_lines: int | None = None
    quarantined_contracts: frozenset[str] | None = None


@dataclass(frozen=True)
class Chapter:
    """One step of a scenario. Of a run: what its preview said it would write, and left behind."""

    step: Step
    calculated: Facts
    found: Facts
    differences: list[Difference]
    previewed: list[dict[str, Any]] | None = None
    written: list[dict[str, Any]] | None = None
    left_by_preview: list[str] | None = None


@dataclass(frozen=True)
class Story:
    chapters: tuple[Chapter, ...]
    changed_by_repeats: list[str]


def tell(scenario: Scenario, repeats: tuple[Run, ...], warehouse: Warehouse) -> Story:
    """Takes the steps on both sides, then repeats the runs on the warehouse alone."""
    calculator = Calculator()
    steps = (Change(scenario.source), *scenario.steps)
    if any(isinstance(step, Change) for step in scenario.steps):
        steps += scenario.runs  # take in what came after the runs
    chapters = tuple(take(step, scenario, calculator, warehouse) for step in steps)
    before = warehouse.dump(without=LEDGER)
    for run in repeats:
        warehouse.run(run.run_date)
    return Story(chapters, changed(before, warehouse.dump(without=LEDGER)))


def take(step: Step, scenario: Scenario, calculator: Calculator, warehouse: Warehouse) -> Chapter:
    match step:
        case Run(run_date):
            before = warehouse.dump()
            previewed = warehouse.preview(run_date)
            left = changed(before, warehouse.dump())
            result, ran = scenario.take(step, calculator), warehouse.run(run_date)
            assert result
            return Chapter(
                step,
                Facts(
                    calculator.invoices,
                    calculator.schedule,
                    result.accounting,
                    result.due_lines,
                    result.quarantined_contracts,
                ),
                Facts(
                    warehouse.invoices, warehouse.schedule, ran.accounting, ran.due_lines, ran.quarantined_contracts
                ),
                warehouse.verify(),
                previewed,
                ran.invoices,
                left,
            )
        case Change(source):
            warehouse.load(source)
        case Touch(_, confirm):
            key = step.choose(calculator.invoices)
            if key is not None:
                (warehouse.confirm if confirm else warehouse.review)(key)
    scenario.take(step, calculator)
    return Chapter(
        step,
        Facts(calculator.invoices, calculator.schedule),
        Facts(warehouse.invoices, warehouse.schedule),
        warehouse.verify(),
    )


def changed(before: list[str], after: list[str]) -> list[str]:
    return [f"- {row}" for row in Counter(before) - Counter(after)] + [
        f"+ {row}" for row in Counter(after) - Counter(before)
    ]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scenario, tuple[Run, ...]]:
    """A scenario, and its runs in the order in which they are repeated."""
    scenario = draw(scenarios(touches=True))
    return scenario, tuple(draw(st.permutations(scenario.runs)))


Tell = Callable[[tuple[Scenario, tuple[Run, ...]]], Story]


@pytest.fixture(scope="module")
def story_of(
    new_database: Callable[[str], sa.URL], template: str, administer: Callable[[str], None]
) -> Tell:
    @cache
    def told(case: tuple[Scenario, tuple[Run, ...]]) -> Story:
        scenario, repeats = case
        url = new_database(template)
        try:
            return tell(
                scenario, repeats, Warehouse(create_engine(url), scenario.catch_up_days, scenario.late_milestones)
            )
        finally:
            administer(f"DROP DATABASE {url.database} WITH (FORCE)")

    return told


unhurried = settings(
    deadline=None,
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
the_same = seed(random.randrange(2**32))


@the_same
@unhurried
@given(cases())
@pytest.mark.parametrize("fact", [field.name for field in fields(Facts)])
def test_calculator_and_warehouse_agree(story_of: Tell, fact: str, case: tuple[Scenario, tuple[Run, ...]]) -> None:
    for chapter in story_of(case).chapters:
        assert getattr(chapter.found, fact) == getattr(chapter.calculated, fact), chapter.step


@the_same
@unhurried
@given(cases())
def test_verify_finds_nothing(story_of: Tell, case: tuple[Scenario, tuple[Run, ...]]) -> None:
    for chapter in story_of(case).chapters:
        assert chapter.differences == [], chapter.step


@the_same
@unhurried
@given(cases())
def test_preview_shows_what_the_run_writes(story_of: Tell, case: tuple[Scenario, tuple[Run, ...]]) -> None:
    for chapter in story_of(case).chapters:
        assert chapter.written == chapter.previewed, chapter.step


@the_same
@unhurried
@given(cases())
def test_preview_leaves_no_trace(story_of: Tell, case: tuple[Scenario, tuple[Run, ...]]) -> None:
    for chapter in story_of(case).chapters:
        assert not chapter.left_by_preview, chapter.step


@the_same
@unhurried
@given(cases())
def test_repeated_runs_change_nothing(story_of: Tell, case: tuple[Scenario, tuple[Run, ...]]) -> None:
    assert story_of(case).changed_by_repeats == []
