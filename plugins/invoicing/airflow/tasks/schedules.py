"""The task of generate_invoice_schedules: it opens its transaction and calls the function that `invoicing schedule` calls."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import pendulum
import sqlalchemy as sa
from airflow.sdk import get_current_context

from invoicing.airflow.notify.notes import SUMMARY_KEY
from invoicing.airflow.run_context import names_of, request_of, run_context
from invoicing.airflow.ui.decorators import task
from invoicing.airflow.warehouse import warehouse_engine
from invoicing.contracts.schedules import ADDED, REMOVED, Generated, generate_schedules
from invoicing.errors import UsageError
from invoicing.escapes import printable
from invoicing.ledger.changes import Request, list_change_ids
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import rehearsing, writing

MOST_LISTED = 100  # in an XCom; the warehouse has all rows
_MOST_LOGGED = 1000  # rows, or lines: a first run may add a year of every contract

logger = logging.getLogger(__name__)


@task(multiple_outputs=False)
def fill_schedules() -> dict[str, Any]:
    """### Fills the invoice schedules
    Adds the run dates that the frequencies of contract lines make, up to `INVOICING_SCHEDULE_DAYS` from today. A row that exists is
    never changed, unless the form asks to replace. With `preview` it shows the same, and writes nothing.

    | You see | It means | Do |
    |---|---|---|
    | `waiting` above 0 | rows to come differ from the frequency that their line has by now | look at a preview with `replace`, then trigger it |
    | `without_start` | lines with a frequency and no `billing_start_date`, which get no rows | enter the start in the source and load it |
    | `INV-101` | the form asks to replace and names no contracts, or names contracts beside all | trigger again with one or the other |
    | `INV-102` | a contract that was named does not exist; nothing was changed | trigger again with what is right |
    | the task retries | somebody else works on one of the contracts, or the warehouse is not available | wait |

    Cleared, it adds what is missing by then, and nothing twice.
    [Runbook](/invoicing/dags/generate_invoice_schedules/runbook#invoice-schedules)
    """
    settings, context = read_settings(), get_current_context()
    contract_ids, replace = _asked(context)
    is_preview, request = run_context(context, settings).is_preview, request_of(context, settings)
    # Not the day of the run: one that is cleared later would look for rows to add and replace in the past.
    today = pendulum.now(settings.timezone).date()
    transaction = rehearsing if is_preview else writing
    with transaction(warehouse_engine(settings), settings.wait_seconds) as connection:
        generated = generate_schedules(
            connection,
            today=today,
            days_ahead=settings.schedule_days,
            request=request,
            contract_ids=contract_ids,
            replace=replace,
        )
        is_repeated = _changed_before(connection, request, generated)
    _log(generated, is_preview)
    until = today + timedelta(days=settings.schedule_days)
    context["ti"].xcom_push(SUMMARY_KEY, _summary(generated, until, is_preview, is_repeated))
    return _told(generated, until, is_preview)


def _asked(context: Any) -> tuple[list[str] | None, bool]:
    """The contracts that the form names (None: all), and whether it asks to replace. To replace, all is a choice of its own."""
    named = names_of(context, "contract_ids")
    everything, replace = (bool(context["params"].get(name)) for name in ("everything", "replace"))
    if named and everything:
        raise UsageError("name contracts, or choose all of them, not both")
    if replace and not (named or everything):
        raise UsageError("say whose rows are replaced: name contracts, or choose all of them")
    return named or None, replace


def _changed_before(connection: sa.Connection, request: Request, generated: Generated) -> bool:
    """Whether this very run has changed schedules when it was tried before. What it does now is one change, or none."""
    return len(list_change_ids(connection, request)) > bool(generated.rows)


def _log(generated: Generated, is_preview: bool) -> None:
    if is_preview:
        logger.info("A preview: nothing of this is written.")
    for row in generated.rows[:_MOST_LOGGED]:
        logger.info(
            "%s: contract %s, line %s, run date %s",
            row.change.capitalize(),
            printable(row.contract_id),
            printable(row.contract_line_id),
            row.run_date,
        )
    if len(generated.rows) > _MOST_LOGGED:
        logger.info("And %s rows more.", f"{len(generated.rows) - _MOST_LOGGED:,}")
    if generated.waiting:
        logger.warning("%s to come differ from the frequencies; replace changes them", _count(generated.waiting, "row"))
    for contract_id, line_id in generated.without_start[:_MOST_LOGGED]:
        logger.warning(
            "Line %s of contract %s has a frequency and no billing_start_date: nothing is generated",
            printable(line_id),
            printable(contract_id),
        )


def _summary(generated: Generated, until: date, is_preview: bool, is_repeated: bool) -> str:
    added, removed = (_count(len(generated.of(change)), "row") for change in (ADDED, REMOVED))
    parts = [
        f"Preview, nothing of it is written: {added} added, {removed} removed, up to {until}."
        if is_preview
        else f"{added} added, {removed} removed, up to {until}."
    ]
    if is_repeated:
        parts.append("An earlier try of this run has changed others already.")
    if generated.waiting:
        parts.append(f"{_count(generated.waiting, 'row')} to come differ from the frequencies: replace changes them.")
    if generated.without_start:
        contract_id, line_id = generated.without_start[0]
        more = f" and {len(generated.without_start) - 1:,} more" if len(generated.without_start) > 1 else ""
        parts.append(f"Without billing_start_date: line {line_id} of contract {contract_id}{more}.")
    return " ".join(parts)


def _told(generated: Generated, until: date, is_preview: bool) -> dict[str, Any]:
    return {
        "preview": is_preview,
        "until": str(until),
        "added": len(generated.of(ADDED)),
        "removed": len(generated.of(REMOVED)),
        "rows_listed": [{**vars(row), "run_date": str(row.run_date)} for row in generated.rows[:MOST_LISTED]],
        "waiting": generated.waiting,
        "without_start": len(generated.without_start),
        "without_start_listed": [
            {"contract_id": contract_id, "contract_line_id": line_id}
            for contract_id, line_id in generated.without_start[:MOST_LISTED]
        ],
    }


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
