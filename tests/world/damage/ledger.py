"""What goes wrong in the ledger of the runs, and with what their steps leave for each other: part of `damage`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from tests.world.damage.guards import Target, change, inflict
from tests.world.names import CONTRACT, LINE
from tests.world.stored import PRIVATE

Private = Literal["due rows", "sums"]

_TABLES: dict[Private, str] = dict(zip(("due rows", "sums"), PRIVATE, strict=True))

# Of the attempts of a run.
_OF_DATE = "t.attempt_id IN (SELECT r.attempt_id FROM invoicing.invoice_run AS r WHERE r.run_date = :of_date)"


# What runs say of themselves


def change_run(target: Target, run_date: date, **columns: Any) -> None:
    """The attempts of a date read otherwise."""
    change(target, "invoice_run", "t.run_date = :of_date", columns, of_date=run_date)


def change_buckets(target: Target, run_date: date, **columns: Any) -> None:
    """What the attempts of a date counted, in each of their buckets, reads otherwise."""
    change(target, "run_bucket", _OF_DATE, columns, of_date=run_date)


def lose_buckets(target: Target, run_date: date) -> None:
    """Nobody knows any more which buckets the attempts of a date were made of."""
    inflict(target, f"DELETE FROM invoicing.run_bucket AS t WHERE {_OF_DATE}", of_date=run_date)


def change_ready_amount(target: Target, run_date: date, amount: int) -> None:
    """The attempts of a date found work of another amount ready."""
    change(target, "run_amount", _OF_DATE, {"ready_amount": amount}, of_date=run_date)


def change_accounting(target: Target, reason: str, **columns: Any) -> None:
    """What runs say of a reason reads otherwise."""
    change(target, "run_accounting", "CAST(t.reason AS text) = :of_reason", columns, of_reason=reason)


def lose_accounting(target: Target, reason: str) -> None:
    inflict(target, "DELETE FROM invoicing.run_accounting WHERE CAST(reason AS text) = :reason", reason=reason)


def run_on(target: Target) -> None:
    """Runs that ended read as if they were in progress."""
    inflict(target, "UPDATE invoicing.invoice_run SET status = 'running'")


def forge_ended_run(target: Target, ended_at: datetime, trigger: str = "scheduled", run_key: str = "earlier") -> None:
    """A run that nobody made ended at a moment."""
    inflict(
        target,
        """
        INSERT INTO invoicing.invoice_run (run_id, run_key, attempt, run_date, trigger, status, started_at, ended_at)
        SELECT
            coalesce(max(run_id), 0) + 1, :run_key, coalesce(max(attempt) FILTER (WHERE run_key = :run_key), 0) + 1,
            CAST(CAST(:ended_at AS timestamptz) AT TIME ZONE 'UTC' AS date), :trigger, 'succeeded', :ended_at, :ended_at
        FROM invoicing.invoice_run
        """,
        ended_at=ended_at,
        trigger=trigger,
        run_key=run_key,
    )


# What the steps of an attempt leave for each other


def lose_private(target: Target, *what: Private) -> None:
    """What steps left for the next is gone, as after a crash of the server; all of it where nothing is named."""
    for name in what or tuple(_TABLES):
        inflict(target, f"DELETE FROM invoicing.{_TABLES[name]}")


def keep_private(target: Target, *, kept: bool) -> None:
    """A crash of the server takes nothing of what steps leave for each other; or, as it is, all of it."""
    for name in PRIVATE:
        inflict(target, f"ALTER TABLE invoicing.{name} SET {'LOGGED' if kept else 'UNLOGGED'}", at_least=None)


def lose_due_line(target: Target, line_id: str = LINE, contract_id: str = CONTRACT) -> None:
    """A due line is gone before it was invoiced, as after a crash of one worker."""
    inflict(
        target,
        "DELETE FROM invoicing.run_due_row WHERE (contract_id, contract_line_id) = (:contract_id, :line_id)",
        contract_id=contract_id,
        line_id=line_id,
    )


def lose_sum(target: Target, line_id: str) -> None:
    """What was added up of a line is gone before it was invoiced, as after a crash of one worker."""
    inflict(target, "DELETE FROM invoicing.run_line WHERE contract_line_id = :line_id", line_id=line_id)


def change_sum(target: Target, line_id: str, **columns: Any) -> None:
    """What was added up of a line reads otherwise than its transactions say."""
    change(target, "run_line", "t.contract_line_id = :line_id", columns, line_id=line_id)


def empty_sum(target: Target, line_id: str) -> None:
    """The shares that a sum is of are gone."""
    lists = ("billable_ids", "quantities", "unit_prices", "amounts", "tax_amounts")
    change_sum(target, line_id, **{name: [] for name in lists})
