"""What must hold when `benchmarks.side_by_side` is over: nothing is lost, nothing is doubled, and a run changes nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import sqlalchemy as sa

from benchmarks.editors import ACCEPTED, Edit
from invoicing.audit.verify import verify
from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import reading

# Of the transactions that were there before: those that the rule of selection admits. Edits add none of them.
READY = """
SELECT b.contract_id, b.transaction_id, b.customer_id
FROM invoicing.billable AS b
INNER JOIN invoicing.schedule_row AS s
    ON b.contract_id = s.contract_id AND b.contract_line_id = s.contract_line_id AND b.transaction_date <= s.cutoff_date
WHERE b.source = 'transaction' AND b.is_ready AND s.run_date <= :day AND b.transaction_id LIKE 'T%'
"""
LOST_OR_DOUBLED = f"""
SELECT ready.contract_id, ready.transaction_id, count(d.detail_id) AS found, bool_or(removed.detail_id IS NOT NULL) AS is_removed
FROM ({READY}) AS ready
LEFT JOIN analytics.invoice_line_details AS d
    ON ready.contract_id = d.contract_id AND ready.transaction_id = d.transaction_id AND ready.customer_id = d.customer_id
LEFT JOIN invoicing.billable AS b
    ON ready.contract_id = b.contract_id AND ready.transaction_id = b.transaction_id AND ready.customer_id = b.customer_id
LEFT JOIN (
    SELECT DISTINCT contract_id, detail_id FROM analytics.invoice_changes WHERE action = 'detail_removed'
) AS removed ON b.contract_id = removed.contract_id AND b.billable_id = removed.detail_id
GROUP BY ready.contract_id, ready.transaction_id, ready.customer_id
HAVING count(d.detail_id) <> CASE WHEN bool_or(removed.detail_id IS NOT NULL) THEN 0 ELSE 1 END
"""
# An edit is identified once: by what it added or removed, or by the description that it changed.
TOLD = """
SELECT request_key, count(*) AS times FROM analytics.invoice_changes
WHERE request_key LIKE :name || '/%' AND (action IN ('detail_added', 'detail_removed') OR field = 'description')
GROUP BY request_key
"""
# Each change of a description begins with what the one before it left, and the last is what stands there.
BROKEN_CHAINS = """
SELECT told.detail_id
FROM (
    SELECT
        contract_id, detail_id, old_value, new_value,
        lag(new_value) OVER story AS before,
        lead(new_value) OVER story IS NULL AS is_last
    FROM analytics.invoice_changes
    WHERE field = 'description'
    WINDOW story AS (PARTITION BY contract_id, detail_id ORDER BY version)
) AS told
LEFT JOIN analytics.invoice_line_details AS d ON told.contract_id = d.contract_id AND told.detail_id = d.detail_id
WHERE
    (told.before IS NOT NULL AND told.before IS DISTINCT FROM told.old_value)
    OR (told.is_last AND d.detail_id IS NOT NULL AND d.description IS DISTINCT FROM told.new_value)
"""
STATE = """
SELECT count(*), sum(hashtextextended(CAST(t AS text), 0)) FROM invoicing.{} AS t
"""
TABLES = ("invoice", "invoice_line", "invoice_line_detail", "billable", "posting", "schedule_row")


def count_ready(engine: sa.Engine, day: date) -> int:
    """How many customers' shares of transactions are ready before the cut-off."""
    with engine.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM ({READY}) AS ready"), {"day": day}).scalar_one())


def failures(engine: sa.Engine, day: date, name: str, edits: Sequence[Edit]) -> Iterator[str]:
    """What does not hold."""
    with reading(engine) as connection:
        for difference in verify(connection):
            yield f"verify: {difference}"
    with engine.connect() as connection:
        yield from _edits(connection, name, edits)
        for row in connection.execute(sa.text(LOST_OR_DOUBLED), {"day": day}):
            removed = ", though an edit removed it" if row.is_removed else ""
            yield f"transaction {row.transaction_id} of {row.contract_id} is on {row.found} invoices{removed}"
    yield from _repeated(engine, day)


def _edits(connection: sa.Connection, name: str, edits: Sequence[Edit]) -> Iterator[str]:
    accepted = {edit.key for edit in edits if edit.outcome == ACCEPTED}
    told = {row.request_key: row.times for row in connection.execute(sa.text(TOLD), {"name": name})}
    yield from (f"{key} was accepted, and the history does not tell it" for key in sorted(accepted - told.keys()))
    yield from (f"{key} was refused, and the history tells it" for key in sorted(told.keys() - accepted))
    yield from (f"{key} is told {times} times" for key, times in sorted(told.items()) if times > 1)
    for row in connection.execute(sa.text(BROKEN_CHAINS)):
        yield f"an edit of detail {row.detail_id} was lost"


def _repeated(engine: sa.Engine, day: date) -> Iterator[str]:
    """The first run takes up what the load brought last; one more finds nothing to change."""
    run_day(engine, day, run_key="afterwards", settings=read_settings())
    before = _state(engine)
    written = run_day(engine, day, run_key="once more", settings=read_settings()).figures.invoices_written
    if written:
        yield f"a repeated run wrote {written} invoices"
    yield from (f"a repeated run changed {table}" for table, state in _state(engine).items() if before[table] != state)


def _state(engine: sa.Engine) -> dict[str, tuple[object, ...]]:
    with engine.connect() as connection:
        return {table: tuple(connection.execute(sa.text(STATE.format(table))).one()) for table in TABLES}
