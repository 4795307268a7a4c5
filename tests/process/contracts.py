"""Contracts of the tests of a day."""

from __future__ import annotations

from tests.world.names import october
from tests.world.world import World

DAY = october(5)


def other_contract(world: World, contract_id: str = "Contoso", transaction_id: str = "theirs") -> None:
    """Another contract that has something to invoice on `DAY`."""
    world.contract(contract_id)
    world.line(contract_id=contract_id)
    world.schedule(DAY, contract_id=contract_id)
    world.transaction(transaction_id, october(1), contract_id=contract_id)
