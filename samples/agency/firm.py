"""What the firm consists of. Amounts of money are integers in thousandths, which hold every currency exactly."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from samples.agency.catalogue import Currency, LineKind, Role
from samples.agency.schedules import Frequency, run_dates


class Flaw(StrEnum):
    """Something wrong with a line, on purpose: it loads, and the run has to find and report it."""

    NO_MILESTONES = "a fixed-price line without milestones"
    NO_SCHEDULE = "a time-and-material line without frequency and schedule"
    NO_CUSTOMERS = "a line without customers"
    MILESTONE_ON_TIME_AND_MATERIAL = "a milestone on a time-and-material line"
    CLASS_NOT_INCLUDED = "ready transactions of a class that the line does not include"


@dataclass(frozen=True)
class Customer:
    """A company, with the currency in which it agrees contracts."""

    customer_id: str
    name: str
    currency: Currency


@dataclass(frozen=True)
class Resource:
    """A person who books time and expenses."""

    resource_id: str
    name: str
    role: Role


@dataclass(frozen=True)
class Milestone:
    """A payment of a fixed-price line; amount in thousandths."""

    name: str
    day: date
    amount: int
    ready: bool


@dataclass
class Line:
    """A contract line. split: percents of the contract's customers, in their order; one of them takes the rest."""

    line_id: str
    kind: LineKind
    class_percents: tuple[int, ...]
    split: tuple[str, ...]
    rounding_customer: int
    frequency: Frequency | None
    contracted_amount: int | None
    milestones: tuple[Milestone, ...]
    flaw: Flaw | None = None


@dataclass
class Contract:
    """A project contract from start to end, both inclusive; the first customer is the primary one."""

    contract_id: str
    name: str
    customers: tuple[Customer, ...]
    currency: Currency
    start: date
    end: date
    price_level: float
    tax_percent: int
    limit: int | None
    state: str = "active"
    lines: list[Line] = field(default_factory=list)

    def run_dates(self, line: Line) -> tuple[date, ...]:
        """Run dates of the line's schedule; none without a frequency."""
        return run_dates(line.frequency, self.start, self.end) if line.frequency else ()


@dataclass(frozen=True)
class Firm:
    """Everything but the transactions, for the days from first to last, both inclusive."""

    first: date
    last: date
    customers: list[Customer]
    resources: list[Resource]
    contracts: list[Contract]

    @property
    def days(self) -> list[date]:
        """The firm's days in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def lines(self) -> list[tuple[Contract, Line]]:
        """Every line with its contract."""
        return [(contract, line) for contract in self.contracts for line in contract.lines]
