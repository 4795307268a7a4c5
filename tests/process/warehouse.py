"""A warehouse filled by hand: contracts, lines, schedule rows, milestones, and transactions with their shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from invoicing.money import currency_decimals
from invoicing.process.day import Day, run_day
from invoicing.settings import Settings
from tests.model.shares import QUANTITY_DECIMALS, split
from tests.model.source import LineCustomer
from tests.world.names import CLASSES, CONTRACT, LINE, october

__all__ = ["CLASSES", "CONTRACT", "LINE", "october"]


@dataclass
class Warehouse:
    """Every method commits. The contract is `CONTRACT` and the line `LINE` where nothing else is said."""

    engine: sa.Engine
    # A test that has to wait in vain is not to wait long.
    settings: Settings = field(default_factory=lambda: Settings(wait_seconds=2))
    _currencies: dict[str, str] = field(default_factory=dict)
    _customers: dict[tuple[str, str], list[LineCustomer]] = field(default_factory=lambda: defaultdict(list))

    def at(self, engine: sa.Engine) -> Warehouse:
        """The same on a copy of its database."""
        return replace(self, engine=engine, _currencies=dict(self._currencies), _customers=deepcopy(self._customers))

    def contract(self, contract_id: str = CONTRACT, *, currency: str = "USD", state: str = "active") -> None:
        self._currencies[contract_id] = currency
        self._insert("currency", currency=currency, decimals=currency_decimals()[currency])
        self._insert("project_contract", contract_id=contract_id, name=contract_id, currency=currency, state=state)

    def line(
        self,
        line_id: str = LINE,
        contract_id: str = CONTRACT,
        *,
        percents: Mapping[str, str] | None = None,
        method: str = "time_and_material",
        excludes: tuple[str, ...] = (),
    ) -> None:
        """A line with a customer per percent, the last of whom takes the rounding; one customer when none is named."""
        self._insert(
            "contract_line",
            contract_id=contract_id,
            contract_line_id=line_id,
            name=line_id,
            billing_method=method,
            **{f"includes_{name}": name not in excludes for name in CLASSES},
        )
        percents = {"Fabrikam": "100"} if percents is None else percents
        for nth, (customer_id, percent) in enumerate(percents.items(), start=1):
            customer = LineCustomer(contract_id, line_id, customer_id, Decimal(percent), nth == len(percents))
            self._customers[contract_id, line_id].append(customer)
            self._insert("customer", customer_id=customer_id, name=customer_id)
            self._insert("contract_line_customer", **vars(customer))

    def schedule(
        self,
        *run_dates: date,
        line_id: str = LINE,
        contract_id: str = CONTRACT,
        cutoff: date | None = None,
        status: str = "not_run",
    ) -> None:
        for run_date in run_dates:
            self._insert(
                "invoice_schedule",
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
    ) -> None:
        """Work of `amount`, one unit if nothing else is said, shared by the customers of the line, or of one customer."""
        kept = {
            "contract_id": contract_id,
            "contract_line_id": line_id,
            "transaction_id": transaction_id,
            "transaction_class": transaction_class,
            "transaction_date": day,
            "billing_type": billing_type,
            "billing_status": status,
            "unit_price": Decimal(amount) / Decimal(quantity),
        }
        whole = {"quantity": Decimal(quantity), "amount": Decimal(amount), "tax_amount": Decimal(tax)}
        self._insert("transaction", **kept, **whole, customer_id=customer_id)
        for share in self._shares(contract_id, line_id, customer_id, whole):
            self._insert("actual", **kept, **share, kind="unbilled_sales")

    def milestone(
        self,
        milestone_id: str,
        day: date,
        amount: str = "5000",
        *,
        line_id: str,
        contract_id: str = CONTRACT,
        ready: bool = True,
    ) -> None:
        kept = {"contract_id": contract_id, "contract_line_id": line_id, "milestone_id": milestone_id}
        whole = {"quantity": Decimal(1), "amount": Decimal(amount), "tax_amount": Decimal(0)}
        self._insert(
            "milestone",
            **kept,
            name=milestone_id,
            milestone_date=day,
            amount=whole["amount"],
            tax_amount=whole["tax_amount"],
            billing_status="ready_to_invoice" if ready else "not_ready",
        )
        for share in self._shares(contract_id, line_id, None, whole):
            self._insert(
                "actual",
                **kept,
                **share,
                kind="milestone",
                transaction_class="milestone",
                transaction_date=day,
                billing_type="chargeable",
                billing_status="ready_to_invoice" if ready else "unbilled",
                unit_price=whole["amount"],
            )

    def run(self, run_date: date, run_key: str | None = None, *, contract_ids: Sequence[str] | None = None) -> Day:
        """Runs the day; the same day again is the same run, unless a key is given."""
        key = run_key or f"day/{run_date}"
        return run_day(self.engine, run_date, run_key=key, settings=self.settings, contract_ids=contract_ids)

    def empty(self) -> None:
        """Deletes every row, past all guards, but the currencies that a migrated warehouse has."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            tables = connection.exec_driver_sql(
                "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'invoicing' AND tablename <> 'currency'"
            )
            connection.exec_driver_sql("; ".join(f"DELETE FROM invoicing.{row.tablename}" for row in tables))

    def execute(self, statement: str, **parameters: Any) -> int:
        """Runs a statement and returns how many rows it changed."""
        with self.engine.begin() as connection:
            return connection.execute(sa.text(statement), parameters).rowcount

    def read(self, query: str, **parameters: Any) -> list[sa.Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(query), parameters).all())

    def _shares(
        self, contract_id: str, line_id: str, customer_id: str | None, whole: Mapping[str, Decimal]
    ) -> list[dict[str, Any]]:
        if customer_id is not None:
            return [{"customer_id": customer_id, **whole}]
        customers = self._customers[contract_id, line_id]
        money = currency_decimals()[self._currencies[contract_id]]
        parts = {
            name: split(value, customers, QUANTITY_DECIMALS if name == "quantity" else money)
            for name, value in whole.items()
        }
        return [
            {"customer_id": customer, **{name: parts[name][customer] for name in whole}} for customer in parts["amount"]
        ]

    def _insert(self, table: str, **values: Any) -> None:
        columns, binds = ", ".join(values), ", ".join(f":{name}" for name in values)
        # Known customers and currencies are named again and again.
        known = " ON CONFLICT DO NOTHING" if table in ("customer", "currency") else ""
        self.execute(f"INSERT INTO invoicing.{table} ({columns}) VALUES ({binds}){known}", **values)
