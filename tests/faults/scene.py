"""The warehouse that the faults strike: a day with all there is to do, as it stands before each of its steps."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from invoicing.warehouse import migrations
from tests.faults.day import DAY, RUN_KEY, STEPS, WHOLE_DAY
from tests.faults.gate import build_gate
from tests.faults.server import Server
from tests.faults.step_process import Order
from tests.faults.tries import undisturbed
from tests.process.outcome import RESULTS, dump
from tests.process.warehouse import Warehouse, october

Dump = dict[str, list[str]]

# What a second try may do differently: moments, how often the run was opened, and the number that a run gets.
_MOMENTS = ("created_at", "ran_at", "detected_at", "recorded_at", "started_at", "ended_at", "lease_until")
_OWN = (*_MOMENTS, "attempt", "run_id", "ran_by")

_one_at_a_time = threading.Lock()  # Alembic has one context for all threads


@dataclass(frozen=True)
class Scene:
    """`sent`: the statements of an undisturbed run, of each step and of the whole day. `expected`: what it left."""

    server: Server
    sent: dict[str, tuple[str, ...]]
    expected: Dump


def build_scene(server: Server) -> Scene:
    server.administer("CREATE DATABASE built")
    warehouse = Warehouse(server.engine("built"))
    with _one_at_a_time:
        migrations.upgrade(warehouse.engine)
    _fill(warehouse)
    with server.connect("built") as connection:
        build_gate(connection)
    sent = {}
    server.copy("built", "undisturbed")
    for step in STEPS:
        server.copy("undisturbed", before(step))
        sent[step] = undisturbed(Order(server.settings, "undisturbed", step, RUN_KEY))
    server.copy("built", before(WHOLE_DAY))
    server.copy("built", "undisturbed_day")
    sent[WHOLE_DAY] = undisturbed(Order(server.settings, "undisturbed_day", WHOLE_DAY, RUN_KEY))
    return Scene(server, sent, left_in(server, "undisturbed"))


def before(step: str) -> str:
    """Name of the database as it stands before a step."""
    return f"before_{step}"


def left_in(server: Server, database: str) -> Dump:
    """Every row of the warehouse, but for what a second try may do differently."""
    return dump(Warehouse(server.engine(database)), without=_OWN)


def results_of(left: Dump) -> Dump:
    return {table: left[table] for table in RESULTS}


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
