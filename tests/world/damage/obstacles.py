"""What gets into the way of a step in the middle of its transaction: part of `damage`, and as private."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.world.damage.guards import inflict
from tests.world.place import Place

# A table that each step writes after it has written others.
_MIDDLE: Final = {
    "find_due_contract_lines": "billing_exception",
    "filter_ready_transactions": "run_line",
    "write_draft_invoices": "invoice_line_detail",
    "close_run": "invoice_run",
}

STEPS: Final = tuple(_MIDDLE)

# Statements whose transaction holds the rows of all invoices, and their table as a change of the schema does.
WRITE_EVERY_INVOICE: Final = "UPDATE invoicing.invoice SET version = version"
CLOSE_INVOICES: Final = "LOCK TABLE invoicing.invoice IN ACCESS EXCLUSIVE MODE"

# When a step is in its middle. The first step writes the table of the last one, too, but ends no attempt; and a bucket without
# contracts writes no row.
_MOMENT: Final = dict.fromkeys(STEPS, ("BEFORE INSERT OR UPDATE", "FOR EACH STATEMENT")) | {
    "write_draft_invoices": ("AFTER INSERT OR UPDATE", "FOR EACH ROW"),
    "close_run": ("AFTER UPDATE", "FOR EACH ROW WHEN (old.ended_at IS NULL AND new.ended_at IS NOT NULL)"),
}


@contextmanager
def refusing(place: Place, step: str) -> Iterator[None]:
    """Within the block the warehouse refuses what the step writes."""
    table = f"invoicing.{_MIDDLE[step]}"
    inflict(place, f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK (FALSE) NOT VALID", at_least=None)
    yield
    inflict(place, f"ALTER TABLE {table} DROP CONSTRAINT refused", at_least=None)


def disturb(place: Place, step: str, *troubles: str) -> None:
    """Troubles, statements of PL/pgSQL, befall the step one after the other, each time that it is tried; then it works."""
    cases = " ".join(f"WHEN {nth} THEN {trouble};" for nth, trouble in enumerate(troubles, start=1))
    inflict(place, "CREATE SEQUENCE public.tries", at_least=None)  # counts those that are rolled back, too
    _before(place, step, f"CASE nextval('public.tries') {cases} ELSE NULL; END CASE")


def make_wait(place: Place, step: str, key: int) -> None:
    """The step waits in its middle for anyone who holds the advisory lock of that key."""
    _before(place, step, f"PERFORM pg_advisory_xact_lock_shared({key})")


def lock_before(step: str) -> str:
    """A statement whose transaction makes the step wait in its middle, and lets everybody read."""
    return f"LOCK TABLE invoicing.{_MIDDLE[step]} IN SHARE MODE"


def _before(place: Place, step: str, action: str) -> None:
    """Something is done in the middle of the step."""
    function = f"""
        CREATE OR REPLACE FUNCTION public.before_the_step() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN {action}; RETURN NULL; END $$
    """
    event, each = _MOMENT[step]
    trigger = f"""
        CREATE TRIGGER before_the_step {event} ON invoicing.{_MIDDLE[step]}
        {each} EXECUTE FUNCTION public.before_the_step()
    """
    for statement in (function, trigger):
        inflict(place, statement, at_least=None)
