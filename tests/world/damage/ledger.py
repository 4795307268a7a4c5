"""What goes wrong in the ledger of the runs: part of `damage`."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.world.damage.guards import Target, change, inflict


def change_run(target: Target, run_date: date, **columns: Any) -> None:
    """The runs of a date read otherwise."""
    change(target, "invoice_run", "t.run_date = :of_date", columns, of_date=run_date)


def change_accounting(target: Target, reason: str, **columns: Any) -> None:
    """What runs say of a reason reads otherwise."""
    change(target, "run_accounting", "CAST(t.reason AS text) = :of_reason", columns, of_reason=reason)


def lose_accounting(target: Target, reason: str) -> None:
    inflict(target, "DELETE FROM invoicing.run_accounting WHERE CAST(reason AS text) = :reason", reason=reason)


def run_at_once(target: Target) -> None:
    """All runs read as if they were in progress."""
    inflict(target, "DROP INDEX invoicing.uq_invoice_run_running", at_least=None)
    inflict(target, "UPDATE invoicing.invoice_run SET status = 'running'")
