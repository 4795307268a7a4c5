"""The lines and people that transactions are drawn for, as parallel arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from samples.agency.catalogue import ROLES
from samples.agency.firm import Firm

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Bookable:
    """One element per line, but for resources (per person) and customers (per line and paying customer)."""

    contract_ids: pa.Array
    line_ids: pa.Array
    starts: Days
    ends: Days
    volumes: Floats
    class_bounds: Integers  # a row per line: running sums of the percents of its classes
    thousandths_per_usd: Floats
    price_levels: Floats
    price_steps: Integers  # thousandths
    units: Integers  # the smallest amount of the line's currency, thousandths
    tax_percents: Integers
    payers: Integers  # how many customers have a percent above 0
    first_payers: Integers  # position of the first of them in customer_ids
    customer_ids: pa.Array
    resource_ids: pa.Array
    resource_roles: Integers  # positions in ROLES

    def running_on(self, day: np.datetime64) -> Integers:
        """Positions of the lines that are worked on that day."""
        return np.flatnonzero((self.starts <= day) & (day <= self.ends))


def bookable(firm: Firm, dice: np.random.Generator) -> Bookable:
    """Time-and-material lines with customers: on other lines nobody books, or nobody takes the sales."""
    booked = [(contract, line) for contract, line in firm.lines if line.class_percents and line.split]
    contracts, lines = zip(*booked, strict=True)
    currencies = [contract.currency for contract in contracts]
    customers = [
        [
            customer.customer_id
            for customer, percent in zip(contract.customers, line.split, strict=False)
            if percent != "0"
        ]
        for contract, line in booked
    ]
    payers = np.array([len(each) for each in customers])
    return Bookable(
        contract_ids=pa.array([contract.contract_id for contract in contracts]),
        line_ids=pa.array([line.line_id for line in lines]),
        starts=np.array([contract.start for contract in contracts], dtype="datetime64[D]"),
        ends=np.array([contract.end for contract in contracts], dtype="datetime64[D]"),
        volumes=np.array([line.kind.volume for line in lines]) * dice.lognormal(0, 0.6, len(lines)),
        class_bounds=np.cumsum([line.class_percents for line in lines], axis=1),
        thousandths_per_usd=np.array([1000 * currency.per_usd for currency in currencies]),
        price_levels=np.array([contract.price_level for contract in contracts]),
        price_steps=np.array([currency.price_step for currency in currencies]),
        units=np.array([currency.smallest_unit for currency in currencies]),
        tax_percents=np.array([contract.tax_percent for contract in contracts]),
        payers=payers,
        first_payers=np.cumsum(payers) - payers,
        customer_ids=pa.array([customer_id for each in customers for customer_id in each]),
        resource_ids=pa.array([resource.resource_id for resource in firm.resources]),
        resource_roles=np.array([ROLES.index(resource.role) for resource in firm.resources]),
    )
