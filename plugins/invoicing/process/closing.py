"""Last step: prove that the run adds up, say so on its schedule rows, and give the lease back."""

from __future__ import annotations

import sqlalchemy as sa

from invoicing.errors import AccountingError
from invoicing.process.exceptions import detect_exceptions
from invoicing.process.ledger import Run, fail_run, find_run, record
from invoicing.settings import Settings
from invoicing.warehouse.statements import execute


def close_run(connection: sa.Connection, *, run_key: str, settings: Settings) -> Run | None:
    """Ends the run: `succeeded` when its steps are done and it adds up, else `failed`, with the lease given back.

    Returns the run as it stands then; None when it never got as far as the ledger.

    Raises:
        AccountingError: the run does not add up. The caller's transaction is rolled back and `fail_closing` is due.
    """
    run = find_run(connection, run_key)
    if run is None or run.status != "running":
        return run
    if run.step != "written":
        fail_run(connection, run, f"stopped at step {run.step!r}")
        return find_run(connection, run_key)
    _prove(connection, run)
    execute(connection, "process/mark_schedule_rows", run_id=run.run_id, ran_at=run.started_at)
    execute(connection, "process/mark_milestones", run_id=run.run_id, ran_at=run.started_at)
    # Once more, now that the rows are marked: what this run did itself is no longer a problem.
    detect_exceptions(connection, run.run_date, catch_up_days=settings.catch_up_days, contract_ids=run.contract_ids)
    closed = record(connection, run, "succeed_run")
    execute(connection, "ledger/empty_staging")
    return closed


def _prove(connection: sa.Connection, run: Run) -> None:
    wrong = f"run {run.run_id} of {run.run_date} does not add up"
    found = execute(connection, "process/prove_accounting", run_id=run.run_id).one()
    everything = (found.transactions, found.transactions, found.amount)
    if (found.accounted_as_it_is, found.accounted_transactions, found.accounted_amount) != everything:
        raise AccountingError(
            f"{wrong}: the due lines have {found.transactions} open actuals of {found.amount} in all; it accounts for "
            f"{found.accounted_transactions} of {found.accounted_amount}, and {found.accounted_as_it_is} of them are as they "
            "were; clear find_due_contract_lines and what follows it"
        )
    for place in ("invoice_lines", "details"):
        for line in execute(connection, f"process/prove_{place}", run_id=run.run_id):
            raise AccountingError(
                f"{wrong}: line {line.contract_line_id} of contract {line.contract_id} for {line.run_date} should have "
                f"{line.detail_count} details of {line.chargeable_amount} chargeable, and its {place.replace('_', ' ')} say "
                f"{line.found_count} of {line.found_amount}; clear the day and run it again"
            )
    for invoice in execute(connection, "process/prove_invoices", run_id=run.run_id):
        raise AccountingError(
            f"{wrong}: invoice {invoice.invoice_id} of contract {invoice.contract_id} says {invoice.total_amount} and its "
            f"lines {invoice.line_total}; clear the day and run it again"
        )
