"""What happens to a small but nasty source day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.model.calculator import LateMilestones, RunResult
from tests.model.drawing import around, one_of, some_of
from tests.model.invoices import Invoice
from tests.model.life import Model
from tests.model.source import Source
from tests.model.sources import changed, crowded, sources
from tests.world.names import TODAY

FIRST_DAY = date(2024, 2, 1)  # the window holds a 29 February

LATE_MILESTONES: tuple[LateMilestones, ...] = ("report", "bill")
# Written with repeats where one value should come more often.
RUN_OFFSETS = (*(0,) * 10, 1, 3, 34, 35, 36, -1)
_DAYS = st.lists(st.integers(0, 40), min_size=2, max_size=4, unique=True)
_NTH = st.integers(0, 5)


@dataclass(frozen=True)
class Run:
    run_date: date


@dataclass(frozen=True)
class Change:
    """A folder to load: all customers, contracts and lines as they are now, and only what else is new or changed."""

    source: Source


@dataclass(frozen=True)
class Touch:
    """Takes one of the drafts, if there is any, to review or to confirmation."""

    nth: int
    confirm: bool

    def choose(self, model: Model) -> Invoice | None:
        drafts = sorted((each for each in model.invoices if each.status == "draft"), key=lambda each: each.key)
        return drafts[self.nth % len(drafts)] if drafts else None


Step = Run | Change | Touch


@dataclass(frozen=True)
class Scenario:
    source: Source
    steps: tuple[Step, ...]
    catch_up_days: int
    late_milestones: LateMilestones

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(step for step in self.steps if isinstance(step, Run))

    def begin(self) -> Model:
        model = Model()
        model.load(self.source)
        return model

    def take(self, step: Step, model: Model) -> RunResult | None:
        match step:
            case Run(run_date):
                return model.run(run_date, self.catch_up_days, self.late_milestones)
            case Change(source):
                model.load(source)
            case Touch(_, confirm):
                invoice = step.choose(model)
                if invoice and confirm:
                    model.confirm([invoice], [], TODAY.year, f"confirm {invoice.key}")
                elif invoice:
                    model.review(invoice)
        return None


@st.composite
def scenarios(draw: st.DrawFn, *, changes: bool = True, touches: bool = False, restated: bool = False) -> Scenario:
    """changes, touches: steps that it has beside runs. restated: changes are also of what may be invoiced already."""
    anchors = tuple(FIRST_DAY + timedelta(days=day) for day in draw(_DAYS))
    meet = draw(one_of((_as_drawn, crowded)))
    source = meet(draw(sources(anchors)))
    latest = source
    steps: list[Step] = []
    usual = ("run", *["touch"] * touches, *["change"] * changes, "run")
    for kind in (*draw(one_of((("run",), usual))), *draw(some_of(("run", *usual), 2, 6))):
        if kind == "change":
            change = meet(draw(changed(latest, anchors, restated=restated)))
            latest = latest.followed_by(change)
            steps.append(Change(change))
        elif kind == "touch":
            steps.append(Touch(draw(_NTH), draw(st.booleans())))
        else:
            dates = around((*anchors, max(anchors)), RUN_OFFSETS)
            again = tuple(step.run_date for step in steps if isinstance(step, Run))
            steps.append(Run(draw(dates | one_of(again) if again else dates)))
    return Scenario(
        source,
        tuple(steps),
        catch_up_days=draw(one_of((35, 35, 35, 35, 7, 0))),
        late_milestones=draw(one_of(LATE_MILESTONES)),
    )


def _as_drawn(source: Source) -> Source:
    return source
