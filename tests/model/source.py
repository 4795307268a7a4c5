"""The source of the data contract (section 1) as plain rows, and its native files."""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

ContractState = Literal["draft", "on_hold", "active", "closed"]
BillingMethod = Literal["time_and_material", "fixed_price"]
BillingType = Literal["chargeable", "non_chargeable", "complimentary"]
TransactionClass = Literal["time", "expense", "material", "fee"]
TransactionStatus = Literal["unbilled", "ready_to_invoice", "canceled"]
MilestoneStatus = Literal["not_ready", "ready_to_invoice"]
RunStatus = Literal["not_run", "run_successful", "run_failed"]


@dataclass(frozen=True)
class Customer:
    customer_id: str
    name: str = "Customer"


@dataclass(frozen=True)
class Contract:
    contract_id: str
    currency: str = "USD"
    state: ContractState = "active"
    name: str = "Contract"
    not_to_exceed_limit: Decimal | None = None


@dataclass(frozen=True)
class Line:
    contract_id: str
    contract_line_id: str
    billing_method: BillingMethod = "time_and_material"
    includes_time: bool | None = None
    includes_expense: bool | None = None
    includes_material: bool | None = None
    includes_fee: bool | None = None
    name: str = "Line"
    not_to_exceed_limit: Decimal | None = None

    def invoices(self, transaction_class: str) -> bool:
        """Whether transactions of the class go onto invoices; those of a fixed-price line never do."""
        included = {
            "time": self.includes_time,
            "expense": self.includes_expense,
            "material": self.includes_material,
            "fee": self.includes_fee,
        }
        return self.billing_method == "time_and_material" and included[transaction_class] is not False


@dataclass(frozen=True)
class LineCustomer:
    contract_id: str
    contract_line_id: str
    customer_id: str
    split_percent: Decimal = Decimal(100)
    is_rounding_customer: bool = True
    not_to_exceed_limit: Decimal | None = None


@dataclass(frozen=True)
class ContractCustomer:
    contract_id: str
    customer_id: str
    is_primary: bool = False
    not_to_exceed_limit: Decimal | None = None


@dataclass(frozen=True)
class OpeningBalance:
    contract_id: str
    contract_line_id: str
    customer_id: str
    invoiced_amount: Decimal
    as_of: date


@dataclass(frozen=True)
class Transaction:
    contract_id: str
    transaction_id: str
    contract_line_id: str
    transaction_date: date
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(100)
    amount: Decimal | None = None
    tax_amount: Decimal | None = None
    customer_id: str | None = None
    transaction_class: TransactionClass = "time"
    billing_type: BillingType = "chargeable"
    billing_status: TransactionStatus = "ready_to_invoice"


@dataclass(frozen=True)
class Schedule:
    contract_id: str
    contract_line_id: str
    run_date: date
    transaction_cutoff_date: date | None = None
    run_status: RunStatus | None = None

    @property
    def cutoff(self) -> date:
        return self.transaction_cutoff_date or self.run_date - timedelta(days=1)


@dataclass(frozen=True)
class Milestone:
    contract_id: str
    milestone_id: str
    contract_line_id: str
    milestone_date: date
    amount: Decimal
    tax_amount: Decimal | None = None
    customer_id: str | None = None
    billing_status: MilestoneStatus = "ready_to_invoice"
    name: str = "Milestone"


# Of each file, the rows and how many of their first columns are the primary key.
TABLES: dict[str, tuple[type, int]] = {
    "customers": (Customer, 1),
    "project_contracts": (Contract, 1),
    "contract_lines": (Line, 2),
    "contract_line_customers": (LineCustomer, 3),
    "contract_customers": (ContractCustomer, 2),
    "opening_balances": (OpeningBalance, 3),
    "transactions": (Transaction, 2),
    "invoice_schedules": (Schedule, 3),
    "milestones": (Milestone, 2),
}


@dataclass(frozen=True)
class Source:
    """One folder of source data; each field bears the name of its file."""

    customers: tuple[Customer, ...] = ()
    project_contracts: tuple[Contract, ...] = ()
    contract_lines: tuple[Line, ...] = ()
    contract_line_customers: tuple[LineCustomer, ...] = ()
    contract_customers: tuple[ContractCustomer, ...] = ()
    opening_balances: tuple[OpeningBalance, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    invoice_schedules: tuple[Schedule, ...] = ()
    milestones: tuple[Milestone, ...] = ()

    def followed_by(self, newer: Source) -> Source:
        """What is known once both were loaded: an upsert by primary key."""
        merged = {}
        for table, (_, key_length) in TABLES.items():
            rows = getattr(self, table) + getattr(newer, table)
            merged[table] = tuple({_key(row, key_length): row for row in rows}.values())
        return Source(**merged)

    def without(self, known: Source) -> Source:
        """The rows whose primary keys are not known."""
        remaining = {}
        for table, (_, key_length) in TABLES.items():
            keys = {_key(row, key_length) for row in getattr(known, table)}
            remaining[table] = tuple(row for row in getattr(self, table) if _key(row, key_length) not in keys)
        return Source(**remaining)

    def write_native(self, folder: Path) -> None:
        """Writes every file, those without rows as a header alone."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, (row_type, _) in TABLES.items():
            columns = [column.name for column in fields(row_type)]
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                writer.writerows([_text(value) for value in astuple(row)] for row in getattr(self, table))


def _key(row: object, length: int) -> tuple[object, ...]:
    return tuple(vars(row).values())[:length]


def _text(value: str | date | Decimal | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
