"""What is confirmed cannot be changed by anybody but the migration role: the database itself refuses."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError

from tests.servers import not_on_citus
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import october

ROWS_ONLY = not_on_citus("triggers are on rows alone, and read no table")
# What is refused once a statement, after it.
NEEDS_MORE = ("the number of another", "all of that", "read-only lines", "read-only details", "an actual")


@pytest.fixture
def confirmed(desk: Desk) -> Desk:
    """After an approval."""
    desk.world.settings = desk.world.settings.model_copy(update={"approval_amount": Decimal(1)})
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    approval_id = desk.confirm(draft).approval_id
    assert approval_id is not None
    Desk(desk.world, "bob").approve(approval_id)
    desk.confirm(draft)
    return desk


@pytest.mark.parametrize("status", ["confirmed", "paid"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, marks=[ROWS_ONLY] if statement.startswith("TRUNCATE") else [])
        for change, statement in damage.FORBIDDEN.items()
    ],
)
def test_database_refuses_to_change(confirmed: Desk, change: str, status: str) -> None:
    if status == "paid":
        confirmed.pay(*(row.invoice_id for row in confirmed.world.read("SELECT invoice_id FROM analytics.invoices")))
    with pytest.raises(DBAPIError, match=r"cannot be (changed|deleted|emptied|rewritten)") as refused:
        damage.attempt(confirmed.world, change)
    assert refused.value.orig.sqlstate in ("23001", "23503")  # type: ignore[union-attr]


@pytest.fixture
def beside(confirmed: Desk) -> Desk:
    """A draft beside a confirmed invoice."""
    confirmed.world.line("travel")
    confirmed.world.transaction("T2", october(1))
    confirmed.created()
    return confirmed


@ROWS_ONLY
@pytest.mark.parametrize("status", ["confirmed", "paid"])
@pytest.mark.parametrize("addition", damage.ADDED)
def test_confirmed_invoice_takes_nothing_in(beside: Desk, addition: str, status: str) -> None:
    if status == "paid":
        (row,) = beside.world.read("SELECT invoice_id FROM analytics.invoices WHERE status = 'confirmed'")
        beside.pay(row.invoice_id)
    with pytest.raises(DBAPIError, match=r"takes nothing in|confirmation of an invoice posts") as refused:
        damage.attempt_addition(beside.world, addition)
    assert refused.value.orig.sqlstate == "23001"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "forgery", [pytest.param(forgery, marks=[ROWS_ONLY] if forgery in NEEDS_MORE else []) for forgery in damage.FORGED]
)
def test_only_a_confirmation_gives_a_draft(beside: Desk, forgery: str) -> None:
    with pytest.raises(DBAPIError, match="confirm") as refused:
        damage.attempt_forgery(beside.world, forgery)
    assert refused.value.orig.sqlstate == "23001"  # type: ignore[union-attr]


def test_paid_invoice_does_not_become_unpaid(confirmed: Desk) -> None:
    damage.attempt_status(confirmed.world, "paid")
    with pytest.raises(DBAPIError, match="cannot be changed"):
        damage.attempt_status(confirmed.world, "confirmed")


def test_migration_role_may(confirmed: Desk) -> None:
    damage.change_as_migration(confirmed.world)


def test_draft_beside_it_can_be_changed(confirmed: Desk) -> None:
    confirmed.world.transaction("T2", october(1))
    draft = confirmed.created()
    assert confirmed.change(draft, confirmed.detail_ids(draft)["T2"], quantity="2").total_amount == 200
