"""The calculator and the warehouse go through the same scenarios and must say the same after every step.

All properties are told the same stories, so that each scenario is driven through a warehouse only once.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import cache

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from invoicing.audit.verify import Difference
from tests.model.calculator import Account, Accounted, RunResult
from tests.model.life import Model
from tests.model.records import ScheduleKey
from tests.model.scenarios import Change, Run, Scenario, Step, Touch, scenarios
from tests.model.shown import ShownInvoice
from tests.model.source import Contract, Customer, Line, LineCustomer, RunStatus, Schedule, Source, Transaction
from tests.model.sql_side import Ran, Rows, Warehouse

Case = tuple[Scenario, tuple[Run, ...]]


@dataclass(frozen=True)
class Facts:
    """What one side says after a step; the last three of a run alone."""

    invoices: tuple[ShownInvoice, ...]
    schedule: dict[ScheduleKey, RunStatus]
    accounting: dict[Account, Accounted] | None
    due_lines: int | None
    quarantined_contracts: frozenset[str] | None


@dataclass(frozen=True)
class Preview:
    """The invoices that a run was to write, those that it wrote, and the rows that asking for them changed."""

    shown: Rows
    written: Rows
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """A step, and what was found after it."""

    step: Step
    calculated: Facts
    found: Facts
    differences: list[Difference]
    preview: Preview | None


@dataclass(frozen=True)
class Story:
    chapters: tuple[Chapter, ...]
    changed_by_repeats: tuple[str, ...]

    @property
    def previews(self) -> list[Preview]:
        return [chapter.preview for chapter in self.chapters if chapter.preview]


def tell(case: Case, warehouse: Warehouse) -> Story:
    """Takes the steps on both sides; then repeats the runs, in another order, on the warehouse alone."""
    scenario, repeats = case
    calculator = Model()
    steps: list[Step] = [Change(scenario.source), *scenario.steps]
    if any(isinstance(step, Change) for step in scenario.steps):
        steps += scenario.runs  # they take what was loaded after them
    chapters = tuple(take(step, scenario, calculator, warehouse) for step in steps)
    before = warehouse.dump(ledger=False)
    for run in repeats:
        warehouse.run(run.run_date)
    return Story(chapters, changes(before, warehouse.dump(ledger=False)))


def take(step: Step, scenario: Scenario, calculator: Model, warehouse: Warehouse) -> Chapter:
    ran, preview = None, None
    match step:
        case Run(run_date):
            before = warehouse.dump()
            shown = warehouse.preview(run_date)
            left_behind = changes(before, warehouse.dump())
            ran = warehouse.run(run_date)
            preview = Preview(shown, ran.invoices, left_behind)
        case Change(source):
            warehouse.load(source)
        case Touch(_, confirm):
            invoice = step.choose(calculator)
            if invoice:
                (warehouse.confirm if confirm else warehouse.review)(invoice.key)
    result = scenario.take(step, calculator)
    return Chapter(step, facts(calculator, result), facts(warehouse, ran), warehouse.verify(), preview)


def facts(side: Model | Warehouse, run: RunResult | Ran | None) -> Facts:
    if run is None:
        return Facts(side.shown_invoices, side.schedule, None, None, None)
    return Facts(side.shown_invoices, side.schedule, run.accounting, run.due_lines, run.quarantined_contracts)


def changes(before: list[str], after: list[str]) -> tuple[str, ...]:
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    return (*(f"- {row}" for row in gone.elements()), *(f"+ {row}" for row in come.elements()))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    scenario = draw(scenarios(touches=True, restated=True))
    return scenario, tuple(draw(st.permutations(scenario.runs)))


def october(day: int) -> date:
    return date(2020, 10, day)


def line(line_id: str, *run_dates: date) -> Source:
    """A line of the one contract and customer, with a ready transaction of 1 October."""
    return Source(
        customers=(Customer("customer"),),
        project_contracts=(Contract("contract"),),
        contract_lines=(Line("contract", line_id),),
        contract_line_customers=(LineCustomer("contract", line_id, "customer"),),
        transactions=(Transaction("contract", f"of {line_id}", line_id, october(1)),),
        invoice_schedules=tuple(Schedule("contract", line_id, run_date) for run_date in run_dates),
    )


def worked(source: Source, *steps: Step) -> Case:
    return Scenario(source, steps, catch_up_days=35, late_milestones="report"), (Run(october(12)), Run(october(5)))


IN_REVIEW = (Run(october(5)), Touch(0, confirm=False))  # the invoice of 5 October
LINE_ENTERED_LATE = worked(
    line("A", october(5)), *IN_REVIEW, Change(line("B", october(5), october(12))), Run(october(12)), Run(october(12))
)
ROW_ENTERED_LATE = worked(
    line("A", october(5)).followed_by(line("B", october(12))),
    *(*IN_REVIEW, Run(october(12)), Change(line("B", october(5))), Run(october(12))),
)

# To another line of the same day and customer, at the same figures; and back, once the draft is in review.
MOVED = worked(
    line("A", october(5), october(12)).followed_by(line("B", october(5), october(12))),
    Run(october(5)),
    Change(Source(transactions=(Transaction("contract", "of A", "B", october(1)),))),
    Run(october(5)),
    Touch(0, confirm=False),
    Change(Source(transactions=(Transaction("contract", "of A", "A", october(1)),))),
    Run(october(12)),
)


@pytest.fixture(scope="module")
def story_of(
    new_database: Callable[[str], sa.URL], template: str, administer: Callable[[str], None]
) -> Callable[[Case], Story]:
    @cache
    def story(case: Case) -> Story:
        scenario, _ = case
        url = new_database(template)
        # One session for all of a story, since a new one costs as much as a small run.
        engine = sa.create_engine(url, connect_args={"options": "-c timezone=UTC"})
        try:
            warehouse = Warehouse(
                engine, catch_up_days=scenario.catch_up_days, late_milestones=scenario.late_milestones
            )
            return tell(case, warehouse)
        finally:
            engine.dispose()
            administer(f"DROP DATABASE {url.database} WITH (FORCE)")

    return story


# In CI the same stories every time, as Hypothesis itself does there: a change is judged by what it changes.
SEED = 0 if os.environ.get("CI") else random.randrange(2**32)
# A scenario takes a second or two: fewer of them than of the calculator's own.
unhurried = settings(
    deadline=None, max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.too_slow]
)


def of_every_story(test: Callable[..., None]) -> Callable[..., None]:
    """Hands the test the cases worked by hand, and then the same drawn ones as every other test."""
    for case in (LINE_ENTERED_LATE, ROW_ENTERED_LATE, MOVED):
        test = example(case=case)(test)
    return seed(SEED)(unhurried(given(case=cases())(test)))


@of_every_story
@pytest.mark.parametrize("fact", [field.name for field in fields(Facts)])
def test_calculator_and_warehouse_agree(story_of: Callable[[Case], Story], fact: str, case: Case) -> None:
    for chapter in story_of(case).chapters:
        assert getattr(chapter.found, fact) == getattr(chapter.calculated, fact), chapter.step


@of_every_story
def test_verify_finds_nothing(story_of: Callable[[Case], Story], case: Case) -> None:
    for chapter in story_of(case).chapters:
        assert not chapter.differences, chapter.step


@of_every_story
def test_preview_shows_what_the_run_writes(story_of: Callable[[Case], Story], case: Case) -> None:
    for preview in story_of(case).previews:
        assert preview.shown == preview.written


@of_every_story
def test_preview_leaves_no_trace(story_of: Callable[[Case], Story], case: Case) -> None:
    for preview in story_of(case).previews:
        assert not preview.changes


@of_every_story
def test_repeated_runs_change_nothing(story_of: Callable[[Case], Story], case: Case) -> None:
    assert not story_of(case).changed_by_repeats


# Found by the above


def test_run_closes_the_exception_it_fixes(engine: sa.Engine) -> None:
    warehouse = Warehouse(engine, catch_up_days=7)
    warehouse.load(line("A", october(5)))
    warehouse.run(october(20))  # reports the row of 5 October as overdue
    warehouse.run(october(5))
    assert not warehouse.read("SELECT * FROM analytics.billing_exceptions")
