"""A warehouse in which everything was done to invoices that can be done to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from invoicing.lifecycle.details import NewDetail
from invoicing.lifecycle.invoices import Handled
from tests.lifecycle.desk import Desk
from tests.process.warehouse import CONTRACT, Warehouse, october

SHARED = {"Fabrikam": "33.3333", "Northwind": "66.6667"}


def live(warehouse: Warehouse) -> None:
    """One contract: edited in every way and confirmed on 5 October, corrected twice, and billed anew by hand; drafts of each
    origin are left open."""
    _deliver(warehouse)
    warehouse.run(october(5))
    desk = Desk(warehouse.engine)
    fabrikam, northwind = (invoice_of(warehouse, customer) for customer in SHARED)
    changes: dict[str, dict[str, Any]] = {
        "reduced": {"quantity": Decimal(2)},
        "raised": {"quantity": Decimal(10)},
        "repriced": {"unit_price": Decimal("99.995")},
        "given": {"billing_type": "complimentary"},
        "dropped": {"quantity": Decimal(0)},
    }
    for transaction, change in changes.items():
        desk.change(fabrikam, detail_of(warehouse, transaction), **change)
    desk.add(fabrikam, NewDetail("work", "expense", october(2), Decimal(3), Decimal("9.99"), description="by hand"))
    desk.add(fabrikam, NewDetail("prototype", "fee", october(2), Decimal(1), Decimal(50), description="flat"))
    desk.review(northwind)
    _done(desk.confirm(fabrikam, northwind))
    _done(desk.pay(northwind))

    (correction,) = _done(desk.correct(fabrikam))
    plain = billed_of(warehouse, "plain")
    desk.change(correction, plain, quantity=Decimal(1))
    desk.change(correction, billed_of(warehouse, "raised"), quantity=Decimal(12))
    desk.change(correction, billed_of(warehouse, "fee"), quantity=Decimal("0.1"))
    _done(desk.confirm(correction))
    (again,) = _done(desk.correct(correction, detail_ids=[plain]))
    desk.change(again, billed_of(warehouse, "plain"), quantity=Decimal("0.5"))
    _done(desk.confirm(again))

    desk.mark(CONTRACT, transaction_ids=["plain"])
    _done(desk.confirm(*_done(desk.create(CONTRACT))))
    desk.mark(CONTRACT)
    _done(desk.create(CONTRACT))
    _done(desk.correct(northwind))
    warehouse.transaction("late", october(6))
    warehouse.run(october(12))


def _deliver(warehouse: Warehouse) -> None:
    warehouse.contract()
    warehouse.line("work", percents=SHARED)
    warehouse.line("prototype", method="fixed_price")
    warehouse.schedule(october(5), october(12), line_id="work")
    warehouse.milestone("M1", october(5), line_id="prototype")
    warehouse.milestone("M2", october(12), line_id="prototype", ready=False)
    for name in ("plain", "reduced", "raised", "repriced", "given", "dropped"):
        warehouse.transaction(name, october(1), "1600", quantity="8", tax="400")
    warehouse.transaction("fee", october(1), "300", transaction_class="fee")
    warehouse.transaction("untouched", october(1), "12.34", tax="3", billing_type="non_chargeable")


def invoice_of(warehouse: Warehouse, customer_id: str) -> UUID:
    """The scheduled invoice of 5 October."""
    found: UUID = _one(
        warehouse,
        "SELECT invoice_id FROM invoicing.invoice"
        " WHERE origin = 'scheduled' AND (run_date, customer_id) = ('2026-10-05', :customer_id)",
        customer_id=customer_id,
    )
    return found


def detail_of(warehouse: Warehouse, transaction_id: str, customer_id: str = "Fabrikam") -> int:
    """The detail that consumes the original share."""
    found: int = _one(
        warehouse,
        "SELECT actual_id FROM invoicing.actual WHERE posting IS NULL"
        " AND (transaction_id, customer_id) = (:transaction_id, :customer_id)",
        transaction_id=transaction_id,
        customer_id=customer_id,
    )
    return found


def billed_of(warehouse: Warehouse, transaction_id: str, customer_id: str = "Fabrikam") -> int:
    """The billed sales that were written last, which a correction consumes."""
    found: int = _one(
        warehouse,
        "SELECT max(actual_id) FROM invoicing.actual WHERE posting = 'billed'"
        " AND (transaction_id, customer_id) = (:transaction_id, :customer_id)",
        transaction_id=transaction_id,
        customer_id=customer_id,
    )
    return found


def _one(warehouse: Warehouse, query: str, **parameters: Any) -> Any:
    ((found,),) = warehouse.read(query, **parameters)
    return found


def _done(handled: Handled) -> list[UUID]:
    assert not handled.refused, handled.refused
    return [invoice.invoice_id for invoice in handled.invoices]
