"""What a load records: the source, its schedule, and each customer's share of what it delivers.

A load is never refused for what was invoiced (data contract, 1.3): what is open follows its source, what is billed stays and the
source stands beside it. A split stays as it was first recorded (nothing counts as recorded while the line has no customers).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tests.model.credit import follow
from tests.model.invoices import Actual, Detail, Invoice, Said, Status
from tests.model.limits import evaluate, limits
from tests.model.shares import CURRENCY_DECIMALS, Worth, shares
from tests.model.source import (
    BillingType,
    Contract,
    ContractCustomer,
    Line,
    LineCustomer,
    Milestone,
    OpeningBalance,
    RunStatus,
    Schedule,
    Source,
    Transaction,
)

Origin = tuple[str, str | None, str | None]


# What a load changes of what is open.
_FOLLOWED = ("worth", "transaction_date", "billing_type", "status", "contract_line_id", "transaction_class")


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
        self.contract_customers: dict[tuple[str, str], ContractCustomer] = {}
        self.opening_balances: dict[tuple[str, str, str], OpeningBalance] = {}
        self.customers: dict[tuple[str, str], dict[str, LineCustomer]] = {}
        self.transactions: dict[tuple[str, str], Transaction] = {}
        self.milestones: dict[tuple[str, str], Milestone] = {}
        self.actuals: list[Actual] = []
        self.invoices: list[Invoice] = []
        self._recorded: dict[Origin, list[Actual]] = {}
        self._splits: dict[Origin, list[LineCustomer]] = {}
        self._cutoffs: dict[DueRow, date] = {}
        self._statuses: dict[ScheduleKey, RunStatus] = {}
        self._delivered_statuses: dict[ScheduleKey, RunStatus] = {}
        self._run_here: dict[ScheduleKey, date] = {}  # the run date that took it

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
        before = {actual: _told(actual) for actual in self.actuals}
        renegotiated = self._take_over_terms(source)
        for schedule in source.invoice_schedules:
            self._follow_schedule(schedule)
        for row in changed:
            self._take_over(row)
        known: list[Transaction | Milestone] = [*self.transactions.values(), *self.milestones.values()]
        unrecorded = [row for row in known if not self._recorded.get(_origin(row))]
        for row in unrecorded:
            self._record(row)
        self._evaluate([*changed, *unrecorded], before, renegotiated)

    def _take_over_terms(self, source: Source) -> set[str]:
        """Contracts, lines and customers; returns the contracts that were known and of which any of them says something else."""
        changed: set[str] = set()
        new = {contract.contract_id for contract in source.project_contracts} - self.contracts.keys()

        def take(known: dict[Any, Any], key: Any, row: Any) -> None:
            if known.get(key) != row:
                changed.add(row.contract_id)
            known[key] = row

        for contract in source.project_contracts:
            take(self.contracts, contract.contract_id, contract)
        for line in source.contract_lines:
            take(self.lines, (line.contract_id, line.contract_line_id), line)
        for customer in source.contract_line_customers:
            line_key = (customer.contract_id, customer.contract_line_id)
            take(self.customers.setdefault(line_key, {}), customer.customer_id, customer)
        for payer in source.contract_customers:
            take(self.contract_customers, (payer.contract_id, payer.customer_id), payer)
        for balance in source.opening_balances:
            line_key = (balance.contract_id, balance.contract_line_id)
            take(self.opening_balances, (*line_key, balance.customer_id), balance)
        return changed - new

    def _evaluate(
        self, changed: Sequence[Transaction | Milestone], before: dict[Actual, Any], renegotiated: set[str]
    ) -> None:
        """What came or changed; then the open work of contracts whose terms have changed."""
        limited = {limit.contract_id for limit in limits(self)}
        origins = {_origin(row) for row in changed if isinstance(row, Transaction) and row.contract_id in limited}
        fresh = [
            actual
            for actual in self.actuals
            if (actual.contract_id, actual.transaction_id, None) in origins
            and actual.kind == "unbilled_sales"
            and actual.is_open
            and (actual.limit_status != "committed" or before.get(actual) != _told(actual))
        ]
        others = [
            actual
            for actual in self.actuals
            if actual.kind == "unbilled_sales"
            and actual.is_open
            and actual.contract_id in renegotiated
            and (actual.contract_id in limited or actual.limit_status)
            and actual not in fresh
        ]
        certain = [actual for actual in others if self.holder(actual) or actual.limit_status == "committed"]
        evaluate(self, certain, [*fresh, *(actual for actual in others if actual not in certain)])

    def _take_over(self, row: Transaction | Milestone) -> None:
        before: Transaction | Milestone | None
        if isinstance(row, Transaction):
            before = self.transactions.get((row.contract_id, row.transaction_id))
            self.transactions[row.contract_id, row.transaction_id] = row
        else:
            before = self.milestones.get((row.contract_id, row.milestone_id))
            self.milestones[row.contract_id, row.milestone_id] = row
            due_row = DueRow(row.contract_id, row.contract_line_id, row.milestone_date)
            if self.lines[due_row.line].billing_method == "fixed_price":
                self._statuses.setdefault(ScheduleKey(due_row, row.milestone_id), "not_run")
        if before is None or not self._recorded.get(_origin(row)):
            return
        if (before.contract_line_id, before.customer_id) != (row.contract_line_id, row.customer_id):
            line = (row.contract_id, row.contract_line_id)
            self._splits[_origin(row)] = list(self.customers.get(line, {}).values())
        parts = shares(row, self._splits[_origin(row)], self.decimals(row.contract_id))
        for share in list(self._recorded[_origin(row)]):
            if share.customer_id not in parts:
                self._end(share)
                continue
            said = _actual(row, share.customer_id, parts.pop(share.customer_id))
            self._change(
                share,
                said,
                says_status=before.billing_status != row.billing_status,
                says_billing_type=_billing_type(before) != said.billing_type,
            )
        new = [_actual(row, customer_id, worth) for customer_id, worth in parts.items()]
        self._recorded[_origin(row)] += new
        self.actuals += new

    def _end(self, share: Actual) -> None:
        """Its customer has no share any more. What is billed stays billed."""
        if share.is_billed:
            nothing = Worth(Decimal(0), share.worth.unit_price, Decimal(0), Decimal(0))
            share.now = Said(nothing, share.said.transaction_date, share.said.billing_type, is_canceled=True)
            return
        before = replace(share)
        share.status = "canceled"
        self._tell_draft(share, before)

    def _change(self, share: Actual, said: Actual, *, says_status: bool, says_billing_type: bool) -> None:
        """What a person marked stands until the source's own value of it changes."""
        if not share.is_billed:
            before = replace(share)
            says_billing_type |= share.status == "canceled"
            share.worth, share.transaction_date = said.worth, said.transaction_date
            share.contract_line_id, share.transaction_class = said.contract_line_id, said.transaction_class
            if says_billing_type:
                share.billing_type = said.billing_type
            if says_status or share.status == "canceled":
                share.status = said.status
            self._tell_draft(share, before)
            return
        billing_type = said.billing_type if says_billing_type else share.said.billing_type
        share.now = Said(said.worth, said.transaction_date, billing_type, said.status == "canceled")
        parts = [part for part in self.actuals if part.share is share and part.part is None and not part.is_billed]
        if parts:
            before_load = [(part, replace(part)) for part in parts]
            follow(share, parts, self.actuals, self.decimals(share.contract_id))
            if says_billing_type:
                parts[-1].billing_type = billing_type
            if says_status and parts[-1].status != "canceled":
                parts[-1].status = said.status
            for part, before in before_load:
                self._tell_draft(part, before)

    def _tell_draft(self, actual: Actual, before: Actual) -> None:
        """A draft bills what it took, and no more; the day of one that nobody edited derives it afresh."""
        holder = self.holder(actual)
        if holder is None or not any(getattr(before, name) != getattr(actual, name) for name in _FOLLOWED):
            return
        place = (before.contract_line_id, before.transaction_class)
        holder.taken = holder.taken or Said(before.worth, before.transaction_date, before.billing_type, place=place)
        if not holder.invoice.is_run_owned:
            return
        for key in list(self._run_here):
            is_its_row = key.row == DueRow(*holder.line, holder.invoice.run_date)
            if is_its_row and self._statuses[key] == "run_successful":
                self._statuses[key] = "not_run"
                del self._run_here[key]

    def _follow_schedule(self, schedule: Schedule) -> None:
        """One with an edited or confirmed invoice keeps what it ran with; every other one says what the file says."""
        row = DueRow(schedule.contract_id, schedule.contract_line_id, schedule.run_date)
        key = ScheduleKey(row)
        known = self._delivered_statuses.get(key)
        said = schedule.run_status or known or "not_run"
        self._delivered_statuses[key] = said
        if known is None:
            self._cutoffs[row], self._statuses[key] = schedule.cutoff, said
            return
        if any(
            detail.line == row.line and detail.invoice.run_date == row.run_date
            for detail in self.details
            if detail.invoice.origin == "scheduled" and not detail.invoice.is_run_owned
        ):
            return
        is_moved = schedule.cutoff != self._cutoffs[row]
        self._cutoffs[row] = schedule.cutoff
        if said == "run_successful" or said != known:
            self._statuses[key] = said
            self._run_here.pop(key, None)
        elif is_moved and key in self._run_here:
            self._statuses[key] = "not_run"
            del self._run_here[key]

    def _record(self, row: Transaction | Milestone) -> None:
        customers = list(self.customers.get((row.contract_id, row.contract_line_id), {}).values())
        parts = shares(row, customers, self.decimals(row.contract_id))
        self._splits[_origin(row)] = customers
        self._recorded[_origin(row)] = [_actual(row, customer_id, worth) for customer_id, worth in parts.items()]
        self.actuals += self._recorded[_origin(row)]


def _told(actual: Actual) -> tuple[object, ...]:
    """What decides about limits."""
    return actual.line, actual.transaction_class, actual.worth.amount, actual.billing_type, actual.is_open


def _billing_type(row: Transaction | Milestone) -> BillingType:
    return row.billing_type if isinstance(row, Transaction) else "chargeable"


def _origin(row: Transaction | Milestone) -> Origin:
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
