"""Small but nasty sources, and how they change.

Everything drawn is legal by the data contract: what a loader must refuse is not here, such as percents that do not sum
to 100.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.model.drawing import around, ids, in_any_order, in_part, kept_or, numbers, numbers_or_none, one_of, some_of
from tests.model.shares import CURRENCY_DECIMALS
from tests.model.source import (
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
RESTATED_STATUSES: tuple[TransactionStatus, ...] = (*("ready_to_invoice",) * 3, "unbilled", "canceled")
MILESTONE_STATUSES: tuple[MilestoneStatus, ...] = ("ready_to_invoice", "ready_to_invoice", "not_ready")
RUN_STATUSES: tuple[RunStatus | None, ...] = (*(None,) * 7, "not_run", "run_failed", "run_successful")
TRANSACTION_OFFSETS = (*(-40,) * 10, -1, 0, -2, 1, -9, -10, -11, 2, 3, 12, 13)


@st.composite
def sources(draw: st.DrawFn, anchors: tuple[date, ...]) -> Source:
    customer_ids = draw(ids(4, 4))
    source = Source(customers=tuple(Customer(customer_id) for customer_id in customer_ids))
    for contract_id in draw(ids(1, 2)):
        contract = Contract(contract_id, draw(one_of(tuple(CURRENCY_DECIMALS))), draw(one_of(STATES)))
        lines = [draw(_lines(contract_id, line_id)) for line_id in draw(ids(1, 3))]
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
    method = draw(one_of(BILLING_METHODS))
    time, expense, material, fee = (draw(one_of(INCLUSIONS)) for _ in range(4))
    return Line(contract_id, line_id, method, time, expense, material, fee)


@st.composite
def _line_customers(draw: st.DrawFn, line: Line, customer_ids: list[str]) -> list[LineCustomer]:
    percents = [Decimal(percent) for percent in draw(one_of(SPLITS))]
    order = draw(in_any_order(tuple(customer_ids)))
    sharing = [nth for nth, percent in enumerate(percents) if percent > 0]
    rounding = draw(one_of(tuple(sharing))) if sharing else None
    return [
        LineCustomer(line.contract_id, line.contract_line_id, order[nth], percent, nth == rounding)
        for nth, percent in enumerate(percents)
    ]


@st.composite
def changed(draw: st.DrawFn, source: Source, anchors: tuple[date, ...], *, restated: bool = False) -> Source:
    """Contracts stop and go, lines change what they include and get the customers they lacked, and there is more.

    restated: and what is known already, invoiced or not, says something else.
    """
    contracts = [
        replace(contract, state=draw(kept_or(contract.state, STATES))) for contract in source.project_contracts
    ]
    lines = {(line.contract_id, line.contract_line_id): line for line in source.contract_lines}
    for key, line in lines.items():
        lines[key] = replace(line, includes_time=draw(kept_or(line.includes_time, INCLUSIONS)))
    for contract in contracts:
        for line_id in draw(ids(0, 1)):
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
        replace(transaction, billing_status=draw(one_of(UNREADY_BECOMES)))
        for transaction in source.transactions
        if transaction.billing_status == "unbilled"
    ]
    milestones = [
        replace(milestone, billing_status=draw(one_of(MILESTONE_STATUSES)))
        for milestone in source.milestones
        if milestone.billing_status == "not_ready"
    ]
    schedules: list[Schedule] = []
    if restated:
        decimals = {contract.contract_id: CURRENCY_DECIMALS[contract.currency] for contract in contracts}
        customers = (None, *customer_ids)
        transactions = [
            draw(_restated_transactions(row, decimals[row.contract_id], anchors, _places(source, row), customers))
            for row in draw(in_part(source.transactions))
        ]
        milestones = [
            draw(_restated_milestones(row, decimals[row.contract_id])) for row in draw(in_part(source.milestones))
        ]
        schedules = [
            draw(_schedules(lines[row.contract_id, row.contract_line_id], row.run_date))
            for row in draw(in_part(source.invoice_schedules))
        ]
    return replace(
        source,
        transactions=(*transactions, *added.transactions),
        invoice_schedules=(*schedules, *added.invoice_schedules),
        milestones=(*milestones, *added.milestones),
    )


@st.composite
def _restated_transactions(
    draw: st.DrawFn,
    known: Transaction,
    decimals: int,
    anchors: tuple[date, ...],
    line_ids: tuple[str, ...],
    customers: tuple[str | None, ...],
) -> Transaction:
    possible: dict[str, st.SearchStrategy[Any]] = {
        "billing_status": one_of(RESTATED_STATUSES),
        "quantity": numbers(QUANTITIES, 4),
        "unit_price": numbers(UNIT_PRICES, 4),
        "amount": numbers_or_none(AMOUNTS, decimals),
        "tax_amount": numbers_or_none(TAXES, decimals),
        "billing_type": one_of(BILLING_TYPES),
        "transaction_date": around(anchors, TRANSACTION_OFFSETS),
        "transaction_class": one_of(TRANSACTION_CLASSES),
        "contract_line_id": one_of(line_ids),
        "customer_id": one_of(customers),
    }
    names = draw(some_of(tuple(possible), 1, 2, unique=True))
    return replace(known, **{name: draw(possible[name]) for name in names})


def _places(source: Source, known: Transaction) -> tuple[str, ...]:
    """The lines that a transaction may move to: those of its contract that have customers, and its own."""
    shared = {
        share.contract_line_id for share in source.contract_line_customers if share.contract_id == known.contract_id
    }
    return tuple(sorted({*shared, known.contract_line_id}))


@st.composite
def _restated_milestones(draw: st.DrawFn, known: Milestone, decimals: int) -> Milestone:
    amount = draw(st.just(known.amount) | numbers(AMOUNTS, decimals))
    tax_amount = draw(numbers_or_none(TAXES, decimals)) if amount else Decimal(0)
    return replace(known, amount=amount, tax_amount=tax_amount, billing_status=draw(one_of(MILESTONE_STATUSES)))


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
        any_line = one_of(timed or lines) | one_of(lines)
        for transaction_id in draw(ids(at_least, at_most)):
            transactions.append(draw(_transactions(draw(any_line), transaction_id, customers, decimals, anchors)))
        for line in lines:
            for run_date in draw(some_of(anchors, at_least, 3, unique=True)):
                schedules.append(draw(_schedules(line, run_date)))
        for line in [line for line in lines if line.billing_method == "fixed_price"]:
            for milestone_id in draw(ids(0, at_most // 2)):
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
        transaction_date=draw(around(anchors, TRANSACTION_OFFSETS)),
        quantity=draw(numbers(QUANTITIES, 4)),
        unit_price=draw(numbers(UNIT_PRICES, 4)),
        amount=draw(numbers_or_none(AMOUNTS, decimals)),
        tax_amount=draw(numbers_or_none(TAXES, decimals)),
        customer_id=draw(one_of(customers)),
        transaction_class=draw(one_of(TRANSACTION_CLASSES)),
        billing_type=draw(one_of(BILLING_TYPES)),
        billing_status=draw(one_of(TRANSACTION_STATUSES)),
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
    amount = draw(numbers(AMOUNTS, decimals))
    return Milestone(
        line.contract_id,
        milestone_id,
        line.contract_line_id,
        milestone_date=draw(one_of(anchors)),
        amount=amount,
        tax_amount=draw(numbers_or_none(TAXES, decimals)) if amount else Decimal(0),
        customer_id=draw(one_of(customers)),
        billing_status=draw(one_of(MILESTONE_STATUSES)),
    )


@st.composite
def _schedules(draw: st.DrawFn, line: Line, run_date: date) -> Schedule:
    offset = draw(one_of(CUTOFF_OFFSETS))
    cutoff = None if offset is None else run_date + timedelta(days=offset)
    run_status = draw(one_of(RUN_STATUSES))
    return Schedule(line.contract_id, line.contract_line_id, run_date, cutoff, run_status)


def crowded(source: Source) -> Source:
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
