"""What goes wrong with what a source delivered: part of `damage`."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.world.damage.guards import Target, change, inflict
from tests.world.damage.invoices import STATUS
from tests.world.names import CONTRACT, LINE

# A source that changes its mind


def source_changes(
    target: Target,
    transaction_id: str,
    contract_id: str = CONTRACT,
    *,
    billing_status: str | None = None,
    **columns: Any,
) -> None:
    """A transaction that one customer pays reads otherwise, as if a load had brought it and told nobody."""
    named = {"contract_id": contract_id, "transaction_id": transaction_id}
    source = columns if billing_status is None else {**columns, "billing_status": billing_status}
    share = columns if billing_status is None else {**columns, **STATUS[billing_status]}
    of_transaction = "(t.contract_id, t.transaction_id) = (:contract_id, :transaction_id)"
    change(target, "transaction", of_transaction, source, **named)
    change(target, "billable", f"{of_transaction} AND t.part = 1", share, **named)


def change_contract_line(target: Target, line_id: str = LINE, contract_id: str = CONTRACT, **columns: Any) -> None:
    """A line reads otherwise, though a load refuses that."""
    change(
        target,
        "contract_line",
        "(t.contract_id, t.contract_line_id) = (:contract_id, :line_id)",
        columns,
        contract_id=contract_id,
        line_id=line_id,
    )


# Contract lines that cannot be invoiced


def break_split(target: Target, line_id: str = LINE, contract_id: str = CONTRACT) -> None:
    """The percents of a line do not come to 100 any more."""
    inflict(
        target,
        """
        UPDATE invoicing.contract_line_customer SET split_percent = split_percent - 1
        WHERE (contract_id, contract_line_id) = (:contract_id, :line_id) AND is_rounding_customer
        """,
        contract_id=contract_id,
        line_id=line_id,
    )


def remove_rounding_customer(target: Target, line_id: str = LINE, contract_id: str = CONTRACT) -> None:
    """Nobody takes what rounding leaves."""
    inflict(
        target,
        """
        UPDATE invoicing.contract_line_customer SET is_rounding_customer = false
        WHERE (contract_id, contract_line_id) = (:contract_id, :line_id) AND is_rounding_customer
        """,
        contract_id=contract_id,
        line_id=line_id,
    )


def remove_line_customers(target: Target, line_id: str = LINE, contract_id: str = CONTRACT) -> None:
    """A line that had customers has none."""
    inflict(
        target,
        """
        DELETE FROM invoicing.contract_line_customer
        WHERE (contract_id, contract_line_id) = (:contract_id, :line_id)
        """,
        contract_id=contract_id,
        line_id=line_id,
    )


# Rows that are due


def set_run_status(
    target: Target, status: str, run_date: date, line_id: str = LINE, contract_id: str = CONTRACT
) -> None:
    """The schedule rows of a line on a date, its milestones among them, read as if they had run otherwise than they did."""
    inflict(
        target,
        """
        UPDATE invoicing.schedule_row SET run_status = CAST(:status AS invoicing.run_status)
        WHERE (contract_id, contract_line_id, run_date) = (:contract_id, :line_id, :run_date)
        """,
        status=status,
        contract_id=contract_id,
        line_id=line_id,
        run_date=run_date,
    )
