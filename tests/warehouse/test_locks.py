"""Locks of contracts: who keeps whom from changing what, and until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.errors import WarehouseUnavailableError
from invoicing.settings import Settings
from invoicing.warehouse.locks import SLOTS, lock_contracts, lock_request, lock_slots, share_request
from invoicing.warehouse.transactions import writing
from tests.world.waiting import held_open, meanwhile
from tests.world.world import World

MANY = 300


@pytest.fixture(scope="module")
def many(new_world: Callable[[], World]) -> World:
    """Contracts named C0, C1 …, of which each slot has some."""
    world = new_world()
    for nth in range(MANY):
        world.contract(f"C{nth}")
    world.load()
    world.settings = Settings(wait_seconds=1)
    return world


@pytest.fixture
def slots(many: World) -> dict[int, list[str]]:
    """The contracts of each slot."""
    rows = many.read(
        "SELECT contract_id, CAST(abs(mod(hashtextextended(contract_id, 0), :slots)) AS integer) AS slot"
        " FROM analytics.contracts ORDER BY contract_id",
        slots=SLOTS,
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.slot, []).append(row.contract_id)
    return found


def takes(world: World, act: Callable[..., object], *values: Any) -> bool:
    """Whether somebody gets what they ask for, though others hold what they hold."""
    try:
        with held_open(world, act, *values):
            return True
    except WarehouseUnavailableError:
        return False


def test_contract_is_changed_by_one_at_a_time(many: World) -> None:
    with held_open(many, lock_contracts, ["C1"]):
        assert not takes(many, lock_contracts, ["C1"])


def test_contracts_of_a_slot_are_changed_by_several_people_at_once(many: World, slots: dict[int, list[str]]) -> None:
    first, second, *_ = slots[5]
    with held_open(many, lock_contracts, [first]):
        assert takes(many, lock_contracts, [second])


def test_contract_is_not_changed_beside_its_slot(many: World, slots: dict[int, list[str]]) -> None:
    with held_open(many, lock_slots, [5]):
        assert not takes(many, lock_contracts, [slots[5][0]])


def test_slot_is_not_taken_beside_one_of_its_contracts(many: World, slots: dict[int, list[str]]) -> None:
    with held_open(many, lock_contracts, [slots[5][0]]):
        assert not takes(many, lock_slots, [4, 5])


def test_contract_is_changed_beside_other_slots(many: World, slots: dict[int, list[str]]) -> None:
    with held_open(many, lock_slots, [slot for slot in range(SLOTS) if slot != 5]):
        assert takes(many, lock_contracts, [slots[5][0]])


def test_many_contracts_are_locked_by_their_slots(many: World, slots: dict[int, list[str]]) -> None:
    wanted = [contract_id for slot in range(40) for contract_id in slots[slot]]
    assert len(wanted) > 100
    with held_open(many, lock_contracts, wanted) as connection:
        taken: int = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        ).scalar_one()
        assert taken == 40
        assert not takes(many, lock_contracts, [slots[39][0]])
        assert takes(many, lock_contracts, [slots[40][0]])


def test_contract_that_is_not_known_is_harmless(many: World) -> None:
    with held_open(many, lock_contracts, ["nobody's"]):
        assert takes(many, lock_slots, range(SLOTS))


def test_what_is_held_is_taken_again_at_once(many: World, slots: dict[int, list[str]]) -> None:
    with held_open(many, lock_slots, [5]) as connection:
        lock_slots(connection, [5])
        lock_contracts(connection, slots[5])


def test_locks_end_with_the_transaction(many: World) -> None:
    with (
        held_open(many, lock_slots, range(SLOTS)) as first,
        meanwhile(many, lambda: takes(many, lock_slots, [7])) as second,
    ):
        first.rollback()
        assert second.result()


def test_request_is_worked_on_by_one_at_a_time(many: World) -> None:
    with held_open(many, lock_request, "tried twice"):
        assert not takes(many, lock_request, "tried twice")
        assert takes(many, lock_request, "another")


def test_request_that_is_shared_is_shared_by_many_and_taken_by_none(many: World) -> None:
    with held_open(many, share_request, "shared"):
        assert takes(many, share_request, "shared")
        assert not takes(many, lock_request, "shared")


def test_people_who_want_the_same_contracts_in_another_order_do_not_wait_in_a_circle(many: World) -> None:
    def take_both(first: str, second: str) -> Callable[[sa.Connection], None]:
        return lambda connection: lock_contracts(connection, [first, second])

    with held_open(many, lock_contracts, ["C1"]) as holder:
        with meanwhile(many, lambda: takes(many, take_both("C2", "C1"))) as one:
            with writing(many.engine, 1) as other:
                lock_contracts(other, ["C3"])
            holder.rollback()
            assert one.result()
    assert takes(many, take_both("C1", "C2"))
