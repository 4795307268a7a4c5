"""Small but nasty sources, and what happens to them day by day.

Everything drawn is legal by the data contract: what a loader must refuse is not here, such as percents that do not sum
to 100.

Making a strategy takes Hypothesis longer than drawing from it, so those made before are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from tests.calculator.calculator import (
    CURRENCY_DECIMALS,
    Calculator,
    Invoice,
    InvoiceKey,
    LateMilestones,
    RunResult,
    rounded,
)
from tests.calculator.model import (
    BillingMethod,
    BillingType,
    Contract,
    ContractState,
    Customer,
    Line,
    LineCustomer,
    Milestone,
    MilestoneStatus,
    RunStatus,
    Schedule,
    Source,
    Transaction,
    TransactionClass,
    TransactionStatus,
)

FIRST_DAY = date(2024, 2, 1)  # the window holds a 29 February

# Ids that collide when joined, read as a number or as null, fold to one another, or break quoting.
IDS = (
    *("a", "a/b", "b", "b/c", "c", "a|b", "b|c", "A", "a b", "a:b", "a,b", 'a"b', "a'b", "a''b", "a;b", "a\\b"),
    *("007", "7", "1.0", "1e5", "NA", "null", "nan", "true", "2024-02-29", "%s", ":id", "{}", "$1", "--", "'; --"),
    *("é", "e\u0301", "ß", "Å", "日本", "😀", "_", "%", "0", "=1+1", "x" * 100),
)
SPLITS = (
    *(("100",),) * 8,
    *(("50", "50"),) * 4,
    ("12.5", "87.5"),
    ("33.3333", "33.3333", "33.3334"),
    ("33.3334", "33.3333", "33.3333"),
    ("100", "0"),
    ("60.5", "39.5", "0"),
    ("0.0001", "99.9999"),
    (),
)
QUANTITIES = ("1", "8", "-8", "0", "0.5", "7.25", "0.0001", "-0.3333", "1234.5678")
UNIT_PRICES = ("100", "0", "0.01", "0.005", "33.33", "99.995", "1500.5", "0.0001")
AMOUNTS = ("100", "0", "-100", "0.01", "-0.01", "0.005", "1", "333.335", "1000000.01")
TAXES = ("0", "0.01", "25", "-25", "33.335")
CUTOFF_OFFSETS = (None, None, -1, 0, 2, -10, 12)
# Written with repeats where one value should come more often.
STATES: tuple[ContractState, ...] = (*("active",) * 9, "on_hold")
BILLING_METHODS: tuple[BillingMethod, ...] = (*("time_and_material",) * 3, "fixed_price")
INCLUSIONS = (*(None,) * 5, True, False)
TRANSACTION_CLASSES: tuple[TransactionClass, ...] = ("time", "time", "expense", "material", "fee")
BILLING_TYPES: tuple[BillingType, ...] = ("chargeable", "chargeable", "non_chargeable", "complimentary")
TRANSACTION_STATUSES: tuple[TransactionStatus, ...] = (*("ready_to_invoice",) * 7, "unbilled", "unbilled", "canceled")
UNREADY_BECOMES: tuple[TransactionStatus, ...] = ("unbilled", "ready_to_invoice", "ready_to_invoice", "canceled")
MILESTONE_STATUSES: tuple[MilestoneStatus, ...] = ("ready_to_invoice", "ready_to_invoice", "not_ready")
LATE_MILESTONES: tuple[LateMilestones, ...] = ("report", "bill")
RUN_STATUSES: tuple[RunStatus | None, ...] = (*(None,) * 7, "not_run", "run_failed", "run_successful")
TRANSACTION_OFFSETS = (*(-40,) * 10, -1, 0, -2, 1, -9, -10, -11, 2, 3, 12, 13)
RUN_OFFSETS = (*(0,) * 10, 1, 3, 34, 35, 36, -1)


@dataclass(frozen=True)
class Run:
    run_date: date


@dataclass(frozen=True)
class Change:
    """A folder to load: all customers, contracts and lines as they are now, and only what else is new or changed."""

    source: Source


@dataclass(frozen=True)
class Touch:
    """Takes one of the drafts, if there is any, to review or to confirmation."""

    nth: int
    confirm: bool

    def choose(self, invoices: Sequence[Invoice]) -> InvoiceKey | None:
        drafts = [invoice.key for invoice in invoices if invoice.status == "draft"]
        return drafts[self.nth % len(drafts)] if drafts else None


Step = Run | Change | Touch


@dataclass(frozen=True)
class Scenario:
    source: Source
    steps: tuple[Step, ...]
    catch_up_days: int
    late_milestones: LateMilestones

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(step for step in self.steps if isinstance(step, Run))

    def begin(self) -> Calculator:
        calculator = Calculator()
        calculator.load(self.source)
        return calculator

    def take(self, step: Step, calculator: Calculator) -> RunResult | None:
        match step:
            case Run(run_date):
                return calculator.run(run_date, self.catch_up_days, self.late_milestones)
            case Change(source):
                calculator.load(source)
            case Touch(_, confirm):
                key = step.choose(calculator.invoices)
                if key is not None:
                    (calculator.confirm if confirm else calculator.review)(key)
        return None


@st.composite
def scenarios(draw: st.DrawFn, *, changes: bool = True, touches: bool = False) -> Scenario:
    anchors = tuple(FIRST_DAY + timedelta(days=day) for day in draw(_DAYS))
    meet = draw(_one_of((_as_drawn, _crowded)))
    source = meet(draw(_sources(anchors)))
    latest = source
    steps: list[Step] = []
    usual = ("run", *["touch"] * touches, *["change"] * changes, "run")
    for kind in (*draw(_one_of((("run",), usual))), *draw(_some_of(("run", *usual), 2, 6))):
        if kind == "change":
            change = meet(draw(_changes(latest, anchors)))
            latest = latest.followed_by(change)
            steps.append(Change(change))
        elif kind == "touch":
            steps.append(Touch(draw(_NTH), draw(st.booleans())))
        else:
            dates = _around((*anchors, max(anchors)), RUN_OFFSETS)
            again = tuple(step.run_date for step in steps if isinstance(step, Run))
            steps.append(Run(draw(dates | _one_of(again) if again else dates)))
    return Scenario(
        source,
        tuple(steps),
        catch_up_days=draw(_one_of((35, 35, 35, 35, 7, 0))),
        late_milestones=draw(_one_of(LATE_MILESTONES)),
    )


def _as_drawn(source: Source) -> Source:
    return source


def _crowded(source: Source) -> Source:
    """All lines bill one customer, and what they bill differs little: everything meets on the same invoices."""
    customer_id = source.customers[0].customer_id
    lines = [replace(line, includes_time=None) for line in source.contract_lines]
    return replace(
        source,
        contract_lines=tuple(lines),
        contract_line_customers=tuple(
            LineCustomer(line.contract_id, line.contract_line_id, customer_id) for line in lines
        ),
        transactions=tuple(replace(row, transaction_class="time", customer_id=None) for row in source.transactions),
        milestones=tuple(replace(row, customer_id=None) for row in source.milestones),
    )


@st.composite
def _sources(draw: st.DrawFn, anchors: tuple[date, ...]) -> Source:
    customer_ids = draw(_ids(4, 4))
    source = Source(customers=tuple(Customer(customer_id) for customer_id in customer_ids))
    for contract_id in draw(_ids(1, 2)):
        contract = Contract(contract_id, draw(_one_of(tuple(CURRENCY_DECIMALS))), draw(_one_of(STATES)))
        lines = [draw(_lines(contract_id, line_id)) for line_id in draw(_ids(1, 3))]
        shares = [share for line in lines for share in draw(_line_customers(line, customer_ids[:3]))]
        source = source.followed_by(
            Source(
                project_contracts=(contract,),
                contract_lines=tuple(lines),
                contract_line_customers=tuple(shares),
            )
        )
    return source.followed_by(draw(_additions(source, anchors, at_least=1, at_most=8)))


@st.composite
def _lines(draw: st.DrawFn, contract_id: str, line_id: str) -> Line:
    method = draw(_one_of(BILLING_METHODS))
    time, expense, material, fee = (draw(_one_of(INCLUSIONS)) for _ in range(4))
    return Line(contract_id, line_id, method, time, expense, material, fee)


@st.composite
def _line_customers(draw: st.DrawFn, line: Line, customer_ids: list[str]) -> list[LineCustomer]:
    percents = [Decimal(percent) for percent in draw(_one_of(SPLITS))]
    order = draw(_in_any_order(tuple(customer_ids)))
    sharing = [nth for nth, percent in enumerate(percents) if percent > 0]
    rounding = draw(_one_of(tuple(sharing))) if sharing else None
    return [
        LineCustomer(line.contract_id, line.contract_line_id, order[nth], percent, nth == rounding)
        for nth, percent in enumerate(percents)
    ]


@st.composite
def _changes(draw: st.DrawFn, source: Source, anchors: tuple[date, ...]) -> Source:
    """Contracts stop and go, lines change what they include and get the customers they lacked, and there is more."""
    contracts = [
        replace(contract, state=draw(_kept_or(contract.state, STATES))) for contract in source.project_contracts
    ]
    lines = {(line.contract_id, line.contract_line_id): line for line in source.contract_lines}
    for key, line in lines.items():
        lines[key] = replace(line, includes_time=draw(_kept_or(line.includes_time, INCLUSIONS)))
    for contract in contracts:
        for line_id in draw(_ids(0, 1)):
            key = (contract.contract_id, line_id)
            lines.setdefault(key, draw(_lines(*key)))
    shared = {(share.contract_id, share.contract_line_id) for share in source.contract_line_customers}
    customer_ids = [customer.customer_id for customer in source.customers]
    shares = [
        share
        for key, line in lines.items()
        if key not in shared
        for share in draw(_line_customers(line, customer_ids[:3]))
    ]
    source = replace(
        source,
        project_contracts=tuple(contracts),
        contract_lines=tuple(lines.values()),
        contract_line_customers=source.contract_line_customers + tuple(shares),
    )
    added = draw(_additions(source, anchors, at_least=2, at_most=4))
    transactions = [
        replace(transaction, billing_status=draw(_one_of(UNREADY_BECOMES)))
        for transaction in source.transactions
        if transaction.billing_status == "unbilled"
    ]
    milestones = [
        replace(milestone, billing_status=draw(_one_of(MILESTONE_STATUSES)))
        for milestone in source.milestones
        if milestone.billing_status == "not_ready"
    ]
    return replace(
        source,
        transactions=(*transactions, *added.transactions),
        invoice_schedules=added.invoice_schedules,
        milestones=(*milestones, *added.milestones),
    )


@st.composite
def _additions(draw: st.DrawFn, source: Source, anchors: tuple[date, ...], *, at_least: int, at_most: int) -> Source:
    """Transactions, schedule rows and milestones that are not in the source yet, for its lines."""
    customers = (None, None, None, *(customer.customer_id for customer in source.customers))
    transactions: list[Transaction] = []
    schedules: list[Schedule] = []
    milestones: list[Milestone] = []
    for contract in source.project_contracts:
        decimals = CURRENCY_DECIMALS[contract.currency]
        lines = tuple(line for line in source.contract_lines if line.contract_id == contract.contract_id)
        timed = tuple(line for line in lines if line.billing_method == "time_and_material")
        any_line = _one_of(timed or lines) | _one_of(lines)
        for transaction_id in draw(_ids(at_least, at_most)):
            transactions.append(draw(_transactions(draw(any_line), transaction_id, customers, decimals, anchors)))
        for line in lines:
            for run_date in draw(_some_of(anchors, at_least, 3, unique=True)):
                schedules.append(draw(_schedules(line, run_date)))
        for line in [line for line in lines if line.billing_method == "fixed_price"]:
            for milestone_id in draw(_ids(0, at_most // 2)):
                milestones.append(draw(_milestones(line, milestone_id, customers, decimals, anchors)))
    drawn = Source(transactions=tuple(transactions), invoice_schedules=tuple(schedules), milestones=tuple(milestones))
    return Source().followed_by(drawn).without(source)


@st.composite
def _transactions(
    draw: st.DrawFn,
    line: Line,
    transaction_id: str,
    customers: tuple[str | None, ...],
    decimals: int,
    anchors: tuple[date, ...],
) -> Transaction:
    return Transaction(
        line.contract_id,
        transaction_id,
        line.contract_line_id,
        transaction_date=draw(_around(anchors, TRANSACTION_OFFSETS)),
        quantity=draw(_decimals(QUANTITIES, 4)),
        unit_price=draw(_decimals(UNIT_PRICES, 4)),
        amount=draw(_decimals_or_none(AMOUNTS, decimals)),
        tax_amount=draw(_decimals_or_none(TAXES, decimals)),
        customer_id=draw(_one_of(customers)),
        transaction_class=draw(_one_of(TRANSACTION_CLASSES)),
        billing_type=draw(_one_of(BILLING_TYPES)),
        billing_status=draw(_one_of(TRANSACTION_STATUSES)),
    )


@st.composite
def _milestones(
    draw: st.DrawFn,
    line: Line,
    milestone_id: str,
    customers: tuple[str | None, ...],
    decimals: int,
    anchors: tuple[date, ...],
) -> Milestone:
    return Milestone(
        line.contract_id,
        milestone_id,
        line.contract_line_id,
        milestone_date=draw(_one_of(anchors)),
        amount=draw(_decimals(AMOUNTS, decimals)),
        tax_amount=draw(_decimals_or_none(TAXES, decimals)),
        customer_id=draw(_one_of(customers)),
        billing_status=draw(_one_of(MILESTONE_STATUSES)),
    )


@st.composite
def _schedules(draw: st.DrawFn, line: Line, run_date: date) -> Schedule:
    offset = draw(_one_of(CUTOFF_OFFSETS))
    cutoff = None if offset is None else run_date + timedelta(days=offset)
    run_status = draw(_one_of(RUN_STATUSES))
    return Schedule(line.contract_id, line.contract_line_id, run_date, cutoff, run_status)


_known = lru_cache(maxsize=1024)


@_known
def _one_of(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@_known
def _some_of(
    values: tuple[Any, ...], at_least: int, at_most: int, *, unique: bool = False
) -> st.SearchStrategy[list[Any]]:
    return st.lists(_one_of(values), min_size=at_least, max_size=at_most, unique=unique)


@_known
def _kept_or(value: Any, others: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.just(value) | _one_of(others)


@_known
def _in_any_order(values: tuple[str, ...]) -> st.SearchStrategy[Sequence[str]]:
    return st.just(values) | st.permutations(values)


def _ids(at_least: int, at_most: int) -> st.SearchStrategy[list[str]]:
    return _some_of(IDS, at_least, at_most, unique=True)


@_known
def _around(anchors: tuple[date, ...], offsets: tuple[int, ...]) -> st.SearchStrategy[date]:
    return st.sampled_from([anchor + timedelta(days=offset) for offset in offsets for anchor in anchors])


@_known
def _decimals(favourites: tuple[str, ...], places: int) -> st.SearchStrategy[Decimal]:
    favourite = _one_of(favourites).map(lambda text: rounded(Decimal(text), places))
    return favourite | st.decimals(0, 10_000, places=places)


@_known
def _decimals_or_none(favourites: tuple[str, ...], places: int) -> st.SearchStrategy[Decimal | None]:
    return st.none() | _decimals(favourites, places)


_DAYS = st.lists(st.integers(0, 40), min_size=2, max_size=4, unique=True)
_NTH = st.integers(0, 5)
