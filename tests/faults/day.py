"""The day that the faults strike, and its steps: one for each task of the DAG, and each bucket."""

from __future__ import annotations

from invoicing.process.buckets import Bucket
from invoicing.process.day import Opened, open_day, run_day
from tests.faults.scenario import Scenario, Step, Task
from tests.process.steps import Steps
from tests.process.warehouse import Warehouse, october

DAY = october(12)
RUN_KEY = "scheduled"
BUCKETS = 2
WHOLE_DAY = "run_day"  # all of the steps in one process, as the command line runs them


def _steps(task: Task) -> Steps:
    return Steps(task.engine, task.settings, DAY, task.key)


def _find_due(task: Task) -> Opened:
    return open_day(
        task.engine,
        DAY,
        run_key=task.key,
        trigger="scheduled",
        settings=task.settings,
        has_ended=lambda run_key: run_key == RUN_KEY,  # what Airflow says of it when the next run comes
    )


STEPS: dict[str, Step] = {
    "find_due": _find_due,
    "filter_ready": lambda task: _steps(task).filter_ready(),
    "write_bucket_1": lambda task: _steps(task).write_bucket(Bucket(0, BUCKETS)),
    "write_bucket_2": lambda task: _steps(task).write_bucket(Bucket(1, BUCKETS)),
    "close": lambda task: _steps(task).close(),
}


def _run_day(task: Task) -> object:
    return run_day(task.engine, DAY, run_key=task.key, settings=task.settings)


def _fill(warehouse: Warehouse) -> None:
    """Days that were run; since then one was missed, and its own day has drafts to add to, to take from, to leave alone."""
    warehouse.contract()
    warehouse.line(percents={"Fabrikam": "33.3333", "Northwind": "66.6667"}, excludes=("fee",))
    warehouse.line("travel")
    warehouse.line("prototype", method="fixed_price", percents={"Fabrikam": "25", "Northwind": "75"})
    warehouse.schedule(october(5), DAY)
    warehouse.schedule(DAY, line_id="travel", cutoff=october(10))
    warehouse.milestone("M1", october(5), "5000", line_id="prototype")
    warehouse.milestone("M2", DAY, "700.01", line_id="prototype", ready=False)
    warehouse.milestone("M3", october(20), "300", line_id="prototype")
    for nth in range(1, 12):
        warehouse.transaction(f"T{nth}", october(nth), f"{nth}.01", tax="0.25", line_id=("work", "travel")[nth % 2])
    warehouse.transaction("not ready", october(2), status="unbilled")
    warehouse.transaction("fee", october(2), transaction_class="fee")
    warehouse.transaction("free", october(8), billing_type="complimentary")
    for contract in ("Emptied", "Edited", "Missed", "Contoso"):
        warehouse.contract(contract, currency="JPY" if contract == "Contoso" else "USD")
        warehouse.line(contract_id=contract, percents={"Fabrikam": "50", "Northwind": "50"})
        warehouse.transaction("T1", october(1), "99", contract_id=contract)
    warehouse.schedule(DAY, contract_id="Emptied")
    warehouse.schedule(DAY, contract_id="Contoso")
    warehouse.schedule(october(5), DAY, contract_id="Edited")
    for day in (october(5), DAY):
        warehouse.run(day)
    warehouse.execute("UPDATE invoicing.invoice SET edited_at = now() WHERE contract_id = 'Edited'")
    warehouse.transaction("too late", october(2), "5", contract_id="Edited")
    warehouse.execute("UPDATE invoicing.actual SET billing_status = 'canceled' WHERE contract_id = 'Emptied'")
    warehouse.execute(
        "UPDATE invoicing.actual SET billing_status = 'canceled' WHERE contract_id = 'Adatum' AND contract_line_id = 'travel'"
    )
    warehouse.execute("UPDATE invoicing.milestone SET billing_status = 'ready_to_invoice' WHERE milestone_id = 'M2'")
    warehouse.execute("UPDATE invoicing.actual SET billing_status = 'ready_to_invoice' WHERE milestone_id = 'M2'")
    warehouse.schedule(october(6), contract_id="Missed")
    warehouse.milestone("M4", october(6), "40", line_id="prototype")
    warehouse.transaction("comes", october(9), "7.77")
    warehouse.contract("Broken")
    warehouse.line(contract_id="Broken", percents={})
    warehouse.schedule(DAY, contract_id="Broken")


SCENARIO = Scenario("day", _fill, STEPS, key=RUN_KEY, whole={WHOLE_DAY: _run_day}, next_key="next run")
