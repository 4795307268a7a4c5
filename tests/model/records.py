"""What a load records: the source, its schedule, and each customer's share of what it delivers.

Loading a row again takes over its new status, but a split stays as it was first recorded (nothing counts as recorded
while the line has no customers), and a schedule row or milestone keeps its first dates and its run status.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tests.model.invoices import Actual, Detail, Invoice, RefusedError, Status
from tests.model.shares import CURRENCY_DECIMALS, Worth, shares
from tests.model.source import Contract, Line, LineCustomer, Milestone, RunStatus, Source, Transaction


class DueRow(NamedTuple):
    """A contract line on a run date, whether a schedule row, milestones or both call for it."""

    contract_id: str
    contract_line_id: str
    run_date: date

    @property
    def line(self) -> tuple[str, str]:
        return self.contract_id, self.contract_line_id


class ScheduleKey(NamedTuple):
    """A row of invoice_schedules, or (with its id) a milestone of a fixed-price line."""

    row: DueRow
    milestone_id: str | None = None


class Records:
    def __init__(self) -> None:
        self.contracts: dict[str, Contract] = {}
        self.lines: dict[tuple[str, str], Line] = {}
        self.transactions: dict[tuple[str, str], Transaction] = {}
        self.milestones: dict[tuple[str, str], Milestone] = {}
        self.actuals: list[Actual] = []
        self.invoices: list[Invoice] = []
        self._customers: dict[tuple[str, str], dict[str, LineCustomer]] = {}
        self._recorded: dict[tuple[str, str | None, str | None], list[Actual]] = {}
        self._cutoffs: dict[DueRow, date] = {}
        self._statuses: dict[ScheduleKey, RunStatus] = {}

    @property
    def details(self) -> Iterator[Detail]:
        return (detail for invoice in self.invoices for detail in invoice.details)

    def holder(self, actual: Actual) -> Detail | None:
        """The detail that consumes it."""
        return next((detail for detail in self.details if detail.source is actual), None)

    def is_fixed(self, actual: Actual) -> bool:
        return self.lines[actual.line].billing_method == "fixed_price"

    def decimals(self, contract_id: str) -> int:
        return CURRENCY_DECIMALS[self.contracts[contract_id].currency]

    def load(self, source: Source) -> None:
        changed: list[Transaction | Milestone] = [
            *(
                row
                for row in source.transactions
                if self.transactions.get((row.contract_id, row.transaction_id)) != row
            ),
            *(row for row in source.milestones if self.milestones.get((row.contract_id, row.milestone_id)) != row),
        ]
        for row in changed:
            for share in self._recorded.get(_origin(row), ()):
                if share.status == "invoice_posted" or self.holder(share):
                    raise RefusedError("it is on an invoice")
        for contract in source.project_contracts:
            self.contracts[contract.contract_id] = contract
        for line in source.contract_lines:
            self.lines[line.contract_id, line.contract_line_id] = line
        for customer in source.contract_line_customers:
            line_key = (customer.contract_id, customer.contract_line_id)
            self._customers.setdefault(line_key, {})[customer.customer_id] = customer
        for schedule in source.invoice_schedules:
            due_row = DueRow(schedule.contract_id, schedule.contract_line_id, schedule.run_date)
            self._cutoffs.setdefault(due_row, schedule.cutoff)
            self._statuses.setdefault(ScheduleKey(due_row), schedule.run_status or "not_run")
        for row in changed:
            self._take_over(row)
        known: list[Transaction | Milestone] = [*self.transactions.values(), *self.milestones.values()]
        for row in known:
            if not self._recorded.get(_origin(row)):
                self._record(row)

    def _take_over(self, row: Transaction | Milestone) -> None:
        if isinstance(row, Transaction):
            self.transactions[row.contract_id, row.transaction_id] = row
        else:
            self.milestones[row.contract_id, row.milestone_id] = row
            due_row = DueRow(row.contract_id, row.contract_line_id, row.milestone_date)
            if self.lines[due_row.line].billing_method == "fixed_price":
                self._statuses.setdefault(ScheduleKey(due_row, row.milestone_id), "not_run")
        for share in self._recorded.get(_origin(row), ()):
            share.status = _status(row)
            if isinstance(row, Transaction):
                share.billing_type = row.billing_type

    def _record(self, row: Transaction | Milestone) -> None:
        customers = self._customers.get((row.contract_id, row.contract_line_id), {}).values()
        parts = shares(row, customers, self.decimals(row.contract_id))
        self._recorded[_origin(row)] = [_actual(row, customer_id, worth) for customer_id, worth in parts.items()]
        self.actuals += self._recorded[_origin(row)]


def _origin(row: Transaction | Milestone) -> tuple[str, str | None, str | None]:
    if isinstance(row, Transaction):
        return row.contract_id, row.transaction_id, None
    return row.contract_id, None, row.milestone_id


def _status(row: Transaction | Milestone) -> Status:
    return "unbilled" if row.billing_status == "not_ready" else row.billing_status


def _actual(row: Transaction | Milestone, customer_id: str, worth: Worth) -> Actual:
    if isinstance(row, Transaction):
        return Actual(
            row.contract_id,
            row.contract_line_id,
            customer_id,
            row.transaction_id,
            None,
            row.transaction_class,
            row.transaction_date,
            "unbilled_sales",
            worth,
            row.billing_type,
            row.billing_status,
        )
    return Actual(
        row.contract_id,
        row.contract_line_id,
        customer_id,
        None,
        row.milestone_id,
        "milestone",
        row.milestone_date,
        "milestone",
        worth,
        "chargeable",
        _status(row),
    )
