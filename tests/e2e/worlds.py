"""Contracts for days that Adatum's do not have."""

from __future__ import annotations

from datetime import date, timedelta

from tests.world.names import CONTRACT
from tests.world.world import World


def five_days(world: World, first: str, contract_id: str = CONTRACT) -> list[str]:
    """A contract with a row on each of five days, and work for each on the day before. Returns the days."""
    days = [date.fromisoformat(first) + timedelta(days=number) for number in range(5)]
    world.contract(contract_id)
    world.line(contract_id=contract_id, percents={"Fabrikam": "33.3333", "Northwind": "66.6667"})
    world.schedule(*days, contract_id=contract_id)
    for nth, day in enumerate(days):
        amount = f"{nth + 1}.01"
        world.transaction(f"T{nth}", day - timedelta(days=1), amount, tax="0.25", contract_id=contract_id)
    world.load()
    return [str(day) for day in days]
