"""What a step leaves for the next may be gone, as after a crash of the server: it is found again, and never taken for nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.world import damage
from tests.world.names import october
from tests.world.reads import accounting, billed, run_status
from tests.world.steps import Steps
from tests.world.verdict import differences
from tests.world.world import World

DAY = october(5)
EVERYTHING = {DAY: ["M1", "T1", "T2", "T3"]}

LOST: dict[str, tuple[str, Callable[[World], None]]] = {
    "due rows, before the filter": ("find_due", lambda world: damage.lose_private(world, "due rows")),
    "a due line, before the filter": ("find_due", lambda world: damage.lose_due_line(world, "travel")),
    "due rows, before the drafts": ("filter_ready", lambda world: damage.lose_private(world, "due rows")),
    "a due line, before the drafts": ("filter_ready", lambda world: damage.lose_due_line(world, "travel")),
    "the sums": ("filter_ready", lambda world: damage.lose_private(world, "sums")),
    "the sum of a line": ("filter_ready", lambda world: damage.lose_sum(world, "travel")),
    "everything": ("filter_ready", damage.lose_private),
}


@pytest.mark.parametrize("loss", LOST)
def test_bucket_is_found_again_when_what_is_gone_are(three_lines: World, loss: str) -> None:
    after, lose = LOST[loss]
    run = Steps(three_lines, DAY).up_to(after)
    lose(three_lines)
    for step in run.in_order[[step.__name__ for step in run.in_order].index(after) + 1 :]:
        step()
    assert (billed(three_lines), run_status(three_lines, DAY), run.latest().status) == (
        EVERYTHING,
        "run_successful",
        "succeeded",
    )


@pytest.mark.parametrize("loss", LOST)
def test_bucket_that_was_found_again_accounts_for_everything(three_lines: World, loss: str) -> None:
    after, lose = LOST[loss]
    run = Steps(three_lines, DAY).up_to(after)
    lose(three_lines)
    run.write_drafts()
    run.close()
    assert (accounting(three_lines, run.latest()), differences(three_lines)) == ({"invoiced": (3, 137)}, [])


def test_filter_counts_again_when_the_due_rows_are_gone(three_lines: World) -> None:
    run = Steps(three_lines, DAY).up_to("find_due")
    damage.lose_private(three_lines, "due rows")
    (filtered,) = run.filter_ready()
    assert (filtered.due_lines, filtered.ready_transactions, filtered.ready_milestones) == (3, 3, 1)
