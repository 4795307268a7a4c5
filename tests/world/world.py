"""A world of contracts and work, delivered to the warehouse as a source delivers it: in a folder that is loaded."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from invoicing.process.day import Day, run_day
from invoicing.settings import Settings
from invoicing.source.loading import load_folder
from invoicing.source.tables import TABLES_BY_NAME
from tests.world import damage
from tests.world.names import CLASSES, CONTRACT, LINE

Key = tuple[str, ...]
Rows = dict[str, dict[Key, dict[str, Any]]]

# As many decimals as a source may give a price.
_PRICE = Decimal("1E-10")


@dataclass
class World:
    """The contract is `CONTRACT` and the line `LINE` where nothing else is said.

    What is built waits until something is done or looked at: `engine` loads it first. Anyone who keeps a world asks it for
    its engine each time, or what was built since is not there. What is built again with other words replaces what was.
    """

    _engine: sa.Engine
    # A test that has to wait in vain is not to wait long.
    settings: Settings = field(default_factory=lambda: Settings(wait_seconds=2))
    _said: Rows = field(default_factory=dict, repr=False)  # all that the source ever said, in its newest words
    _waiting: Rows = field(default_factory=dict, repr=False)  # what of it is not loaded yet

    @property
    def engine(self) -> sa.Engine:
        """Of a warehouse in which everything built so far is loaded."""
        self.load()
        return self._engine

    def at(self, engine: sa.Engine) -> World:
        """The same on a copy of its database, which has what was loaded when it was copied."""
        return World(engine, self.settings, deepcopy(self._said), deepcopy(self._waiting))

    def contract(
        self, contract_id: str = CONTRACT, *, currency: str = "USD", state: str = "active", **more: Any
    ) -> None:
        row = {"contract_id": contract_id, "name": contract_id, "currency": currency, "state": state}
        self.deliver("project_contracts", **row | more)

    def line(
        self,
        line_id: str = LINE,
        contract_id: str = CONTRACT,
        *,
        percents: Mapping[str, str] | None = None,
        method: str = "time_and_material",
        excludes: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        """A line with a customer per percent, the last of whom takes the rounding; one customer when none is named."""
        row = {"contract_id": contract_id, "contract_line_id": line_id, "name": line_id, "billing_method": method}
        includes = {f"includes_{name}": name not in excludes for name in CLASSES}
        self.deliver("contract_lines", **row | includes | more)
        self.split({"Fabrikam": "100"} if percents is None else percents, line_id, contract_id)

    def split(self, percents: Mapping[str, str], line_id: str = LINE, contract_id: str = CONTRACT) -> None:
        """Shares a line from now on. A customer who had a share and is not named has none any more."""
        known = [
            customer_id
            for *line, customer_id in self._said.get("contract_line_customers", {})
            if line == [contract_id, line_id]
        ]
        shares = dict.fromkeys(known, "0") | dict(percents)
        for customer_id, percent in shares.items():
            self.deliver("customers", customer_id=customer_id, name=customer_id)
            self.deliver(
                "contract_line_customers",
                contract_id=contract_id,
                contract_line_id=line_id,
                customer_id=customer_id,
                split_percent=percent,
                is_rounding_customer=customer_id == list(percents)[-1],
            )

    def schedule(
        self,
        *run_dates: date,
        line_id: str = LINE,
        contract_id: str = CONTRACT,
        cutoff: date | None = None,
        status: str = "not_run",
    ) -> None:
        for run_date in run_dates:
            self.deliver(
                "invoice_schedules",
                contract_id=contract_id,
                contract_line_id=line_id,
                run_date=run_date,
                transaction_cutoff_date=cutoff,
                run_status=status,
            )

    def transaction(
        self,
        transaction_id: str,
        day: date,
        amount: str = "100",
        *,
        line_id: str = LINE,
        contract_id: str = CONTRACT,
        customer_id: str | None = None,
        tax: str = "0",
        transaction_class: str = "time",
        billing_type: str = "chargeable",
        status: str = "ready_to_invoice",
        quantity: str = "1",
        **more: Any,
    ) -> None:
        """Work of `amount`, one unit if nothing else is said, shared by the customers of the line, or of one customer."""
        row = {
            "contract_id": contract_id,
            "transaction_id": transaction_id,
            "contract_line_id": line_id,
            "customer_id": customer_id,
            "transaction_class": transaction_class,
            "transaction_date": day,
            "quantity": quantity,
            "unit_price": (Decimal(amount) / Decimal(quantity)).quantize(_PRICE),
            "amount": amount,
            "tax_amount": tax,
            "billing_type": billing_type,
            "billing_status": status,
        }
        self.deliver("transactions", **row | more)

    def milestone(
        self,
        milestone_id: str,
        day: date,
        amount: str = "5000",
        *,
        line_id: str,
        contract_id: str = CONTRACT,
        ready: bool = True,
        **more: Any,
    ) -> None:
        row = {
            "contract_id": contract_id,
            "contract_line_id": line_id,
            "milestone_id": milestone_id,
            "name": milestone_id,
            "milestone_date": day,
            "amount": amount,
            "billing_status": "ready_to_invoice" if ready else "not_ready",
        }
        self.deliver("milestones", **row | more)

    def deliver(self, table: str, **row: Any) -> None:
        """A row of the source, by the table and the columns of the native format."""
        key = tuple(str(row[name]) for name in TABLES_BY_NAME[table].key)
        self._said.setdefault(table, {})[key] = row
        self._waiting.setdefault(table, {})[key] = row

    def revise(self, table: str, *ids: object, contract_id: str = CONTRACT, **columns: Any) -> None:
        """The source says something else of a row of the contract that it delivered, which is named by the rest of its key."""
        self.deliver(table, **self._said[table][contract_id, *map(str, ids)] | columns)

    def load(self) -> None:
        """Loads what waits; a folder that is refused is thrown away."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        with tempfile.TemporaryDirectory() as folder:
            for table, rows in waiting.items():
                _write(Path(folder, f"{table}.csv"), list(rows.values()))
            load_folder(self._engine, Path(folder), wait_seconds=self.settings.wait_seconds)

    def run(self, run_date: date, run_key: str | None = None, *, contract_ids: Sequence[str] | None = None) -> Day:
        """Runs the day; the same day again is the same run, unless a key is given."""
        key = run_key or f"day/{run_date}"
        return run_day(self.engine, run_date, run_key=key, settings=self.settings, contract_ids=contract_ids)

    def read(self, query: str, **parameters: Any) -> list[sa.Row[Any]]:
        """Rows of the views that analysts read."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(query), parameters).all())

    def empty(self) -> None:
        """Forgets everything."""
        self._said, self._waiting = {}, {}
        damage.empty(self._engine)


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), restval="")
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
