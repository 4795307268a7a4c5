"""The drafts of a day by the data contract (section 2), row by row in plain Python. It knows no retainers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from tests.model.invoices import Actual, Invoice, Origin
from tests.model.records import DueRow, Records, ScheduleKey
from tests.model.shown import ShownInvoice, shown
from tests.model.source import RunStatus

LateMilestones = Literal["report", "bill"]
Reason = Literal[
    "invoiced", "after_cutoff", "not_ready", "class_not_included", "on_a_draft", "not_to_exceed", "quarantined"
]


class Account(NamedTuple):
    reason: Reason
    currency: str


class Accounted(NamedTuple):
    transactions: int
    amount: Decimal


@dataclass(frozen=True)
class RunResult:
    accounting: dict[Account, Accounted]
    due_rows: frozenset[DueRow]
    quarantined_contracts: frozenset[str]

    @property
    def due_lines(self) -> int:
        return len(self.due_rows)


class Calculator(Records):
    """A warehouse in miniature: load, run, and read the invoices and the schedule."""

    @property
    def shown_invoices(self) -> tuple[ShownInvoice, ...]:
        return tuple(sorted(map(shown, self.invoices), key=lambda invoice: invoice.key))

    @property
    def schedule(self) -> dict[ScheduleKey, RunStatus]:
        return dict(self._statuses)

    def run(self, run_date: date, catch_up_days: int = 35, late_milestones: LateMilestones = "report") -> RunResult:
        """One day: free the drafts of what is due, choose a run date for everything, write it, account for it."""
        due = self._due_rows(run_date, catch_up_days)
        held = self._held(due, late_milestones)
        placed = self._place_milestones(due, held, late_milestones)
        due |= {DueRow(*actual.line, day) for actual, day in placed.items()}
        due |= self._vacated_rows(placed)
        quarantined = {(row.contract_id, row.run_date) for row in due if not self._can_split(row.line)}
        set_aside = self._set_aside(quarantined) - held

        reasons: dict[Actual, Reason] = {}
        for actual in self._open_sales(due):
            day = self._oldest_untouched(actual, self._admitting_days(actual, due))
            reasons[actual] = self._reason(actual, day, due, held, set_aside, quarantined)
            if reasons[actual] == "invoiced" and day is not None:
                placed[actual] = day

        placed = {actual: day for actual, day in placed.items() if actual not in set_aside}
        self._write(placed, held, {(row.contract_id, row.run_date) for row in due} - quarantined)
        self._mark_rows(run_date, due, quarantined)
        contracts = frozenset(contract_id for contract_id, _ in quarantined)
        return RunResult(self._accounting(reasons), frozenset(due), contracts)

    def admits(self, row: DueRow, actual: Actual) -> bool:
        """Whether a row of its line takes it: a milestone on its date, anything else up to the cut-off."""
        if actual.kind == "milestone":
            return row.run_date == actual.transaction_date
        return actual.transaction_date <= self._cutoff(row)

    def _due_rows(self, run_date: date, catch_up_days: int) -> set[DueRow]:
        due = set()
        for key, status in self._statuses.items():
            active = self.contracts[key.row.contract_id].state == "active"
            in_reach = run_date - timedelta(days=catch_up_days) <= key.row.run_date <= run_date
            again = key in self._run_here and run_date in (key.row.run_date, self._run_here[key])
            if active and in_reach and (status != "run_successful" or again):
                due.add(key.row)
        return due

    def _set_aside(self, quarantined: set[tuple[str, date]]) -> set[Actual]:
        """What is on the run's own drafts of contracts and dates that are quarantined: they stay as they are."""
        return {
            detail.source
            for detail in self.details
            if detail.invoice.is_run_owned and (detail.invoice.contract_id, detail.invoice.run_date) in quarantined
        }

    def _held(self, due: set[DueRow], late_milestones: LateMilestones) -> set[Actual]:
        """What is on invoices and stays there, whatever this run decides; the rest is derived afresh."""
        billing_days = {(row.contract_id, row.run_date) for row in due}
        held = set()
        for detail in self.details:
            invoice, actual = detail.invoice, detail.source
            row_is_due = DueRow(*detail.line, invoice.run_date) in due
            late = late_milestones == "bill" and actual.kind == "milestone"
            fresh = row_is_due or (late and (invoice.contract_id, invoice.run_date) in billing_days)
            if not invoice.is_run_owned or not fresh:
                held.add(actual)
        return held

    def _place_milestones(
        self, due: set[DueRow], held: set[Actual], late_milestones: LateMilestones
    ) -> dict[Actual, date]:
        placed = {}
        for actual in self.actuals:
            is_ready = actual.is_open and actual.status == "ready_to_invoice"
            if actual.kind != "milestone" or not is_ready or not self.is_fixed(actual) or actual in held:
                continue
            days = self._admitting_days(actual, due)
            if late_milestones == "bill":
                days |= {
                    row.run_date
                    for row in due
                    if row.contract_id == actual.contract_id and row.run_date >= actual.transaction_date
                }
            day = self._oldest_untouched(actual, days)
            if day is not None:
                placed[actual] = day
        return placed

    def _vacated_rows(self, milestones: Iterable[Actual]) -> set[DueRow]:
        """Where the milestones stand so far: what they leave is derived afresh as well."""
        moved = set(milestones)
        return {DueRow(*detail.line, detail.invoice.run_date) for detail in self.details if detail.source in moved}

    def _can_split(self, line: tuple[str, str]) -> bool:
        customers = self.customers.get(line, {}).values()
        rounding = [customer for customer in customers if customer.is_rounding_customer]
        return sum(customer.split_percent for customer in customers) == 100 and len(rounding) == 1

    def _open_sales(self, due: set[DueRow]) -> list[Actual]:
        """The unbilled sales of the due lines that are neither canceled nor posted."""
        lines = {row.line for row in due}
        return [
            actual
            for actual in self.actuals
            if actual.kind == "unbilled_sales" and actual.is_open and actual.line in lines
        ]

    def _admitting_days(self, actual: Actual, due: set[DueRow]) -> set[date]:
        return {row.run_date for row in due if row.line == actual.line and self.admits(row, actual)}

    def _oldest_untouched(self, actual: Actual, days: set[date]) -> date | None:
        def is_touched(day: date) -> bool:
            invoice = self._scheduled(actual, day)
            return invoice is not None and invoice.is_touched

        return min((day for day in days if not is_touched(day)), default=None)

    def _reason(
        self,
        actual: Actual,
        day: date | None,
        due: set[DueRow],
        held: set[Actual],
        set_aside: set[Actual],
        quarantined: set[tuple[str, date]],
    ) -> Reason:
        if actual in held:
            return "on_a_draft"
        if (actual.contract_id, day or self._waiting_day(actual, due)) in quarantined:
            return "quarantined"
        if actual in set_aside:
            return "on_a_draft"
        if not self.lines[actual.line].invoices(actual.transaction_class):
            return "class_not_included"
        if actual.status != "ready_to_invoice":
            return "not_ready"
        if actual.limit_status == "failed":
            return "not_to_exceed"
        if day is not None:
            return "invoiced"
        return "on_a_draft" if self._admitting_days(actual, due) else "after_cutoff"

    def _waiting_day(self, actual: Actual, due: set[DueRow]) -> date:
        """The due date that something waits under which none takes: the last of its line, by cut-off."""

        def last(rows: list[DueRow]) -> tuple[date, int]:
            return max((self._cutoff(row), -row.run_date.toordinal()) for row in rows)

        rows = [row for row in due if row.line == actual.line]
        untouched = [row for row in rows if self._oldest_untouched(actual, {row.run_date})]
        touched = [row for row in rows if row not in untouched]
        is_beyond = not untouched or (touched and last(touched)[0] > last(untouched)[0])
        return date.fromordinal(-last(touched if is_beyond else untouched)[1])

    def _cutoff(self, row: DueRow) -> date:
        """A fixed-price line bills the milestones of the date itself."""
        if self.lines[row.line].billing_method == "fixed_price":
            return row.run_date
        return self._cutoffs.get(row, date.min)

    def _write(self, placed: dict[Actual, date], held: set[Actual], written: set[tuple[str, date]]) -> None:
        for invoice in self.invoices:
            if (invoice.contract_id, invoice.run_date) in written and invoice.is_run_owned:
                invoice.details = [detail for detail in invoice.details if detail.source in held]
        for actual, day in placed.items():
            if (actual.contract_id, day) in written:
                invoice = self._scheduled(actual, day) or self._open(*actual.owed_by, day, "scheduled")
                invoice.take(actual)
        self.invoices = [invoice for invoice in self.invoices if invoice.details or not invoice.is_run_owned]

    def _mark_rows(self, run_date: date, due: set[DueRow], quarantined: set[tuple[str, date]]) -> None:
        for key, status in self._statuses.items():
            run_elsewhere = status == "run_successful" and key not in self._run_here
            if key.row not in due or run_elsewhere:
                continue
            if (key.row.contract_id, key.row.run_date) in quarantined:
                self._statuses[key] = "run_failed"
                self._run_here.pop(key, None)  # the run that takes it in the end has caught it up
            else:
                self._statuses[key] = "run_successful"
                self._run_here.setdefault(key, run_date)

    def _scheduled(self, actual: Actual, day: date) -> Invoice | None:
        """The invoice that a run has written for its contract and customer under the day."""
        for invoice in self.invoices:
            if invoice.origin == "scheduled" and (*invoice.owed_by, invoice.run_date) == (*actual.owed_by, day):
                return invoice
        return None

    def _open(self, contract_id: str, customer_id: str, day: date, origin: Origin) -> Invoice:
        invoice = Invoice(contract_id, customer_id, self.contracts[contract_id].currency, day, origin)
        self.invoices.append(invoice)
        return invoice

    def _accounting(self, reasons: dict[Actual, Reason]) -> dict[Account, Accounted]:
        accounting: dict[Account, Accounted] = {}
        for actual, reason in reasons.items():
            account = Account(reason, self.contracts[actual.contract_id].currency)
            count, amount = accounting.get(account, Accounted(0, Decimal(0)))
            accounting[account] = Accounted(count + 1, amount + actual.worth.amount)
        return accounting
