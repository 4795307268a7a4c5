"""Draws the firm: customers, people, contracts and their lines."""

import random
from datetime import date, timedelta
from itertools import product

import pendulum

from samples.agency.catalogue import (
    COMPANY_NAMES,
    COMPANY_TRADES,
    CURRENCIES,
    FIRST_NAMES,
    FREQUENCIES,
    LAST_NAMES,
    LINE_KINDS,
    MILESTONE_NAMES,
    PROJECTS,
    ROLES,
    SPLITS,
)
from samples.agency.firm import Contract, Customer, Firm, Line, Milestone, Resource
from samples.agency.flaws import spoil_lines

FEWEST_CONTRACTS = 20
_FRESH = timedelta(days=30)  # what is younger at the end of the year is often not ready to invoice


def draw_firm(start_date: date, *, contracts: int, transactions: int, seed: int) -> Firm:
    """The firm of the twelve months from start_date, with as many people as its transactions need."""
    if contracts < FEWEST_CONTRACTS:
        raise ValueError(f"--contracts must be at least {FEWEST_CONTRACTS}: fewer cannot hold every case")
    if transactions < 0:
        raise ValueError("--transactions must not be negative")
    dice = random.Random(seed)
    last = _months_later(start_date, 12) - timedelta(days=1)
    customers = _draw_customers(dice, contracts * 3 // 5)
    firm = Firm(
        first=start_date,
        last=last,
        customers=customers,
        # A person books about 450 transactions a year.
        resources=_draw_resources(dice, max(len(ROLES), transactions // 450)),
        contracts=[_draw_contract(dice, number, customers, start_date, last) for number in range(1, contracts + 1)],
    )
    _change_states(dice, firm.contracts)
    spoil_lines(dice, firm)
    return firm


def _draw_customers(dice: random.Random, count: int) -> list[Customer]:
    names = [f"{name} {trade}" for name, trade in product(COMPANY_NAMES, COMPANY_TRADES)]
    dice.shuffle(names)
    customers = []
    for index in range(count):
        # The first five have one currency each, so that the smallest firm has them all.
        drawn = dice.choices(CURRENCIES, [currency.share for currency in CURRENCIES])[0]
        currency = CURRENCIES[index] if index < len(CURRENCIES) else drawn
        name = f"{names[index % len(names)]} {dice.choice(currency.legal_forms)}"
        customers.append(Customer(f"AG-C{index + 1:04d}", name, currency))
    return customers


def _draw_resources(dice: random.Random, count: int) -> list[Resource]:
    return [
        Resource(f"AG-R{number:04d}", f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}", dice.choice(ROLES))
        for number in range(1, count + 1)
    ]


def _draw_contract(dice: random.Random, number: int, customers: list[Customer], first: date, last: date) -> Contract:
    # Every customer has a contract, and the first contracts have one, two and three customers.
    primary = customers[number - 1] if number <= len(customers) else dice.choice(customers)
    parties = number if number in SPLITS else dice.choices(list(SPLITS), [80, 14, 6])[0]
    others = [customer for customer in dice.sample(customers, parties) if customer is not primary][: parties - 1]
    currency = primary.currency
    start, end = _draw_period(dice, first, last)
    contract = Contract(
        contract_id=f"AG-{number:04d}",
        name=f"{dice.choice(PROJECTS)} for {primary.name}",
        customers=(primary, *others),
        currency=currency,
        start=start,
        end=end,
        price_level=dice.choice((0.85, 0.9, 0.95, 1.0, 1.0, 1.05, 1.15)),
        tax_percent=dice.choice((currency.tax_percent, currency.tax_percent, 0)),
        limit=currency.price(dice.randrange(150_000, 600_000, 50_000)) if dice.random() < 0.04 else None,
    )
    for line_number in range(1, dice.choices((1, 2, 3, 4), (15, 35, 35, 15))[0] + 1):
        contract.lines.append(_draw_line(dice, contract, f"{contract.contract_id}-L{line_number}", last))
    return contract


def _draw_period(dice: random.Random, first: date, last: date) -> tuple[date, date]:
    """Half of the contracts run all year, the others some months of it."""
    if dice.random() < 0.5:
        return first, last
    start = _months_later(first, dice.randrange(9))
    return start, min(last, _months_later(start, dice.randrange(3, 13)) - timedelta(days=1))


def _months_later(day: date, months: int) -> date:
    later = pendulum.Date(day.year, day.month, day.day).add(months=months)
    return date(later.year, later.month, later.day)


def _draw_line(dice: random.Random, contract: Contract, line_id: str, last: date) -> Line:
    kind = dice.choices(LINE_KINDS, [kind.share for kind in LINE_KINDS])[0]
    split = dice.choice(SPLITS[len(contract.customers)])
    # A customer at 0 percent cannot take the rest of a rounding.
    candidates = [index for index, percent in enumerate(split) if percent != "0"]
    contracted = contract.currency.price(dice.randrange(20_000, 250_000, 2_500)) if kind.fixed_price else None
    return Line(
        line_id=line_id,
        kind=kind,
        class_percents=kind.class_percents,
        split=split,
        rounding_customer=0 if dice.random() < 0.8 else candidates[-1],
        frequency=None if kind.fixed_price else dice.choice(FREQUENCIES),
        contracted_amount=contracted,
        milestones=_draw_milestones(dice, contract, contracted, last) if contracted else (),
    )


def _draw_milestones(dice: random.Random, contract: Contract, contracted: int, last: date) -> tuple[Milestone, ...]:
    """Two to six milestones at even distances, the last on the contract's last day, that sum to contracted."""
    count = dice.randrange(2, len(MILESTONE_NAMES) + 1)
    unit = contract.currency.smallest_unit
    amounts = [contracted // count // unit * unit] * (count - 1)
    amounts.append(contracted - sum(amounts))
    length = contract.end - contract.start
    milestones = []
    for number, amount in enumerate(amounts, start=1):
        day = contract.start + length * number / count
        ready = dice.random() < (0.3 if last - day < _FRESH else 0.94)
        name = MILESTONE_NAMES[number - 1 if number < count else -1]
        milestones.append(Milestone(name, day, amount, ready))
    return tuple(milestones)


def _change_states(dice: random.Random, contracts: list[Contract]) -> None:
    each = max(1, len(contracts) // 20)
    chosen = dice.sample(contracts, 3 * each)
    for index, state in enumerate(("draft", "on_hold", "closed")):
        for contract in chosen[index * each : (index + 1) * each]:
            contract.state = state
