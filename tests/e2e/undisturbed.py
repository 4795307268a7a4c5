"""What a warehouse holds after days that went wrong, to be compared with one where nothing ever did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.world.reads import DRAFTS, shown
from tests.world.verdict import differences
from tests.world.world import World

Change = Callable[[World], object]

# Without the day of the run that found them.
_PROBLEMS = """
    SELECT severity, code, contract_id, contract_line_id, customer_id, transaction_id, milestone_id, message
    FROM analytics.billing_exceptions ORDER BY contract_id, code, message
"""


def outcome(world: World) -> dict[str, list[str]]:
    """All that runs are for, but for which run it was and when; the warehouse must add up."""
    assert differences(world) == []
    return {
        **shown(world, (*DRAFTS, "invoice_schedule"), moments=False),
        "billing_exceptions": [str(row) for row in world.read(_PROBLEMS)],
    }


def run_undisturbed(world: World, *steps: str | Change) -> None:
    """Runs days without Airflow, one after the other, with what people do to the warehouse between them."""
    for step in steps:
        if isinstance(step, str):
            world.run(date.fromisoformat(step), f"undisturbed/{step}")
        else:
            step(world)
