"""A run whose session ends at any statement of it: never anything half done, and the day can be run again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from invoicing.errors import WarehouseUnavailableError
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.statements import SQL_ROOT
from tests.world import damage
from tests.world.names import october
from tests.world.reads import DRAFTS, RESULTS, shown
from tests.world.verdict import differences
from tests.world.world import World

DAY = october(5)

# What a bucket writes in its transaction.
WRITTEN = (*DRAFTS, "invoice_schedule")

Shown = dict[str, list[str]]


@dataclass
class CutOff:
    """A run whose session ended just before a statement or COMMIT arrived, and what was found after it."""

    statement: str
    error: BaseException | None
    left: Shown
    repeated: Shown


@dataclass
class Sweep:
    """A run that was cut off at each of its statements in turn; `before` and `after` a run that nobody disturbed."""

    before: Shown
    after: Shown
    cut_offs: list[CutOff]


def only(views: tuple[str, ...], found: Shown) -> Shown:
    return {view: found[view] for view in views}


def much_to_change(world: World) -> None:
    """A day that was run; and since then something to add to its drafts, and something to take off them."""
    world.contract()
    world.line(percents={"Fabrikam": "50", "Northwind": "50"})
    world.line("travel")
    world.line("prototype", method="fixed_price", percents={"Northwind": "100"})
    world.schedule(DAY)
    world.schedule(DAY, line_id="travel")
    leaving = ("leaves", "leaves with its line", "leaves with its invoice")
    world.transaction("stays", october(1), "1")
    world.transaction(leaving[0], october(1), "100")
    world.transaction(leaving[1], october(1), "30", line_id="travel")
    world.contract("Emptied")
    world.line(contract_id="Emptied")
    world.schedule(DAY, contract_id="Emptied")
    world.transaction(leaving[2], october(1), contract_id="Emptied")
    world.run(DAY, "before")
    for transaction_id, contract_id in zip(leaving, ("Adatum", "Adatum", "Emptied"), strict=True):
        world.revise("transactions", transaction_id, contract_id=contract_id, billing_status="canceled")
    world.transaction("comes", october(1), "7")
    world.milestone("comes with its line", DAY, line_id="prototype")
    world.contract("Broken")
    world.line(contract_id="Broken")
    world.schedule(DAY, contract_id="Broken")
    damage.break_split(world, contract_id="Broken")


@contextmanager
def ended_before(engine: sa.Engine, nth: int) -> Iterator[list[str]]:
    """Ends the session that sends the nth statement or COMMIT just before it arrives; collects what was sent."""
    sent: list[str] = []
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def count(connection: sa.Connection, statement: str) -> None:
        sent.append(statement)
        if len(sent) == nth:
            driver: Any = connection.connection.driver_connection
            with psycopg.connect(url, autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(CAST(%s AS integer), 5000)", (driver.info.backend_pid,))

    def before_statement(connection: sa.Connection, _: Any, statement: str, *__: Any) -> None:
        count(connection, statement)

    def before_commit(connection: sa.Connection) -> None:
        count(connection, "COMMIT")

    sa.event.listen(engine, "before_cursor_execute", before_statement)
    sa.event.listen(engine, "commit", before_commit)
    yield sent


def cut_off(world: World, nth: int) -> CutOff | None:
    """None: the run ended before its nth statement."""
    engine = create_engine(world.engine.url)
    error: BaseException | None = None
    with ended_before(engine, nth) as sent:
        try:
            world.at(engine).run(DAY, "cut off")
        except Exception as found:
            error = found
    engine.dispose()
    if len(sent) < nth:
        return None
    left = shown(world, WRITTEN, moments=False)
    world.run(DAY, "cut off" if nth % 2 else "another")
    assert [found for found in differences(world) if found.contract_id != "Broken"] == []
    return CutOff(sent[nth - 1], error, left, shown(world, RESULTS, moments=False))


@pytest.fixture(scope="module")
def sweep(
    new_world: Callable[[], World], copy_world: Callable[[World], World], administer: Callable[[str], None]
) -> Sweep:
    built = new_world()
    much_to_change(built)
    built.load()
    undisturbed = copy_world(built)
    undisturbed.run(DAY, "undisturbed")
    found = Sweep(shown(built, WRITTEN, moments=False), shown(undisturbed, RESULTS, moments=False), [])
    for nth in itertools.count(1):
        world = copy_world(built)
        ended = cut_off(world, nth)
        administer(f"DROP DATABASE {world.engine.url.database} WITH (FORCE)")
        if ended is None:
            return found
        found.cut_offs.append(ended)
    raise AssertionError


def test_run_was_cut_off_at_every_statement(sweep: Sweep) -> None:
    """Or the tests below would prove nothing."""
    reached = {cut_off.statement.splitlines()[0] for cut_off in sweep.cut_offs}
    left_out = {
        f"{path.parent.name}/{path.stem}"
        for path in SQL_ROOT.glob("process/**/*.sql")
        if path.read_text().splitlines()[0] not in reached
    }
    # They ask when nothing is due or ready, before a Sleep, of a preview, and when somebody was at work on a bucket meanwhile.
    assert left_out == {
        "closing/count_on_a_draft",
        "cycle/find_latest_cycle_end",
        "day/count_previewed",
        "day/list_previewed_amounts",
        "day/list_previewed_invoices",
        "due_lines/find_first_run_date",
        "due_lines/record_bucket",
    }
    assert [cut_off.statement for cut_off in sweep.cut_offs].count("COMMIT") == 4


def test_run_that_is_cut_off_says_that_the_warehouse_was_not_available(sweep: Sweep) -> None:
    for cut_off in sweep.cut_offs:
        assert isinstance(cut_off.error, WarehouseUnavailableError), cut_off.statement


def test_run_that_is_cut_off_has_written_its_bucket_whole_or_left_nothing(sweep: Sweep) -> None:
    for cut_off in sweep.cut_offs:
        assert cut_off.left in (sweep.before, only(WRITTEN, sweep.after)), cut_off.statement


def test_bucket_is_written_by_its_commit_and_not_before(sweep: Sweep) -> None:
    written = [cut_off.left != sweep.before for cut_off in sweep.cut_offs]
    commits = [nth for nth, cut_off in enumerate(sweep.cut_offs) if cut_off.statement == "COMMIT"]
    assert written.index(True) == commits[2] + 1
    assert all(written[commits[2] + 1 :])


def test_run_that_was_cut_off_gives_the_same_when_it_is_run_again(sweep: Sweep) -> None:
    for cut_off in sweep.cut_offs:
        assert cut_off.repeated == sweep.after, cut_off.statement
