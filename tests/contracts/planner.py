"""A contract whose lines are invoiced by frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from invoicing.contracts.schedules import Generated, generate_schedules
from invoicing.ledger.changes import Request
from invoicing.warehouse.transactions import writing
from tests.world.names import LINE
from tests.world.world import World

TODAY = date(2026, 10, 1)


@dataclass(frozen=True)
class Planner:
    """Lines of one contract, each with a frequency of its own."""

    world: World

    def line(
        self,
        period: str,
        run_days: str,
        *,
        line_id: str = LINE,
        start: date | None = TODAY,
        end: date | None = None,
        **more: Any,
    ) -> None:
        """A line that is invoiced so. Called again for the same line, it is invoiced otherwise from now on."""
        frequency = {"invoice_frequency_id": line_id, "name": run_days, "period": period, "run_days": run_days}
        self.world.deliver("invoice_frequencies", **frequency)
        self.world.line(line_id, invoice_frequency_id=line_id, billing_start_date=start, billing_end_date=end, **more)

    def generate(
        self, *, today: date = TODAY, days: int = 60, key: str | None = None, wait_seconds: int = 2, **more: Any
    ) -> Generated:
        """On behalf of a new request unless its key is given."""
        request = Request("ann", key or str(uuid4()))
        with writing(self.world.engine, wait_seconds) as connection:
            return generate_schedules(connection, today=today, days_ahead=days, request=request, **more)

    def dates(self, line_id: str = LINE) -> list[date]:
        """The run dates of a line."""
        return [row.run_date for row in self.rows(line_id)]

    def rows(self, line_id: str = LINE) -> list[Any]:
        return self.world.read(
            "SELECT run_date, transaction_cutoff_date, run_status FROM analytics.invoice_schedule"
            " WHERE contract_line_id = :line_id ORDER BY run_date",
            line_id=line_id,
        )
