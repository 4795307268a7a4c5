"""Draws the work done on the contracts, a day at a time: arrays throughout, no Python object per transaction.

Money is counted in thousandths and quantities in quarters (of an hour, say), so that all arithmetic is exact.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from samples.agency.bookable import Bookable, Floats, Integers, bookable
from samples.agency.catalogue import CATEGORIES, CLASSES, ROLES
from samples.agency.files import MONEY, QUANTITY, SCHEMAS, decimals
from samples.agency.firm import Firm

Booleans = npt.NDArray[np.bool_]

_BILLING_TYPES = ("chargeable", "non_chargeable", "complimentary")
_BILLING_TYPE_WEIGHTS = np.array([0.92, 0.05, 0.03])
_BILLING_STATUSES = ("ready_to_invoice", "unbilled", "canceled")
_WORK_BY_WEEKDAY = (1.0, 1.0, 1.0, 1.0, 0.9, 0.06, 0.04)
_TEAM = 6  # people who book on a line
_TIME, _EXPENSE = CLASSES.index("time"), CLASSES.index("expense")

_CATEGORY_CLASSES = np.array([CLASSES.index(each.transaction_class) for each in CATEGORIES])
_CATEGORIES_IN_CLASS = np.bincount(_CATEGORY_CLASSES)
_FIRST_CATEGORY_OF_CLASS = np.searchsorted(_CATEGORY_CLASSES, np.arange(len(CLASSES)))
_CATEGORY_MEDIANS = np.array([each.median_usd for each in CATEGORIES])
_CATEGORY_SPREADS = np.array([each.spread for each in CATEGORIES])
_CATEGORY_MOST = np.array([each.most for each in CATEGORIES])
_ROLE_USD = np.array([role.usd_per_hour for role in ROLES])


def draw_transactions(firm: Firm, total: int, seed: int) -> Iterator[pa.Table]:
    """Exactly `total` transactions in the order of their dates: one table per day that has any."""
    dice = np.random.default_rng(seed)
    lines = bookable(firm, dice)
    days = np.array(firm.days, dtype="datetime64[D]")
    busy = np.array(
        [
            lines.volumes[lines.running_on(np.datetime64(day))].sum() * _WORK_BY_WEEKDAY[day.weekday()]
            for day in firm.days
        ]
    )
    counts = dice.multinomial(total, busy / busy.sum())
    done = np.cumsum(counts)
    for index, day in enumerate(days):
        if counts[index]:
            numbers = np.arange(done[index] - counts[index], done[index]) + 1
            yield _draw_day(dice, lines, day, numbers, age=len(days) - 1 - index)


def _draw_day(dice: np.random.Generator, lines: Bookable, day: np.datetime64, numbers: Integers, age: int) -> pa.Table:
    """Transactions `numbers` (running through the whole file), all of a day `age` days before the end of the data."""
    count = len(numbers)
    running = lines.running_on(day)
    line = running[_weighted(dice, lines.volumes[running], count)]
    transaction_class = (dice.integers(0, 100, count)[:, None] >= lines.class_bounds[line]).sum(axis=1)
    in_class = dice.integers(0, _CATEGORIES_IN_CLASS[transaction_class])
    category = _FIRST_CATEGORY_OF_CLASS[transaction_class] + in_class
    is_time = transaction_class == _TIME
    resource = (line * _TEAM + dice.integers(0, _TEAM, count)) % len(lines.resource_ids)
    role = lines.resource_roles[resource]

    quarters = _draw_quarters(dice, category, is_time)
    unit = lines.units[line]
    unit_price = np.where(is_time, _role_prices(lines, line, role), _draw_prices(dice, lines, line, category))
    amount = _divide(quarters * unit_price, 4 * unit) * unit
    tax = _divide(amount * lines.tax_percents[line], 100 * unit) * unit
    billing_type = _weighted(dice, _BILLING_TYPE_WEIGHTS, count)
    names_customer = (lines.payers[line] > 1) & (dice.random(count) < 0.06)

    columns = {
        "contract_id": _pick(lines.contract_ids, line),
        "transaction_id": _numbered("AG-T", numbers),
        "contract_line_id": _pick(lines.line_ids, line),
        "customer_id": _pick(
            lines.customer_ids, lines.first_payers[line] + dice.integers(0, lines.payers[line]), absent=~names_customer
        ),
        "transaction_class": _pick(CLASSES, transaction_class),
        "transaction_date": pa.array(np.full(count, day)),
        "description": _pick([each.description for each in CATEGORIES], category),
        "role_id": _pick([each.role_id for each in ROLES], role, absent=~is_time),
        "resource_id": _pick(lines.resource_ids, resource, absent=transaction_class > _EXPENSE),
        "category": _pick([each.name for each in CATEGORIES], category, absent=is_time),
        "unit": _pick([each.unit for each in CATEGORIES], category),
        "quantity": decimals(25 * quarters, QUANTITY),
        "unit_price": decimals(unit_price, MONEY),
        "amount": decimals(amount, MONEY, absent=dice.random(count) < 0.95),
        "tax_amount": decimals(tax, MONEY, absent=(tax == 0) | (billing_type > 0)),
        "billing_type": _pick(_BILLING_TYPES, billing_type),
        "billing_status": _pick(_BILLING_STATUSES, _weighted(dice, _status_weights(age), count)),
    }
    return pa.table(columns, schema=SCHEMAS["transactions"])


def _weighted(dice: np.random.Generator, weights: Floats, count: int) -> Integers:
    """`count` positions in weights, each drawn as often as its weight says."""
    bounds = np.cumsum(weights)
    positions: Integers = np.searchsorted(bounds, dice.random(count) * bounds[-1], side="right")
    return positions


def _draw_quarters(dice: np.random.Generator, category: Integers, is_time: Booleans) -> Integers:
    """Hours around five for time, whole numbers else; four in a thousand take something back."""
    hours = np.clip(np.rint(dice.normal(20, 9, len(category))), 1, 48).astype(np.int64)
    pieces = 4 * dice.integers(1, _CATEGORY_MOST[category] + 1)
    return np.where(is_time, hours, pieces) * np.where(dice.random(len(category)) < 0.004, -1, 1)


def _role_prices(lines: Bookable, line: Integers, role: Integers) -> Integers:
    """The role's list price at the contract's level, rounded to the price step of its currency."""
    exact = _ROLE_USD[role] * lines.price_levels[line] * lines.thousandths_per_usd[line]
    steps = lines.price_steps[line]
    return np.rint(exact / steps).astype(np.int64) * steps


def _draw_prices(dice: np.random.Generator, lines: Bookable, line: Integers, category: Integers) -> Integers:
    """What the category cost this time, in whole units of the currency's smallest amount, at least one."""
    usd = _CATEGORY_MEDIANS[category] * np.exp(_CATEGORY_SPREADS[category] * dice.standard_normal(len(category)))
    units = lines.units[line]
    return np.maximum(np.rint(usd * lines.thousandths_per_usd[line] / units).astype(np.int64), 1) * units


def _status_weights(age: int) -> Floats:
    """Weights of _BILLING_STATUSES: work of the last weeks is often not ready yet."""
    unbilled = 0.02 + 0.6 * np.exp(-age / 12)
    return np.array([0.99 - unbilled, unbilled, 0.01])


def _divide(numerator: Integers, denominator: Integers) -> Integers:
    """Quotient rounded half away from zero, as the data contract rounds amounts."""
    quotient: Integers = np.sign(numerator) * ((2 * np.abs(numerator) + denominator) // (2 * denominator))
    return quotient


def _pick(values: Sequence[str] | pa.Array, positions: Integers, absent: Booleans | None = None) -> pa.Array:
    """values[positions], null where absent."""
    return pa.array(values).take(pa.array(positions, mask=absent))


def _numbered(prefix: str, numbers: Integers) -> pa.Array:
    """Ids such as AG-T00000042."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(prefix, digits, "")
