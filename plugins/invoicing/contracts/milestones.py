"""Milestones of a fixed-price line that are generated: what it was contracted for, in equal parts on the dates of a series."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from invoicing.contracts.series import equal_parts
from invoicing.errors import (
    MilestonesExistError,
    MilestonesNotPossibleError,
    NotFoundError,
    NothingLeftError,
    TooManyMilestonesError,
    UsageError,
)
from invoicing.ledger.changes import Request
from invoicing.ledger.contracts import refuse_unknown_contracts
from invoicing.money import surplus_digits
from invoicing.source.kinds import ID_CHARACTERS
from invoicing.source.loading import load_into
from invoicing.warehouse.locks import lock_request, lock_slots_of
from invoicing.warehouse.statements import Statement, execute

FIND_LINE = Statement("contracts/milestones/find_line")
FIND_TAKEN = Statement("contracts/milestones/find_taken")

NO_TAX = Decimal(0)

_DIGEST_CHARACTERS = 8


@dataclass(frozen=True)
class Milestone:
    """A milestone as it is generated: named by its date, and not ready."""

    milestone_id: str
    name: str
    milestone_date: date
    amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class Generated:
    """The milestones that were added to a contract line, by date."""

    contract_id: str
    contract_line_id: str
    currency: str
    milestones: tuple[Milestone, ...]


def generate_milestones(
    connection: sa.Connection,
    *,
    contract_id: str,
    contract_line_id: str,
    dates: Sequence[date],
    tax: Decimal = NO_TAX,
    request: Request,
) -> Generated:
    """Adds milestones to a fixed-price line, so that all that it has come to its contracted amount.

    What is left of that amount, and `tax`, are shared equally; the last milestone takes the rest. The milestones are loaded as those of
    a source are. A source that does not know them leaves them alone, and one that names their ids takes them over.

    Raises:
        NotFoundError: there is no such contract or line.
        MilestonesNotPossibleError: the line is billed by time and material or has no contracted amount, or its contract is closed.
        NothingLeftError: the milestones that the line has come to its contracted amount, or more.
        TooManyMilestonesError: some would be of an amount of 0.
        MilestonesExistError: the contract has milestones of these ids.
        UsageError: the tax is not one of such an amount.
    """
    refuse_unknown_contracts(connection, [contract_id])
    lock_request(connection, request.key)
    lock_slots_of(connection, [contract_id])  # as a load does, since it becomes one
    line = execute(connection, FIND_LINE, contract_id=contract_id, contract_line_id=contract_line_id).one_or_none()
    if line is None:
        raise NotFoundError(f"no line {contract_line_id} in contract {contract_id}")
    amount = _amount_left(contract_line_id, line)
    unit = Decimal(1).scaleb(-line.decimals)
    if abs(amount) < unit * len(dates):
        raise TooManyMilestonesError(len(dates), amount, line.currency, int(abs(amount) / unit))
    _refuse_tax(tax, amount, line.currency, line.decimals)
    amounts, taxes = (equal_parts(total, len(dates), line.decimals) for total in (amount, tax))
    milestones = tuple(
        Milestone(milestone_id(contract_line_id, day), day.isoformat(), day, *shares)
        for day, *shares in zip(dates, amounts, taxes, strict=True)
    )
    names = [milestone.milestone_id for milestone in milestones]
    taken = execute(connection, FIND_TAKEN, contract_id=contract_id, milestone_ids=names).scalars().all()
    if taken:
        raise MilestonesExistError(contract_line_id, taken)
    generated = Generated(contract_id, contract_line_id, line.currency, milestones)
    _load(connection, generated, request)
    return generated


def milestone_id(contract_line_id: str, day: date) -> str:
    """The id of a generated milestone: line and date. A line with a long id is told apart by the beginning and a digest of it."""
    name, room = contract_line_id, ID_CHARACTERS - len(f"/{day}")
    if len(name) > room:
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        name = f"{name[: room - len(digest) - 1]}~{digest}"
    return f"{name}/{day}"


def _amount_left(contract_line_id: str, line: sa.Row[tuple[object, ...]]) -> Decimal:
    """What is left of the contracted amount. Of less than nothing, as of a discount, less than nothing is left."""
    if line.state == "closed":
        raise MilestonesNotPossibleError(contract_line_id, "is of a closed contract, which is not invoiced any more")
    if line.billing_method != "fixed_price":
        raise MilestonesNotPossibleError(
            contract_line_id, "is billed by time and material; milestones belong to a fixed-price line"
        )
    if line.contracted_amount is None:
        raise MilestonesNotPossibleError(contract_line_id, "has no contracted_amount to share; load it with its line")
    left: Decimal = line.contracted_amount - line.planned_amount
    if left * line.contracted_amount <= 0:
        raise NothingLeftError(contract_line_id, line.contracted_amount, line.planned_amount)
    return left


def _refuse_tax(tax: Decimal, amount: Decimal, currency: str, decimals: int) -> None:
    if not tax.is_finite():
        raise UsageError(f"tax {tax} is not a number; write digits and a decimal point alone")
    if surplus := surplus_digits(tax):
        raise UsageError(f"tax {tax} {surplus}")
    if tax != round(tax, decimals):
        raise UsageError(f"tax {tax} has more decimals than {currency}, which has {decimals}; round it")
    if tax * amount < 0:
        raise UsageError(f"tax {tax} has not the sign of the amount {amount}; correct it")


def _load(connection: sa.Connection, generated: Generated, request: Request) -> None:
    """In a folder as a source delivers it, so that no rule of a load is written twice."""
    line = {"contract_id": generated.contract_id, "contract_line_id": generated.contract_line_id}
    rows = [line | vars(milestone) | {"billing_status": "not_ready"} for milestone in generated.milestones]
    with tempfile.TemporaryDirectory() as folder:
        with Path(folder, "milestones.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        load_into(connection, Path(folder), request=request)
