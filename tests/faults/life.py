"""The life of invoices that the faults strike: what people do with them, each step one request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from invoicing.lifecycle.confirmation import confirm_invoices
from invoicing.lifecycle.correction import correct_invoices
from invoicing.lifecycle.creation import create_invoices
from invoicing.lifecycle.details import DetailChanges, NewDetail, add_detail, change_detail
from invoicing.lifecycle.drafts import delete_draft
from invoicing.lifecycle.invoices import Request
from invoicing.warehouse.transactions import writing
from tests.faults.scenario import Scenario, Step, Task
from tests.process.warehouse import Warehouse, october

DAY = october(12)
TODAY = october(14)
LATER = october(20)
# The id that a run gives to the draft which is deleted: it derives from contract, customer and day.
DELETED = "ceefab2f-e88d-a248-aaef-6cbc526afdc4"


def _create(task: Task) -> None:
    with _at_work(task, "create") as (connection, request):
        contracts = ["Contoso", "Litware"]  # of which one has nothing ready
        create_invoices(connection, contracts, today=TODAY, settings=task.settings, request=request)


def _edit(task: Task) -> None:
    """Less of something, and something on top."""
    with _at_work(task, "edit") as (connection, request):
        invoice = str(_invoice(connection, "Adatum", "Fabrikam"))
        detail = _detail(connection, "less")
        change_detail(connection, invoice, detail, DetailChanges(quantity=Decimal(6)), request=request, version=1)
        on_top = NewDetail("work", "expense", october(9), Decimal(1), Decimal("19.99"), description="Taxi")
        add_detail(connection, invoice, on_top, request=request, version=2)


def _delete(task: Task) -> None:
    with _at_work(task, "delete") as (connection, request):
        delete_draft(connection, DELETED, request=request, version=1)


def _confirm(task: Task) -> None:
    """All drafts at once, as somebody saw them, and one that is not there."""
    with _at_work(task, "confirm") as (connection, request):
        versions: dict[UUID, int | None] = {
            _invoice(connection, "Adatum", "Fabrikam"): 3,
            _invoice(connection, "Adatum", "Northwind"): 1,
            _invoice(connection, "Contoso", "Fabrikam"): 1,
            UUID(int=1): None,
        }
        confirm_invoices(connection, versions, today=TODAY, settings=task.settings, request=request)


def _correct(task: Task) -> None:
    """Two invoices in full; but of what was lowered on the draft something is billed, less again."""
    with _at_work(task, "correct") as (connection, request):
        invoices = [_invoice(connection, "Adatum", "Fabrikam"), _invoice(connection, "Contoso", "Fabrikam")]
        correct_invoices(connection, invoices, today=LATER, request=request)
        correction = str(_invoice(connection, "Adatum", "Fabrikam", correction=True))
        detail = _detail(connection, "less", "billed_sales")
        change_detail(connection, correction, detail, DetailChanges(quantity=Decimal(5)), request=request, version=1)


def _confirm_corrections(task: Task) -> None:
    with _at_work(task, "confirm corrections") as (connection, request):
        versions: dict[UUID, int | None] = {
            _invoice(connection, "Adatum", "Fabrikam", correction=True): 2,
            _invoice(connection, "Contoso", "Fabrikam", correction=True): 1,
        }
        confirm_invoices(connection, versions, today=LATER, settings=task.settings, request=request)


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


def _invoice(connection: sa.Connection, contract_id: str, customer_id: str, *, correction: bool = False) -> UUID:
    found: UUID = connection.execute(
        sa.text(
            """SELECT invoice_id FROM invoicing.invoice
            WHERE (contract_id, customer_id, origin = 'corrective') = (:contract_id, :customer_id, :correction)"""
        ),
        {"contract_id": contract_id, "customer_id": customer_id, "correction": correction},
    ).scalar_one()
    return found


def _detail(connection: sa.Connection, transaction_id: str, consumed: str = "unbilled_sales") -> int:
    """The detail that consumes the share of Fabrikam in a transaction of Adatum, or on a correction the billed sales of it."""
    found: int = connection.execute(
        sa.text(
            """SELECT d.actual_id FROM invoicing.invoice_line_detail AS d
            INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
            WHERE (d.contract_id, a.transaction_id, a.customer_id) = ('Adatum', :transaction_id, 'Fabrikam')
                AND a.kind = CAST(:consumed AS invoicing.actual_kind)"""
        ),
        {"transaction_id": transaction_id, "consumed": consumed},
    ).scalar_one()
    return found


def _fill(warehouse: Warehouse) -> None:
    """Drafts of a day that was run, of several customers and currencies, and what is ready beside them."""
    warehouse.contract()
    warehouse.line(percents={"Fabrikam": "50", "Northwind": "50"})
    warehouse.line("prototype", method="fixed_price", percents={"Fabrikam": "25", "Northwind": "75"})
    warehouse.schedule(DAY)
    warehouse.transaction("less", october(5), "3200.40", quantity="16", tax="160.02")
    warehouse.transaction("whole", october(6), "99.99")
    warehouse.transaction("free", october(7), "10", billing_type="complimentary")
    warehouse.transaction("fee", october(8), "33.35", transaction_class="fee")
    warehouse.milestone("M1", DAY, "700.01", line_id="prototype")
    warehouse.contract("Contoso", currency="JPY")
    warehouse.line(contract_id="Contoso")
    warehouse.line("prototype", "Contoso", method="fixed_price")
    warehouse.transaction("whole", october(13), "1001", contract_id="Contoso", transaction_class="material")
    warehouse.milestone("M1", october(30), "50000", line_id="prototype", contract_id="Contoso")
    warehouse.contract("Deleted")
    warehouse.line(contract_id="Deleted")
    warehouse.schedule(DAY, contract_id="Deleted")
    warehouse.transaction("back", october(1), "5", contract_id="Deleted")
    warehouse.contract("Litware")
    warehouse.run(DAY)


# Whatever a person has done, everything adds up.
SCENARIO = Scenario("life", _fill, STEPS, key="request", steps_stand_alone=True)
