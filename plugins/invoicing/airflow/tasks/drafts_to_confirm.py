"""The drafts that confirm_invoices has chosen, as its tasks hand them on: versions, sums, and what a person approves.

The versions are an XCom of some 45 bytes a draft (10,000 drafts: half a megabyte), so that what is confirmed is what was
looked at; everything that people read is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from uuid import UUID

from invoicing.airflow.tasks.handled import MOST_LISTED
from invoicing.escapes import markdown
from invoicing.lifecycle.approval import ApprovalDraft
from invoicing.lifecycle.invoices import Invoice, Refused

_MOST_SHOWN = 20  # to the person who approves; the largest of each currency


class Summed(Protocol):
    """What has an amount in a currency. A credit is below zero."""

    @property
    def currency(self) -> str: ...

    @property
    def total_amount(self) -> Decimal: ...


T = TypeVar("T", bound=Summed)


@dataclass(frozen=True)
class Sums:
    """What drafts of one currency come to."""

    drafts: int
    billed: Decimal
    credited: Decimal


def sums_of(drafts: Sequence[Summed]) -> dict[str, Sums]:
    """The sums by currency."""
    return {
        currency: Sums(
            drafts=len(found),
            billed=sum((draft.total_amount for draft in found if draft.total_amount > 0), Decimal(0)),
            credited=-sum((draft.total_amount for draft in found if draft.total_amount < 0), Decimal(0)),
        )
        for currency, found in _largest_first(drafts).items()
    }


def result_of(drafts: Sequence[Invoice]) -> dict[str, Any]:
    """What the task that chose the drafts shows, of each currency the largest first."""
    by_currency = _largest_first(drafts)
    return {
        "drafts": len(drafts),
        "sums": {
            currency: {"drafts": one.drafts, "billed": str(one.billed), "credited": str(one.credited)}
            for currency, one in sums_of(drafts).items()
        },
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
            for found in by_currency.values()
            for draft in found[: max(MOST_LISTED // len(by_currency), 1)]
        ],
    }


def versions_of(chosen: Sequence[Invoice]) -> dict[str, int]:
    """Of each invoice the version that it has now, as JSON can hold it."""
    return {str(invoice.invoice_id): invoice.version for invoice in chosen}


def as_versions(handed_on: Mapping[str, int]) -> dict[UUID, int | None]:
    """The same, as a confirmation takes it."""
    return {UUID(invoice_id): version for invoice_id, version in handed_on.items()}


def subject_text(drafts: Sequence[ApprovalDraft]) -> str:
    """The question in one line."""
    sums = ", ".join(f"{one.billed - one.credited:,} {currency}" for currency, one in sums_of(drafts).items())
    return f"Confirm {len(drafts):,} draft{'' if len(drafts) == 1 else 's'}: {sums}?"


def body_text(approval_id: int, drafts: Sequence[ApprovalDraft], left_out: Sequence[Refused]) -> str:
    """What the drafts come to, of each currency the largest of them, and what is left out, as Markdown."""
    lines = [
        "Confirmed invoices get their numbers and cannot be changed any more. A draft that somebody changes in the meantime "
        "is not confirmed.",
        "",
        "| Currency | Drafts | Billed | Credited |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {currency} | {one.drafts:,} | {one.billed:,} | {one.credited:,} |"
            for currency, one in sums_of(drafts).items()
        ),
        "",
        "| Contract | Customer | Origin | Status | Run date | Total | Draft |",
        "| --- | --- | --- | --- | --- | ---: | --- |",
    ]
    by_currency = _largest_first(drafts)
    lines += [
        f"| {markdown(draft.contract_id)} | {markdown(draft.customer_name or '')} | {draft.origin} | {draft.status} "
        f"| {draft.run_date} | {draft.total_amount:,} {draft.currency} | {draft.invoice_id} |"
        for found in by_currency.values()
        for draft in found[:_MOST_SHOWN]
    ]
    if any(len(found) > _MOST_SHOWN for found in by_currency.values()):
        lines += ["", f"These are the {_MOST_SHOWN} largest of each currency."]
    lines += ["", f"`invoicing approvals {approval_id}` lists all."]
    if left_out:
        lines += ["", "Left out:", "", *(f"- {markdown(str(refused))}" for refused in left_out[:_MOST_SHOWN])]
        if len(left_out) > _MOST_SHOWN:
            lines += [f"- and {len(left_out) - _MOST_SHOWN:,} more"]
    return "\n".join(lines)


def _largest_first(drafts: Sequence[T]) -> dict[str, list[T]]:
    """The drafts by currency: amounts of different currencies cannot be compared."""
    return {
        currency: sorted(
            (draft for draft in drafts if draft.currency == currency),
            key=lambda draft: abs(draft.total_amount),
            reverse=True,
        )
        for currency in sorted({draft.currency for draft in drafts})
    }
