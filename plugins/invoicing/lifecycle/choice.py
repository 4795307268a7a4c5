"""Which drafts are to be confirmed: named one by one, or by what they have in common. What somebody leaves empty chooses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from invoicing.errors import NotFoundError, OptionsError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.confirmation import choose_drafts
from invoicing.lifecycle.invoices import Invoice, Refused, as_they_stand, find_invoices
from invoicing.warehouse.locks import lock_contracts, lock_request

_EXCEPTED = "was excepted"


@dataclass(frozen=True)
class Choice:
    """One of three ways: these invoices, by id or number; the drafts of a run date, of contracts, or of both; or everything.

    `except_invoices`: what is left out of the second and the third.
    """

    invoices: Sequence[str] = ()
    run_date: date | None = None
    contract_ids: Sequence[str] = ()
    everything: bool = False
    except_invoices: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Raises:
        OptionsError: no way to choose was taken, or more than one.
        """
        ways = [bool(self.invoices), bool(self.run_date or self.contract_ids), self.everything]
        if sum(ways) != 1:
            raise OptionsError(
                "say which drafts in one way: invoices by id or number; a run date, contracts, or both; or all there are"
            )
        if self.invoices and self.except_invoices:
            raise OptionsError("of invoices that are named one by one, leave out those that are not meant")

    def __str__(self) -> str:
        of_date = f" of {self.run_date}" if self.run_date else ""
        return f"draft{of_date}" if self.everything or not self.contract_ids else f"draft{of_date} of these contracts"


@dataclass(frozen=True)
class Chosen:
    """The invoices that are meant, as they stand.

    `missing`: what was named of which there is none. `left_out`: drafts that the choice passes by, and why.
    """

    invoices: tuple[Invoice, ...]
    missing: tuple[Refused, ...] = ()
    left_out: tuple[Refused, ...] = ()


def choose(connection: sa.Connection, choice: Choice) -> Chosen:
    """The invoices that somebody means.

    Raises:
        NotFoundError: something is to be left out that does not exist; anyone who meant another invoice would see it confirmed.
    """
    if choice.invoices:
        found, unknown = find_invoices(connection, choice.invoices)
        return Chosen(as_they_stand(connection, found), tuple(unknown))
    excepted, unknown = find_invoices(connection, choice.except_invoices)
    if unknown:
        raise NotFoundError(f"nothing is left out by these names: {'; '.join(map(str, unknown))}")
    drafts, left_out = choose_drafts(connection, run_date=choice.run_date, contract_ids=choice.contract_ids or None)
    bare = sorted(set(choice.contract_ids) - {draft.contract_id for draft in drafts})
    of_date = f" of {choice.run_date}" if choice.run_date else ""
    return Chosen(
        tuple(draft for draft in drafts if draft.invoice_id not in set(excepted)),
        tuple(Refused(contract_id, f"has no draft{of_date} to confirm") for contract_id in bare),
        (
            *(Refused(str(draft.invoice_id), _EXCEPTED) for draft in drafts if draft.invoice_id in set(excepted)),
            *left_out,
        ),
    )


def choose_alone(connection: sa.Connection, choice: Choice, request: Request) -> Chosen:
    """As `choose`, and nobody else changes the contracts of what is chosen from here to the end of the transaction: what others do
    to a draft before that is seen here, and is no reason to refuse it later.

    Raises:
        NotFoundError: as `choose`.
    """
    lock_request(connection, request.key)
    contract_ids = {invoice.contract_id for invoice in choose(connection, choice).invoices}
    lock_contracts(connection, sorted(contract_ids))
    chosen = choose(connection, choice)
    # The first draft of another contract may have come meanwhile: that contract is not locked, and out of turn by now.
    return replace(chosen, invoices=tuple(draft for draft in chosen.invoices if draft.contract_id in contract_ids))
