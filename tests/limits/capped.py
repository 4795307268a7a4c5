"""A contract whose billing is capped by not-to-exceed limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE
from tests.world.world import World


@dataclass(frozen=True)
class Capped:
    """Limits of `CONTRACT`, on each of the four levels; None takes one away."""

    desk: Desk

    @property
    def world(self) -> World:
        return self.desk.world

    def limit_contract(self, amount: str | None) -> None:
        self.world.contract(not_to_exceed_limit=amount)

    def limit_customer(self, amount: str | None, customer_id: str = "Fabrikam") -> None:
        self.world.deliver(
            "contract_customers",
            contract_id=CONTRACT,
            customer_id=customer_id,
            is_primary=customer_id == "Fabrikam",
            not_to_exceed_limit=amount,
        )

    def limit_line(self, amount: str | None, line_id: str = LINE) -> None:
        self.world.revise("contract_lines", line_id, not_to_exceed_limit=amount)

    def limit_line_customer(self, amount: str | None, customer_id: str = "Fabrikam", line_id: str = LINE) -> None:
        self.world.revise("contract_line_customers", line_id, customer_id, not_to_exceed_limit=amount)

    def reevaluate(self, *, reset: bool = False) -> int:
        """How many shares have another verdict than before."""
        return self.desk.reevaluate(reset=reset)

    def verdicts(self) -> dict[Any, str]:
        """The status of what waits, by transaction; what failed with its level."""
        rows = self.world.read("SELECT transaction_id, limit_status, limit_level FROM analytics.unbilled_backlog")
        found = {
            row.transaction_id: f"{row.limit_status} {row.limit_level}" if row.limit_level else row.limit_status
            for row in rows
        }
        assert len(found) == len(rows), "a transaction has several shares"
        return found

    def taken(self) -> dict[str, tuple[int, int, int]]:
        """What is committed, invoiced and left, by level; there is one limit on each."""
        rows = self.world.read(
            "SELECT level, committed_amount, invoiced_amount, remaining_amount FROM analytics.limits"
        )
        return {row.level: tuple(row)[1:] for row in rows}
