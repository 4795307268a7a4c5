"""A small contract to work examples on by hand: a prototype of fixed price, work and expenses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.model.calculator import Accounted
from tests.model.invoices import InvoiceKey
from tests.model.life import Model
from tests.model.source import Contract, Customer, Line, LineCustomer, Milestone, Schedule, Source, Transaction


def october(day: int) -> date:
    return date(2020, 10, day)


def november(day: int) -> date:
    return date(2020, 11, day)


def work(transaction_id: str, day: date, **columns: object) -> Transaction:
    """A ready transaction of 100 on the line "work"."""
    return Transaction("Adatum", transaction_id, "work", day, **columns)  # type: ignore[arg-type]


def milestone(milestone_id: str, day: date, amount: str = "5000", **columns: object) -> Milestone:
    return Milestone("Adatum", milestone_id, "prototype", day, Decimal(amount), **columns)  # type: ignore[arg-type]


def schedule(*days: date, line: str = "work") -> tuple[Schedule, ...]:
    return tuple(Schedule("Adatum", line, day) for day in days)


def shares(*percents: str, line: str = "work") -> tuple[LineCustomer, ...]:
    """Line customers first, second and third; the last of them takes the rounding."""
    names = ("first", "second", "third")
    return tuple(
        LineCustomer("Adatum", line, names[nth], Decimal(percent), nth == len(percents) - 1)
        for nth, percent in enumerate(percents)
    )


ADATUM = Source(
    customers=(Customer("first"), Customer("second"), Customer("third")),
    project_contracts=(Contract("Adatum"),),
    contract_lines=(Line("Adatum", "prototype", "fixed_price"), Line("Adatum", "work"), Line("Adatum", "expenses")),
    contract_line_customers=tuple(shares("100", line=line)[0] for line in ("prototype", "work", "expenses")),
)


def adatum(**rows: object) -> Model:
    calculator = Model()
    calculator.load(ADATUM.followed_by(Source(**rows)))  # type: ignore[arg-type]
    return calculator


def invoiced(calculator: Model) -> dict[date, set[str]]:
    """The transactions and milestones on the invoices of each run date."""
    found: dict[date, set[str]] = {}
    for invoice in calculator.shown_invoices:
        ids = {detail.transaction_id or detail.milestone_id or "" for detail in invoice.details}
        found.setdefault(invoice.key.run_date, set()).update(ids)
    return found


def key(day: date, customer_id: str = "first") -> InvoiceKey:
    return InvoiceKey("Adatum", customer_id, "USD", day)


def accounted(count: int, amount: str) -> Accounted:
    return Accounted(count, Decimal(amount))
