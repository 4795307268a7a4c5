"""The drafts that confirm_invoices has chosen, as its tasks hand them on: versions, sums, and what a person approves.

The versions are an XCom of some 45 bytes a draft (10,000 drafts: half a megabyte), so that what is confirmed is what was
looked at; everything that people read is bounded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from invoicing.airflow.tasks.handled import MOST_LISTED
from invoicing.lifecycle.invoices import Invoice

_MOST_SHOWN = 20  # to whoever approves; the largest


@dataclass(frozen=True)
class Sums:
    """What drafts of one currency come to. A credit is a draft with a total below zero."""

    drafts: int
    billed: Decimal
    credited: Decimal

    @property
    def moved(self) -> Decimal:
        """What is approved: a credit does not make a bill smaller, it is money, too."""
        return self.billed + self.credited


def sums_of(drafts: Sequence[Invoice]) -> dict[str, Sums]:
    """The sums by currency."""
    totals = {
        currency: [draft.total_amount for draft in drafts if draft.currency == currency]
        for currency in sorted({draft.currency for draft in drafts})
    }
    return {
        currency: Sums(
            drafts=len(amounts),
            billed=sum((amount for amount in amounts if amount > 0), Decimal(0)),
            credited=-sum((amount for amount in amounts if amount < 0), Decimal(0)),
        )
        for currency, amounts in totals.items()
    }


def needs_approval(sums: Mapping[str, Sums], limit: Decimal | None) -> bool:
    """Whether any currency comes to more than the limit; None: never."""
    return limit is not None and any(one.moved > limit for one in sums.values())


def result_of(drafts: Sequence[Invoice], limit: Decimal | None) -> dict[str, Any]:
    """What the task that chose the drafts shows, the largest drafts first."""
    sums = sums_of(drafts)
    largest = sorted(drafts, key=lambda draft: abs(draft.total_amount), reverse=True)
    return {
        "drafts": len(drafts),
        "sums": {
            currency: {"drafts": one.drafts, "billed": str(one.billed), "credited": str(one.credited)}
            for currency, one in sums.items()
        },
        "approval_amount": str(limit) if limit is not None else None,
        "needs_approval": needs_approval(sums, limit),
        "drafts_listed": [
            {
                "invoice_id": str(draft.invoice_id),
                "version": draft.version,
                "contract_id": draft.contract_id,
                "customer_id": draft.customer_id,
                "run_date": str(draft.run_date),
                "currency": draft.currency,
                "total_amount": str(draft.total_amount),
            }
            for draft in largest[:MOST_LISTED]
        ],
    }


def fingerprint(versions: Mapping[str, int]) -> str:
    """Tells one choice of drafts, at their versions, from any other."""
    told = "\n".join(f"{invoice_id} {version}" for invoice_id, version in sorted(versions.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def versions_of(chosen: Sequence[Invoice]) -> dict[str, int]:
    """Of each invoice the version that it has now, as JSON can hold it."""
    return {str(invoice.invoice_id): invoice.version for invoice in chosen}


def as_versions(handed_on: Mapping[str, int]) -> dict[UUID, int | None]:
    """The same, as a confirmation takes it."""
    return {UUID(invoice_id): version for invoice_id, version in handed_on.items()}


def subject_text(chosen: Mapping[str, Any]) -> str:
    """The question in one line."""
    sums = ", ".join(f"{_net(one):,} {currency}" for currency, one in chosen["sums"].items())
    return f"Confirm {chosen['drafts']:,} draft{'' if chosen['drafts'] == 1 else 's'}: {sums}?"


def body_text(chosen: Mapping[str, Any]) -> str:
    """What the drafts come to, and the largest of them, as Markdown."""
    lines = [
        "Confirmed invoices get their numbers and cannot be changed any more. A draft that somebody changes in the meantime "
        "is not confirmed.",
        "",
        "| Currency | Drafts | Billed | Credited |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {currency} | {one['drafts']:,} | {Decimal(one['billed']):,} | {Decimal(one['credited']):,} |"
            for currency, one in chosen["sums"].items()
        ),
        "",
        "| Contract | Customer | Run date | Total | Draft |",
        "| --- | --- | --- | ---: | --- |",
        *(
            f"| {_cell(draft['contract_id'])} | {_cell(draft['customer_id'])} | {draft['run_date']} "
            f"| {Decimal(draft['total_amount']):,} {draft['currency']} | {draft['invoice_id']} |"
            for draft in chosen["drafts_listed"][:_MOST_SHOWN]
        ),
    ]
    if chosen["drafts"] > _MOST_SHOWN:
        lines += ["", f"These are the {_MOST_SHOWN} largest; `invoicing invoices` lists all."]
    return "\n".join(lines)


def _net(sums: Mapping[str, str]) -> Decimal:
    return Decimal(sums["billed"]) - Decimal(sums["credited"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
