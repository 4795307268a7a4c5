"""Contracts for days that Adatum's do not have."""

from __future__ import annotations

from datetime import date, timedelta

from tests.process.warehouse import CONTRACT, Warehouse


def five_days(warehouse: Warehouse, first: str, contract_id: str = CONTRACT) -> list[str]:
    """A contract with a row on each of five days, and work for each on the day before. Returns the days."""
    days = [date.fromisoformat(first) + timedelta(days=number) for number in range(5)]
    warehouse.contract(contract_id)
    warehouse.line(contract_id=contract_id, percents={"Fabrikam": "33.3333", "Northwind": "66.6667"})
    warehouse.schedule(*days, contract_id=contract_id)
    for nth, day in enumerate(days):
        amount = f"{nth + 1}.01"
        warehouse.transaction(f"T{nth}", day - timedelta(days=1), amount, tax="0.25", contract_id=contract_id)
    return [str(day) for day in days]
