"""A warehouse in which everything was done to invoices that can be done to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from invoicing.lifecycle.details import NewDetail
from invoicing.lifecycle.invoices import Handled
from tests.world.desk import Desk
from tests.world.names import CONTRACT, october
from tests.world.reads import invoice_of
from tests.world.world import World

SHARED = {"Fabrikam": "33.3333", "Northwind": "66.6667"}


def live(world: World) -> None:
    """One contract: edited in every way and confirmed on 5 October, corrected twice, and billed anew by hand; drafts of each
    origin are left open."""
    _deliver(world)
    world.run(october(5))
    desk = Desk(world)
    fabrikam, northwind = (invoice_of(world, october(5), customer) for customer in SHARED)
    changes: dict[str, dict[str, Any]] = {
        "reduced": {"quantity": 2},
        "raised": {"quantity": 10},
        "repriced": {"unit_price": "99.995"},
        "given": {"billing_type": "complimentary"},
        "dropped": {"quantity": 0},
    }
    for transaction, change in changes.items():
        desk.change(fabrikam, desk.detail(fabrikam, transaction).detail_id, **change)
    desk.add(fabrikam, NewDetail("work", "expense", october(2), Decimal(3), Decimal("9.99"), description="by hand"))
    desk.add(fabrikam, NewDetail("prototype", "fee", october(2), Decimal(1), Decimal(50), description="flat"))
    desk.review(northwind)
    _done(desk.confirm(fabrikam, northwind))
    _done(desk.pay(northwind))

    (correction,) = _done(desk.correct(fabrikam))
    plain = desk.detail(correction, "plain").detail_id
    desk.change(correction, plain, quantity=1)
    desk.change(correction, desk.detail(correction, "raised").detail_id, quantity=12)
    desk.change(correction, desk.detail(correction, "fee").detail_id, quantity="0.1")
    _done(desk.confirm(correction))
    (again,) = _done(desk.correct(correction, detail_ids=[plain]))
    desk.change(again, desk.detail(again, "plain").detail_id, quantity="0.5")
    _done(desk.confirm(again))

    desk.mark(CONTRACT, transaction_ids=["plain"])
    _done(desk.confirm(*_done(desk.create(CONTRACT))))
    desk.mark(CONTRACT)
    _done(desk.create(CONTRACT))
    _done(desk.correct(northwind))
    world.transaction("late", october(6))
    world.run(october(12))


def _deliver(world: World) -> None:
    world.contract()
    world.line("work", percents=SHARED)
    world.line("prototype", method="fixed_price")
    world.schedule(october(5), october(12), line_id="work")
    world.milestone("M1", october(5), line_id="prototype")
    world.milestone("M2", october(12), line_id="prototype", ready=False)
    for name in ("plain", "reduced", "raised", "repriced", "given", "dropped"):
        world.transaction(name, october(1), "1600", quantity="8", tax="400")
    world.transaction("fee", october(1), "300", transaction_class="fee")
    world.transaction("untouched", october(1), "12.34", tax="3", billing_type="non_chargeable")


def _done(handled: Handled) -> list[UUID]:
    assert not handled.refused, handled.refused
    return [invoice.invoice_id for invoice in handled.invoices]
