"""The life of invoices that the faults strike: what people do with them, each step one request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.ledger.changes import Request
from invoicing.lifecycle.confirmation import confirm_invoices
from invoicing.lifecycle.correction import correct_invoices
from invoicing.lifecycle.creation import create_invoices
from invoicing.lifecycle.details import DetailChanges, NewDetail, add_detail, change_detail
from invoicing.lifecycle.drafts import delete_draft
from invoicing.warehouse.transactions import writing
from tests.faults.scenario import Scenario, Seen, Step, Task
from tests.world.names import october
from tests.world.reads import versions
from tests.world.world import World

DAY = october(12)
TODAY = october(14)
LATER = october(20)

# Invoices as they are seen: by contract, customer and origin.
ADATUM = ("Adatum", "Fabrikam", "scheduled")
ADATUM_NORTHWIND = ("Adatum", "Northwind", "scheduled")
ADATUM_CORRECTED = ("Adatum", "Fabrikam", "corrective")
CONTOSO = ("Contoso", "Fabrikam", "manual")
CONTOSO_CORRECTED = ("Contoso", "Fabrikam", "corrective")
DELETED = ("Deleted", "Fabrikam", "scheduled")


def _create(task: Task) -> None:
    with _at_work(task, "create") as (connection, request):
        contracts = ["Contoso", "Litware"]  # of which one has nothing ready
        create_invoices(connection, contracts, today=TODAY, settings=task.settings, request=request)


def _edit(task: Task) -> None:
    """Less of something, and something on top, with work behind it and without."""
    invoice_id, version = task.seen[ADATUM]
    with _at_work(task, "edit") as (connection, request):
        detail = _detail(connection, invoice_id, "less")
        less = DetailChanges(quantity=Decimal(6))
        changed = change_detail(connection, str(invoice_id), detail, less, request=request, version=version)
        taxi = NewDetail("work", "expense", october(9), Decimal(1), Decimal("19.99"), description="Taxi")
        add_detail(connection, str(invoice_id), taxi, request=request, version=changed.version)


def _delete(task: Task) -> None:
    invoice_id, version = task.seen[DELETED]
    with _at_work(task, "delete") as (connection, request):
        delete_draft(connection, str(invoice_id), request=request, version=version)


def _confirm(task: Task) -> None:
    """All drafts at once, as somebody saw them, and one that is not there."""
    asked: dict[UUID, int | None] = dict(task.seen[name] for name in (ADATUM, ADATUM_NORTHWIND, CONTOSO))
    with _at_work(task, "confirm") as (connection, request):
        confirm_invoices(connection, asked | {UUID(int=1): None}, today=TODAY, settings=task.settings, request=request)


def _correct(task: Task) -> None:
    """Two invoices in full; but of what was lowered on the draft something is billed, less again."""
    invoices = [task.seen[name][0] for name in (ADATUM, CONTOSO)]
    with _at_work(task, "correct") as (connection, request):
        handled = correct_invoices(connection, invoices, today=LATER, request=request)
        (draft,) = (draft for draft in handled.invoices if draft.contract_id == "Adatum")
        detail = _detail(connection, draft.invoice_id, "less")
        less = DetailChanges(quantity=Decimal(5))
        change_detail(connection, str(draft.invoice_id), detail, less, request=request, version=draft.version)


def _confirm_corrections(task: Task) -> None:
    asked: dict[UUID, int | None] = dict(task.seen[name] for name in (ADATUM_CORRECTED, CONTOSO_CORRECTED))
    with _at_work(task, "confirm corrections") as (connection, request):
        confirm_invoices(connection, asked, today=LATER, settings=task.settings, request=request)


STEPS: dict[str, Step] = {
    "create": _create,
    "edit": _edit,
    "delete": _delete,
    "confirm": _confirm,
    "correct": _correct,
    "confirm_corrections": _confirm_corrections,
}


@contextmanager
def _at_work(task: Task, step: str) -> Iterator[tuple[sa.Connection, Request]]:
    """The transaction of a step, and the request that is the same when it is tried again."""
    with writing(task.engine, task.settings.wait_seconds) as connection:
        yield connection, Request("Nancy", f"{task.key}/{step}")


def _detail(connection: sa.Connection, invoice_id: UUID, transaction_id: str) -> int:
    found: int = connection.execute(
        sa.text(
            "SELECT detail_id FROM analytics.invoice_line_details"
            " WHERE (invoice_id, transaction_id) = (:invoice_id, :transaction_id)"
        ),
        {"invoice_id": invoice_id, "transaction_id": transaction_id},
    ).scalar_one()
    return found


def _look(world: World) -> Seen:
    """Every invoice; of each name there is one."""
    seen = versions(world)
    rows = world.read("SELECT contract_id, customer_id, origin, invoice_id FROM analytics.invoices")
    return {(row.contract_id, row.customer_id, row.origin): (row.invoice_id, seen[row.invoice_id]) for row in rows}


def _fill(world: World) -> None:
    """Drafts of a day that was run, of several customers and currencies, and what is ready beside them."""
    world.contract()
    world.line(percents={"Fabrikam": "50", "Northwind": "50"})
    world.line("prototype", method="fixed_price", percents={"Fabrikam": "25", "Northwind": "75"})
    world.schedule(DAY)
    world.transaction("less", october(5), "3200.40", quantity="16", tax="160.02")
    world.transaction("whole", october(6), "99.99")
    world.transaction("free", october(7), "10", billing_type="complimentary")
    world.transaction("fee", october(8), "33.35", transaction_class="fee")
    world.milestone("M1", DAY, "700.01", line_id="prototype")
    world.contract("Contoso", currency="JPY")
    world.line(contract_id="Contoso")
    world.line("prototype", "Contoso", method="fixed_price")
    world.transaction("whole", october(13), "1001", contract_id="Contoso", transaction_class="material")
    world.milestone("M1", october(30), "50000", line_id="prototype", contract_id="Contoso")
    world.contract("Deleted")
    world.line(contract_id="Deleted")
    world.schedule(DAY, contract_id="Deleted")
    world.transaction("back", october(1), "5", contract_id="Deleted")
    world.contract("Litware")
    world.run(DAY)


# Whatever a person has done, everything adds up.
SCENARIO = Scenario("life", _fill, STEPS, key="request", look=_look, steps_stand_alone=True)
