"""The day that the faults strike, and its steps: one for each task of the DAG, and each bucket, and somebody who works beside it;
and a bucket of the day that is cleared when the day is over.
"""

from __future__ import annotations

from contextlib import suppress

from invoicing.errors import RefusedError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.backlog import Selection, mark_backlog
from invoicing.process.day import open_day, run_day
from invoicing.settings import Settings
from invoicing.vocabulary import Trigger
from invoicing.warehouse.transactions import writing
from tests.faults.scenario import Scenario, Step, Task
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.reads import invoice_of
from tests.world.steps import Steps
from tests.world.world import World

DAY = october(12)
RUN_KEY = "scheduled"
BUCKETS = 2
WHOLE_DAY = "run_day"  # all steps of a day in one process, as the command line takes them
CUSTOMERS = {"Fabrikam": "50", "Northwind": "50"}


def _steps(task: Task) -> Steps:
    return Steps(World(task.engine, task.settings), DAY, task.key)


def _find_due(task: Task) -> object:
    return open_day(task.engine, DAY, run_key=task.key, trigger=Trigger.SCHEDULED, settings=task.settings)


def _filter(bucket: int) -> Step:
    return lambda task: _steps(task).filter_bucket(bucket)


def _write(bucket: int) -> Step:
    return lambda task: _steps(task).write_bucket(bucket)


def _close(task: Task) -> object:
    return _steps(task).close()


def _mark(transaction_id: str) -> Step:
    """Somebody finds that one more is ready."""

    def mark(task: Task) -> None:
        with writing(task.engine, task.settings.wait_seconds) as connection:
            selection = Selection(("Adatum",), transaction_ids=[transaction_id])
            with suppress(RefusedError):  # a run that was begun anew has put it on a draft already
                mark_backlog(connection, selection, ready=True, request=Request("Nancy", transaction_id))

    return mark


# The second bucket is found and filtered again when it is written: somebody worked on it in between.
STEPS: dict[str, Step] = {
    "find_due": _find_due,
    "filter_1": _filter(0),
    "write_1": _write(0),
    "filter_2": _filter(1),
    "mark": _mark("ready meanwhile"),
    "write_2": _write(1),
    "close": _close,
}

CLEARED_STEPS: dict[str, Step] = {
    "mark_late": _mark("ready late"),
    "refilter_2": _filter(1),
    "rewrite_2": _write(1),
    "reclose": _close,
}


def _run_day(task: Task) -> object:
    return run_day(task.engine, DAY, run_key=task.key, settings=task.settings)


def _fill(world: World) -> None:
    """Days that were run; since then one was missed, and its own day has drafts to add to, to take from, to leave alone."""
    world.contract()
    world.line(percents={"Fabrikam": "33.3333", "Northwind": "66.6667"}, excludes=("fee",))
    world.line("travel")
    world.line("prototype", method="fixed_price", percents={"Fabrikam": "25", "Northwind": "75"})
    world.schedule(october(5), DAY)
    world.schedule(DAY, line_id="travel", cutoff=october(10))
    world.milestone("M1", october(5), "5000", line_id="prototype")
    world.milestone("M2", DAY, "700.01", line_id="prototype", ready=False)
    world.milestone("M3", october(20), "300", line_id="prototype")
    for nth in range(1, 12):
        world.transaction(f"T{nth}", october(nth), f"{nth}.01", tax="0.25", line_id=("work", "travel")[nth % 2])
    for waiting in ("not ready", "ready meanwhile", "ready late"):
        world.transaction(waiting, october(9), status="unbilled")
    world.transaction("fee", october(2), transaction_class="fee")
    world.transaction("free", october(8), billing_type="complimentary")
    for contract in ("Emptied", "Edited", "Missed", "Contoso"):
        world.contract(contract, currency="JPY" if contract == "Contoso" else "USD")
        world.line(contract_id=contract, percents=CUSTOMERS)
        world.transaction("T1", october(1), "99", contract_id=contract)
    world.schedule(DAY, contract_id="Emptied")
    world.schedule(DAY, contract_id="Contoso")
    world.schedule(october(5), DAY, contract_id="Edited")
    for day in (october(5), DAY):
        world.run(day)
    _go_on(world)


def _go_on(world: World) -> None:
    """What happened since."""
    for customer_id in CUSTOMERS:
        Desk(world).review(invoice_of(world, october(5), customer_id, "Edited"))
    world.transaction("too late", october(2), "5", contract_id="Edited")
    world.revise("transactions", "T1", contract_id="Emptied", billing_status="canceled")
    for nth in range(1, 12, 2):
        world.revise("transactions", f"T{nth}", billing_status="canceled")
    world.revise("milestones", "M2", billing_status="ready_to_invoice")
    world.schedule(october(6), contract_id="Missed")
    world.milestone("M4", october(6), "40", line_id="prototype")
    world.transaction("comes", october(9), "7.77")
    world.contract("Broken")
    world.line(contract_id="Broken", percents={})
    world.schedule(DAY, contract_id="Broken")
    world.load()


def _fill_and_run(world: World) -> None:
    """The day is over, and everything went well."""
    _fill(world)
    task = Task(world.engine, Settings(wait_seconds=20, buckets=BUCKETS, buckets_at_once=1), RUN_KEY, {})
    for step in STEPS.values():
        step(task)


NEXT_KEY = "next run"

SCENARIO = Scenario("day", _fill, STEPS, key=RUN_KEY, whole={WHOLE_DAY: _run_day}, next_key=NEXT_KEY)
CLEARED = Scenario("cleared", _fill_and_run, CLEARED_STEPS, key=RUN_KEY, next_key=NEXT_KEY, anew=STEPS)
