"""A contract with a fixed-price line whose milestones are generated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from invoicing.contracts.milestones import Generated, generate_milestones
from invoicing.contracts.series import Every, dates_of
from invoicing.ledger.changes import Request
from invoicing.warehouse.transactions import writing
from tests.world.names import CONTRACT
from tests.world.world import World

PHASES = "phases"
START = date(2026, 10, 5)


@dataclass(frozen=True)
class FixedPrice:
    """The line is `PHASES` where nothing else is said."""

    world: World

    def line(self, amount: str | None = "12000", *, percents: Mapping[str, str] | None = None, **more: Any) -> None:
        self.world.line(PHASES, percents=percents, **{"method": "fixed_price"} | more, contracted_amount=amount)

    def generate(
        self,
        every: Every = Every.MONTH,
        start: date = START,
        *,
        count: int | None = None,
        until: date | None = None,
        contract_id: str = CONTRACT,
        line_id: str = PHASES,
        tax: str = "0",
    ) -> Generated:
        with writing(self.world.engine, 2) as connection:
            return generate_milestones(
                connection,
                contract_id=contract_id,
                contract_line_id=line_id,
                dates=dates_of(every, start, count=count, until=until),
                tax=Decimal(tax),
                request=Request("ann", str(uuid4())),
            )

    def shares(self) -> list[sa.Row[Any]]:
        """Each customer's share of each milestone, as analysts see it."""
        return self.world.read("SELECT * FROM analytics.milestones ORDER BY milestone_date, milestone_id, customer_id")

    def amounts(self) -> list[Decimal]:
        return [row.amount for row in self.shares()]
