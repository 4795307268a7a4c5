"""Makes some lines wrong on purpose, in ways that load: what an invoicing run must report without stopping."""

import random

from samples.agency.firm import Contract, Firm, Flaw, Line, Milestone


def spoil_lines(dice: random.Random, firm: Firm) -> None:
    """Give each flaw to some lines of active contracts, one flaw per line at most."""
    each = max(1, len(firm.lines) // 150)
    for flaw in Flaw:
        suitable = [
            (contract, line)
            for contract, line in firm.lines
            if contract.state == "active" and line.flaw is None and _fits(flaw, line)
        ]
        for contract, line in dice.sample(suitable, each):
            _spoil(flaw, contract, line)


def _fits(flaw: Flaw, line: Line) -> bool:
    match flaw:
        case Flaw.NO_MILESTONES:
            return line.kind.fixed_price
        case Flaw.NO_CUSTOMERS:
            return True
        case Flaw.CLASS_NOT_INCLUDED:
            return line.class_percents == (100, 0, 0, 0)
        case Flaw.NO_SCHEDULE | Flaw.MILESTONE_ON_TIME_AND_MATERIAL:
            return not line.kind.fixed_price


def _spoil(flaw: Flaw, contract: Contract, line: Line) -> None:
    line.flaw = flaw
    match flaw:
        case Flaw.NO_MILESTONES:
            line.milestones = ()
        case Flaw.NO_SCHEDULE:
            line.frequency = None
        case Flaw.NO_CUSTOMERS:
            line.split = ()
        case Flaw.MILESTONE_ON_TIME_AND_MATERIAL:
            halfway = contract.start + (contract.end - contract.start) / 2
            line.milestones = (Milestone("Go-live bonus", halfway, contract.currency.price(5_000), ready=True),)
        case Flaw.CLASS_NOT_INCLUDED:
            line.class_percents = (88, 6, 6, 0)
