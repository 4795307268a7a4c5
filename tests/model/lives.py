"""Small but nasty contracts, what is worked on them, and how it is edited. Everything drawn is legal for a load; edits need not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.model.shares import CURRENCY_DECIMALS, QUANTITY_DECIMALS, rounded
from tests.model.source import (
    BillingType,
    Contract,
    ContractCustomer,
    Customer,
    Line,
    LineCustomer,
    Milestone,
    MilestoneStatus,
    OpeningBalance,
    Schedule,
    Source,
    Transaction,
    TransactionClass,
    TransactionStatus,
)

RUN_DATES = (date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 19))
# The last two days give two series of numbers.
TODAYS = (date(2026, 10, 12), date(2026, 12, 31), date(2027, 1, 1))
WORK, BUILD = "work", "build"
CUSTOMERS = ("Fabrikam", "Northwind")
SPLITS = (("100",), ("50", "50"), ("33.3333", "66.6667"), ("12.5", "87.5"), ("0.0001", "99.9999"), ("100", "0"))
CLASSES: tuple[TransactionClass, ...] = ("time", "time", "expense", "material", "fee", "fee")
BILLING_TYPES: tuple[BillingType, ...] = ("chargeable", "chargeable", "chargeable", "non_chargeable", "complimentary")
STATUSES: tuple[TransactionStatus, ...] = (*("ready_to_invoice",) * 5, "unbilled")
LATER_STATUSES: tuple[TransactionStatus, ...] = ("ready_to_invoice", "ready_to_invoice", "unbilled", "canceled")
MILESTONE_STATUSES: tuple[MilestoneStatus, ...] = ("ready_to_invoice", "ready_to_invoice", "not_ready")
QUANTITIES = tuple(map(Decimal, ("8", "1", "-8", "0", "0.5", "7.25", "0.0001", "-0.3333", "3")))
UNIT_PRICES = tuple(map(Decimal, ("200", "0", "0.005", "33.33", "99.995", "-10", "1500.5", "0.0001")))
AMOUNTS = ("1600", "0", "-100", "0.01", "333.335", "1000000.01")
LIMITS = (None, None, None, "0", "1600", "2000.01", "5000", "1000000")
TAXES = ("0", "0", "0.01", "25", "-25", "33.335")
FACTORS = tuple(map(Decimal, ("0.5", "0.25", "0.75", "0", "1", "1.25", "3", "-1")))


@st.composite
def worlds(draw: st.DrawFn) -> Source:
    """Two contracts of any currency, each with a line of either billing method, on the same schedule."""
    source = Source(customers=tuple(Customer(name) for name in CUSTOMERS))
    for contract_id in ("A", "B"):
        shares = [
            LineCustomer(contract_id, line_id, customer_id, Decimal(percent), nth == 0)
            for line_id in (WORK, BUILD)
            for nth, (customer_id, percent) in enumerate(
                zip(draw(st.permutations(CUSTOMERS)), draw(st.sampled_from(SPLITS)), strict=False)
            )
        ]
        source = source.followed_by(
            Source(
                project_contracts=(Contract(contract_id, draw(st.sampled_from(list(CURRENCY_DECIMALS)))),),
                contract_lines=(Line(contract_id, WORK), Line(contract_id, BUILD, "fixed_price")),
                contract_line_customers=tuple(shares),
                invoice_schedules=tuple(Schedule(contract_id, WORK, run_date) for run_date in RUN_DATES),
            )
        )
    return source


@st.composite
def limited(draw: st.DrawFn, terms: Source) -> Source:
    """The same contracts, with a few limits, on any level."""

    def limit(contract_id: str) -> Decimal | None:
        (contract,) = (one for one in terms.project_contracts if one.contract_id == contract_id)
        drawn = draw(st.sampled_from(LIMITS))
        return None if drawn is None else rounded(Decimal(drawn), CURRENCY_DECIMALS[contract.currency])

    def capped(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(row, not_to_exceed_limit=limit(row.contract_id)) for row in rows)

    payers = [ContractCustomer(contract_id, name) for contract_id in ("A", "B") for name in CUSTOMERS]
    return replace(
        terms,
        project_contracts=capped(terms.project_contracts),
        contract_lines=capped(terms.contract_lines),
        contract_line_customers=capped(terms.contract_line_customers),
        contract_customers=capped(tuple(payers)),
        opening_balances=draw(_opening_balances(terms)),
    )


@st.composite
def _opening_balances(draw: st.DrawFn, terms: Source) -> tuple[OpeningBalance, ...]:
    """What was invoiced before, of a few customers on a few lines; one that was known stays, at another amount."""
    places = [
        (contract_id, line_id, name) for contract_id in ("A", "B") for line_id in (WORK, BUILD) for name in CUSTOMERS
    ]
    known = {(row.contract_id, row.contract_line_id, row.customer_id) for row in terms.opening_balances}
    chosen = known | set(draw(st.lists(st.sampled_from(places), max_size=2, unique=True)))
    return tuple(
        OpeningBalance(*place, draw(st.sampled_from(tuple(map(Decimal, ("0", "100", "-50", "1600"))))), RUN_DATES[0])
        for place in sorted(chosen)
    )


@st.composite
def deliveries(draw: st.DrawFn, world: Source, first_id: int, at_least: int) -> Source:
    """New transactions and milestones, numbered from `first_id`."""
    transactions, milestones = [], []
    for number in range(first_id, first_id + draw(st.integers(at_least, at_least + 4))):
        contract = draw(st.sampled_from(world.project_contracts))
        decimals = CURRENCY_DECIMALS[contract.currency]
        if draw(st.integers(0, 3)):
            transactions.append(
                Transaction(
                    contract.contract_id,
                    f"T{number}",
                    WORK,
                    draw(st.sampled_from(_dates())),
                    draw(st.sampled_from(QUANTITIES)),
                    draw(st.sampled_from(UNIT_PRICES)),
                    draw(st.none() | moneys(AMOUNTS, decimals)),
                    draw(moneys(TAXES, decimals)),
                    draw(st.sampled_from((None, None, *CUSTOMERS))),
                    draw(st.sampled_from(CLASSES)),
                    draw(st.sampled_from(BILLING_TYPES)),
                    draw(st.sampled_from(STATUSES)),
                )
            )
        else:
            amount = draw(moneys(AMOUNTS, decimals))
            milestones.append(
                Milestone(
                    contract.contract_id,
                    f"M{number}",
                    BUILD,
                    draw(st.sampled_from(RUN_DATES)),
                    amount,
                    draw(moneys(TAXES, decimals)) if amount else Decimal(0),
                    draw(st.sampled_from((None, None, *CUSTOMERS))),
                    draw(st.sampled_from(MILESTONE_STATUSES)),
                )
            )
    return Source(transactions=tuple(transactions), milestones=tuple(milestones))


@st.composite
def changed_transactions(draw: st.DrawFn, known: Transaction, decimals: int) -> Transaction:
    """The same transaction, as its source says it now: most often of another status or quantity."""
    possible: dict[str, st.SearchStrategy[Any]] = {
        "billing_status": st.sampled_from(LATER_STATUSES),
        "quantity": quantities(known.quantity),
        "unit_price": unit_prices(known.unit_price),
        "amount": st.none() | moneys(AMOUNTS, decimals),
        "tax_amount": moneys(TAXES, decimals),
        "billing_type": st.sampled_from(BILLING_TYPES),
        "transaction_date": st.sampled_from(_dates()),
    }
    usual = st.sampled_from((["billing_status"], ["billing_status"], ["quantity"], ["quantity", "billing_status"]))
    names = draw(usual | st.lists(st.sampled_from(list(possible)), min_size=1, max_size=3, unique=True))
    changed = replace(known, **{name: draw(possible[name]) for name in names})
    # At more than four decimals a load is refused.
    return replace(changed, quantity=rounded(changed.quantity, QUANTITY_DECIMALS))


@st.composite
def changed_milestones(draw: st.DrawFn, known: Milestone, decimals: int) -> Milestone:
    amount = draw(st.just(known.amount) | moneys(AMOUNTS, decimals))
    tax_amount = draw(moneys(TAXES, decimals)) if amount else Decimal(0)
    return replace(
        known, amount=amount, tax_amount=tax_amount, billing_status=draw(st.sampled_from(MILESTONE_STATUSES))
    )


def _dates() -> list[date]:
    return [RUN_DATES[0] + timedelta(days=days) for days in (-4, -4, -1, 0, 6, 30)]


def moneys(favourites: tuple[str, ...], decimals: int) -> st.SearchStrategy[Decimal]:
    return st.sampled_from(favourites).map(lambda text: rounded(Decimal(text), decimals))


def quantities(source_quantity: Decimal) -> st.SearchStrategy[Decimal]:
    """Parts and multiples of what is billed, and a few that have nothing to do with it."""
    return st.sampled_from([*(source_quantity * factor for factor in FACTORS), *QUANTITIES[:3], Decimal("0.0001")])


def unit_prices(source_price: Decimal) -> st.SearchStrategy[Decimal]:
    return st.sampled_from([source_price, source_price, *UNIT_PRICES])


def taxes(decimals: int) -> st.SearchStrategy[Decimal]:
    """Most of them have as many decimals as the currency has."""
    return st.one_of(moneys(TAXES, decimals), moneys(TAXES, decimals), st.just(Decimal("0.00005")))
