"""What goes wrong with the shares of work and the drafts that bill them: part of `damage`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from tests.world.damage.guards import Target, change, inflict
from tests.world.names import CONTRACT

# How the tables say what analysts and sources know as one status.
STATUS: Final[Mapping[str, Mapping[str, Any]]] = {
    "unbilled": {"state": "open", "is_ready": False},
    "ready_to_invoice": {"state": "open", "is_ready": True},
    "invoice_posted": {"state": "billed"},
    "canceled": {"state": "canceled"},
}

# What an open share says of itself.
_COLUMNS = """
    contract_id, contract_line_id, customer_id, source, transaction_id, is_sale, transaction_class, transaction_date, quantity,
    unit_price, amount, tax_amount, billing_type, state, is_ready, change_id
"""
_DETAIL = "contract_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount"

# Lines and invoices say what their details come to, as somebody would see to who hides what he took.
_DOCTORED = (
    """
    UPDATE invoicing.invoice_line AS l
    SET (chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count) = (
        SELECT
            coalesce(sum(d.amount) FILTER (WHERE d.billing_type = 'chargeable'), 0),
            coalesce(sum(d.amount) FILTER (WHERE d.billing_type = 'non_chargeable'), 0),
            coalesce(sum(d.amount) FILTER (WHERE d.billing_type = 'complimentary'), 0),
            coalesce(sum(d.tax_amount) FILTER (WHERE d.billing_type = 'chargeable'), 0),
            count(*)
        FROM invoicing.invoice_line_detail AS d
        WHERE (d.contract_id, d.invoice_id, d.contract_line_id) = (l.contract_id, l.invoice_id, l.contract_line_id)
    )
    """,
    "DELETE FROM invoicing.invoice_line WHERE detail_count = 0",
    """
    UPDATE invoicing.invoice AS i
    SET (chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount) = (
        SELECT
            coalesce(sum(l.chargeable_amount), 0),
            coalesce(sum(l.non_chargeable_amount), 0),
            coalesce(sum(l.complimentary_amount), 0),
            coalesce(sum(l.tax_amount), 0)
        FROM invoicing.invoice_line AS l WHERE (l.contract_id, l.invoice_id) = (i.contract_id, i.invoice_id)
    )
    """,
    """
    DELETE FROM invoicing.invoice AS i WHERE NOT EXISTS (
        SELECT FROM invoicing.invoice_line AS l WHERE (l.contract_id, l.invoice_id) = (i.contract_id, i.invoice_id)
    )
    """,
)


def hide(target: Target) -> None:
    """All totals are made to match the details; what has none any more goes."""
    for statement in _DOCTORED:
        inflict(target, statement, at_least=0)


# Shares of transactions and milestones


def change_share(
    target: Target, name: str, customer_id: str | None = None, *, billing_status: str | None = None, **columns: Any
) -> None:
    """What a customer owes for a transaction or milestone, or what they all owe, reads otherwise."""
    columns = columns if billing_status is None else {**columns, **STATUS[billing_status]}
    change(target, "billable", _share(customer_id), columns, name=name, customer_id=customer_id)


def lose_shares(target: Target, name: str) -> None:
    inflict(target, f"DELETE FROM invoicing.billable AS t WHERE {_share(None)}", name=name)


def double_share(target: Target, transaction_id: str) -> None:
    """A share stands there twice, and both are on its draft."""
    inflict(target, "DROP INDEX invoicing.uq_billable_transaction", at_least=None)
    _copy_share(target, transaction_id)
    inflict(
        target,
        f"""
        INSERT INTO invoicing.invoice_line_detail (billable_id, invoice_id, {_DETAIL})
        SELECT b.billable_id, d.invoice_id, {", ".join(f"b.{name}" for name in _DETAIL.split(", "))}
        FROM invoicing.billable AS b
        CROSS JOIN (SELECT d.invoice_id FROM invoicing.invoice_line_detail AS d WHERE {_detail(None)}) AS d
        WHERE b.billable_id = (SELECT max(billable_id) FROM invoicing.billable WHERE transaction_id = :name)
        """,
        name=transaction_id,
    )


def replace_open_share(target: Target, transaction_id: str) -> None:
    """A share is replaced by another and stays open itself."""
    _copy_share(target, transaction_id, ", part, replaces_actual_id", ", part + 1, CAST(billable_id AS text)")


def _copy_share(target: Target, transaction_id: str, into: str = "", values: str = "") -> None:
    inflict(
        target,
        f"""
        INSERT INTO invoicing.billable ({_COLUMNS}{into})
        SELECT {_COLUMNS}{values} FROM invoicing.billable WHERE transaction_id = :transaction_id
        """,
        transaction_id=transaction_id,
    )


def take_past_locks(target: Target, transaction_id: str, contract_id: str = CONTRACT) -> None:
    """Somebody who takes no lock puts a transaction that one customer pays onto an invoice of their own."""
    share = "b.contract_id = :contract_id AND b.transaction_id = :transaction_id"
    for statement in (
        f"""
        INSERT INTO invoicing.invoice (
            contract_id, invoice_id, customer_id, currency, run_date, origin, version, chargeable_amount, tax_amount
        )
        SELECT contract_id, CAST(md5(:transaction_id) AS uuid), customer_id, 'USD', transaction_date, 'manual', change_id,
            amount, tax_amount
        FROM invoicing.billable AS b WHERE {share}
        """,
        f"""
        INSERT INTO invoicing.invoice_line (
            contract_id, invoice_id, contract_line_id, chargeable_amount, non_chargeable_amount, complimentary_amount,
            tax_amount, detail_count
        )
        SELECT contract_id, CAST(md5(:transaction_id) AS uuid), contract_line_id, amount, 0, 0, tax_amount, 1
        FROM invoicing.billable AS b WHERE {share}
        """,
        f"""
        INSERT INTO invoicing.invoice_line_detail (billable_id, invoice_id, {_DETAIL})
        SELECT billable_id, CAST(md5(:transaction_id) AS uuid), {_DETAIL} FROM invoicing.billable AS b WHERE {share}
        """,
    ):
        inflict(target, statement, contract_id=contract_id, transaction_id=transaction_id)


# Details of drafts


def change_detail(target: Target, name: str, customer_id: str = "Fabrikam", **columns: Any) -> None:
    """A detail bills its transaction or milestone otherwise than was said."""
    change(target, "invoice_line_detail", _detail(customer_id, "t"), columns, name=name, customer_id=customer_id)


def lose_detail(target: Target, name: str, customer_id: str = "Fabrikam") -> None:
    inflict(
        target,
        f"DELETE FROM invoicing.invoice_line_detail AS d WHERE {_detail(customer_id)}",
        name=name,
        customer_id=customer_id,
    )


def move_detail(
    target: Target,
    name: str,
    customer_id: str = "Fabrikam",
    *,
    invoice_id: UUID | None = None,
    contract_line_id: str | None = None,
) -> None:
    """A detail lies on another invoice, or on another line of it."""
    places = {"invoice_id": invoice_id, "contract_line_id": contract_line_id}
    change_detail(target, name, customer_id, **{place: value for place, value in places.items() if value is not None})


# Lines and invoices


def change_line(target: Target, contract_line_id: str, **columns: Any) -> None:
    """An invoice line reads otherwise, or lies on another invoice."""
    change(target, "invoice_line", "t.contract_line_id = :line_id", columns, line_id=contract_line_id)


def forge_line(target: Target, invoice_id: UUID, contract_line_id: str, contract_id: str = CONTRACT) -> None:
    """An invoice line of nothing."""
    inflict(
        target,
        """
        INSERT INTO invoicing.invoice_line (
            contract_id, invoice_id, contract_line_id, chargeable_amount, non_chargeable_amount, complimentary_amount,
            tax_amount, detail_count
        ) VALUES (:contract_id, :invoice_id, :line_id, 0, 0, 0, 0, 0)
        """,
        contract_id=contract_id,
        invoice_id=invoice_id,
        line_id=contract_line_id,
    )


def lose_line(target: Target, contract_line_id: str) -> None:
    """An invoice line goes and leaves its details."""
    inflict(target, "DELETE FROM invoicing.invoice_line WHERE contract_line_id = :line_id", line_id=contract_line_id)


def change_invoices(
    target: Target,
    run_date: date | None = None,
    customer_id: str | None = None,
    contract_id: str | None = None,
    **columns: Any,
) -> None:
    """The invoices of a date, of a customer or of a contract read otherwise, or all of them."""
    change(
        target,
        "invoice",
        """
        (CAST(:run_date AS date) IS NULL OR t.run_date = :run_date)
        AND (CAST(:of_customer AS text) IS NULL OR t.customer_id = :of_customer)
        AND (CAST(:of_contract AS text) IS NULL OR t.contract_id = :of_contract)
        """,
        columns,
        run_date=run_date,
        of_customer=customer_id,
        of_contract=contract_id,
    )


def lose_invoice(target: Target, invoice_id: UUID) -> None:
    """An invoice goes and leaves its lines and details."""
    inflict(target, "DELETE FROM invoicing.invoice WHERE invoice_id = :invoice_id", invoice_id=invoice_id)


def lose_what_is_on(target: Target, invoice_id: UUID) -> None:
    """An invoice is left without lines and details."""
    for table in ("invoice_line", "invoice_line_detail"):
        inflict(target, f"DELETE FROM invoicing.{table} WHERE invoice_id = :invoice_id", invoice_id=invoice_id)


def _share(customer_id: str | None, alias: str = "t") -> str:
    shares = f"coalesce({alias}.transaction_id, {alias}.milestone_id) = :name"
    return shares if customer_id is None else f"{shares} AND {alias}.customer_id = :customer_id"


def _detail(customer_id: str | None, alias: str = "d") -> str:
    return f"""
    ({alias}.contract_id, {alias}.billable_id) IN (
        SELECT s.contract_id, s.billable_id FROM invoicing.billable AS s WHERE {_share(customer_id, "s")}
    )"""
