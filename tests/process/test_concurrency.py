"""Runs beside runs, beside other writers, and cut off at every statement: never two live invoices, nothing half done."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from invoicing.errors import RunHeldError, RunStateError, WarehouseRefusedError, WarehouseUnavailableError
from invoicing.process import day
from invoicing.process.day import Day
from invoicing.settings import PROJECT_ROOT, Settings
from invoicing.source.loading import load_folder
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.statements import SQL_ROOT
from invoicing.warehouse.transactions import WRITER_LOCK, writing
from tests.process.outcome import DRAFTS, RESULTS, billed, dump
from tests.process.steps import steps
from tests.process.warehouse import Warehouse, october
from tests.source.folders import SourceFolder

Dump = dict[str, list[str]]

DAY = october(5)
STATUSES = ("invoice_schedule", "milestone")
MOMENTS = ("created_at", "ran_at", "ran_by", "detected_at", "recorded_at")


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with something to invoice on 5 October."""
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, october(19))
    emptied.transaction("T1", october(1), "100")
    emptied.transaction("T2", october(2), "30")
    return emptied


def waits_for_a_lock(warehouse: Warehouse) -> bool:
    return bool(
        warehouse.read(
            """
            SELECT FROM pg_catalog.pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
            """
        )
    )


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    waiting = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        waiting.wait(0.01)
    raise TimeoutError


# Two runs at once


def outcome_of(run: Future[Day]) -> str:
    error = run.exception()
    return "done" if error is None else str(error)


def run_at_once(warehouse: Warehouse, run_date: date, *run_keys: str) -> list[str]:
    """What becomes of runs of a day that begin in the same moment."""
    start = threading.Barrier(len(run_keys))

    def run(run_key: str) -> Day:
        start.wait()
        return warehouse.run(run_date, run_key)

    with ThreadPoolExecutor(len(run_keys)) as threads:
        return [outcome_of(found) for found in [threads.submit(run, run_key) for run_key in run_keys]]


@pytest.fixture(scope="module")
def races(new_database: Callable[[str], sa.URL], template: str) -> tuple[Warehouse, list[list[str]]]:
    """Twelve days, each run by two at once; and what became of the two."""
    warehouse = Warehouse(create_engine(new_database(template)), Settings(wait_seconds=60))
    warehouse.contract()
    warehouse.line(percents={"Fabrikam": "50", "Northwind": "50"})
    for nth in range(2, 14):
        warehouse.schedule(october(nth))
        warehouse.transaction(f"T{nth}", october(nth - 1))
    return warehouse, [run_at_once(warehouse, october(nth), f"{nth}/first", f"{nth}/second") for nth in range(2, 14)]


def test_two_runs_at_once_never_make_two_invoices(races: tuple[Warehouse, list[list[str]]]) -> None:
    warehouse, _ = races
    assert billed(warehouse) == {october(nth): [f"T{nth}"] * 2 for nth in range(2, 14)}


def test_of_two_runs_at_once_one_waits_for_the_other(races: tuple[Warehouse, list[list[str]]]) -> None:
    _, outcomes = races
    assert outcomes == [["done", "done"]] * 12


def test_two_runs_at_once_leave_no_run_in_progress(races: tuple[Warehouse, list[list[str]]]) -> None:
    warehouse, _ = races
    statuses = Counter(row.status for row in warehouse.read("SELECT status FROM invoicing.invoice_run"))
    assert set(statuses) == {"succeeded"}


def test_run_of_the_same_key_waits_for_the_first(warehouse: Warehouse) -> None:
    assert run_at_once(warehouse, DAY, "same", "same", "same") == ["done"] * 3
    (run,) = warehouse.read("SELECT attempt, status FROM invoicing.invoice_run")
    assert (billed(warehouse), tuple(run)) == ({DAY: ["T1", "T2"]}, (3, "succeeded"))


RUN = """
import sys
from datetime import date
from invoicing.errors import RunHeldError
from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.warehouse.connection import create_engine, parse_url

engine = create_engine(parse_url(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for repeat in range(5):
    try:
        run_day(engine, date(2026, 10, 5), run_key=f"{sys.argv[2]}/{repeat}", settings=read_settings())
    except RunHeldError as refusal:
        print(refusal)
"""


def test_processes_that_run_a_day_at_once_make_one_invoice(warehouse: Warehouse) -> None:
    url = warehouse.engine.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, url, name],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("first", "second")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    refusals = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert billed(warehouse) == {DAY: ["T1", "T2"]}
    for refusal, other in zip(refusals, ("second", "first"), strict=True):
        assert all(f"({other}/" in line for line in refusal.splitlines())


# A run beside somebody who writes by hand

TAKE = (
    """
    INSERT INTO invoicing.invoice (
        contract_id, invoice_id, customer_id, currency, run_date, origin,
        chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount
    ) VALUES ('Adatum', '00000000-0000-0000-0000-000000000001', 'Fabrikam', 'USD', '2026-10-05', 'manual', 30, 0, 0, 0)
    """,
    """
    INSERT INTO invoicing.invoice_line VALUES
    ('Adatum', '00000000-0000-0000-0000-000000000001', 'work', 30, 0, 0, 0, 1)
    """,
    """
    INSERT INTO invoicing.invoice_line_detail (
        contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
    )
    SELECT
        contract_id, actual_id, '00000000-0000-0000-0000-000000000001', contract_line_id, billing_type, quantity,
        unit_price, amount, tax_amount
    FROM invoicing.actual WHERE transaction_id = 'T2'
    """,
)


@contextmanager
def taken_by_hand(warehouse: Warehouse) -> Iterator[sa.Connection]:
    """A transaction that puts T2 on a manual invoice, still open."""
    with warehouse.engine.connect() as connection:
        for statement in TAKE:
            connection.exec_driver_sql(statement)
        yield connection


def test_run_beside_a_manual_invoice_that_is_committed_fails_whole(warehouse: Warehouse) -> None:
    with taken_by_hand(warehouse) as by_hand, ThreadPoolExecutor() as threads:
        run = threads.submit(warehouse.run, DAY)
        until(lambda: waits_for_a_lock(warehouse))
        by_hand.commit()
        assert isinstance(run.exception(), WarehouseRefusedError)
    assert billed(warehouse) == {DAY: ["T2"]}


def test_run_that_failed_beside_a_manual_invoice_succeeds_when_it_is_repeated(warehouse: Warehouse) -> None:
    with taken_by_hand(warehouse) as by_hand, ThreadPoolExecutor() as threads:
        run = threads.submit(warehouse.run, DAY)
        until(lambda: waits_for_a_lock(warehouse))
        by_hand.commit()
        assert run.exception()
    assert warehouse.run(DAY).run.status == "succeeded"
    invoices = warehouse.read("SELECT origin, total_amount, detail_count FROM analytics.invoices ORDER BY origin")
    assert [tuple(invoice) for invoice in invoices] == [("manual", 30, 1), ("scheduled", 100, 1)]


def test_run_beside_a_manual_invoice_that_is_rolled_back_goes_on(warehouse: Warehouse) -> None:
    with taken_by_hand(warehouse) as by_hand, ThreadPoolExecutor() as threads:
        run = threads.submit(warehouse.run, DAY)
        until(lambda: waits_for_a_lock(warehouse))
        by_hand.rollback()
        assert run.result().run.status == "succeeded"
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_run_beside_a_manual_invoice_that_takes_too_long_gives_up_whole(warehouse: Warehouse) -> None:
    warehouse.settings = Settings(wait_seconds=1)
    with taken_by_hand(warehouse) as by_hand:
        with pytest.raises(WarehouseUnavailableError, match="did not finish in time"):
            warehouse.run(DAY)
        by_hand.rollback()
    assert dump(warehouse, DRAFTS) == {table: [] for table in DRAFTS}
    warehouse.run(DAY)
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_manual_invoice_of_what_a_run_billed_is_refused(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    with pytest.raises(sa.exc.IntegrityError, match="pk_invoice_line_detail"), taken_by_hand(warehouse):
        pass
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_transaction_recorded_between_the_steps_is_not_lost(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    run.find_due()
    warehouse.transaction("T3", october(3))
    for step in run.in_order[1:]:
        step()
    assert billed(warehouse) == {DAY: ["T1", "T2", "T3"]}


# A run beside a load


@pytest.mark.parametrize("last", [1, 2, 3])
def test_load_beside_a_run_in_progress_is_refused(warehouse: Warehouse, tmp_path: Path, last: int) -> None:
    for step in steps(warehouse, DAY, "in progress").in_order[:last]:
        step()
    before = dump(warehouse)
    with pytest.raises(RunHeldError, match=r"loading .* has to wait: run .* \(in progress, since"):
        load_folder(warehouse.engine, SourceFolder(tmp_path / "source").write(), wait_seconds=1)
    assert dump(warehouse) == before


def test_load_after_a_run_that_was_killed_is_not_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    steps(warehouse, DAY, "killed").find_due()
    warehouse.execute("UPDATE invoicing.invoice_run SET trigger = 'cli'")  # whose process shows no sign of life
    load_folder(warehouse.engine, SourceFolder(tmp_path / "source").write(), wait_seconds=1)
    assert warehouse.read("SELECT FROM invoicing.project_contract WHERE contract_id = 'C-1'")


def test_step_waits_for_a_load_to_end(warehouse: Warehouse) -> None:
    with warehouse.engine.connect() as load, ThreadPoolExecutor() as threads:
        load.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
        run = threads.submit(warehouse.run, DAY)
        until(lambda: waits_for_a_lock(warehouse))
        load.execute(sa.text("UPDATE invoicing.actual SET billing_status = 'unbilled' WHERE transaction_id = 'T2'"))
        load.commit()
        run.result()
    assert billed(warehouse) == {DAY: ["T1"]}


# What invoices refer to


GUARDED = {
    "actual is deleted": "DELETE FROM invoicing.actual",
    "actual is re-keyed": "UPDATE invoicing.actual SET contract_id = 'Contoso'",
    "transaction is deleted": "DELETE FROM invoicing.transaction",
    "transaction is re-keyed": "UPDATE invoicing.transaction SET transaction_id = transaction_id || 'b'",
    "invoice line is deleted": "DELETE FROM invoicing.invoice_line",
    "invoice line is re-keyed": "UPDATE invoicing.invoice_line SET contract_line_id = 'travel'",
    "invoice is deleted": "DELETE FROM invoicing.invoice",
    "invoice is re-keyed": "UPDATE invoicing.invoice SET invoice_id = gen_random_uuid()",
    "contract line is deleted": "DELETE FROM invoicing.contract_line",
    "customer is deleted": "DELETE FROM invoicing.customer",
}


@pytest.mark.parametrize("change", GUARDED)
def test_database_refuses_that_an_invoiced(warehouse: Warehouse, change: str) -> None:
    warehouse.line("travel")
    warehouse.run(DAY)
    with pytest.raises(sa.exc.IntegrityError) as refusal:
        warehouse.execute(GUARDED[change])
    assert isinstance(refusal.value.orig, psycopg.errors.ForeignKeyViolation)


# A run that is cut off


@dataclass
class CutOff:
    """A run whose session ended just before its `nth` statement or COMMIT arrived, and what was found after it."""

    statement: str
    error: BaseException | None
    drafts: Dump
    statuses: Dump
    repeated: Dump


@dataclass
class Sweep:
    """A run that was cut off at each of its statements in turn; `before` and `after` a run that nobody disturbed."""

    before: Dump
    after: Dump
    cut_offs: list[CutOff]

    def only(self, tables: Collection[str], moment: Dump) -> Dump:
        return {table: moment[table] for table in tables}


def much_to_change(warehouse: Warehouse) -> None:
    """A day that was run; and since then something to add to its drafts, and something to take off them."""
    warehouse.contract()
    warehouse.line(percents={"Fabrikam": "50", "Northwind": "50"})
    warehouse.line("travel")
    warehouse.line("prototype", method="fixed_price", percents={"Northwind": "100"})
    warehouse.schedule(DAY)
    warehouse.schedule(DAY, line_id="travel")
    warehouse.transaction("stays", october(1), "1")
    warehouse.transaction("leaves", october(1), "100")
    warehouse.transaction("leaves with its line", october(1), "30", line_id="travel")
    warehouse.contract("Emptied")
    warehouse.line(contract_id="Emptied")
    warehouse.schedule(DAY, contract_id="Emptied")
    warehouse.transaction("leaves with its invoice", october(1), contract_id="Emptied")
    warehouse.run(DAY, "before")
    warehouse.execute("UPDATE invoicing.actual SET billing_status = 'canceled' WHERE transaction_id LIKE 'leaves%'")
    warehouse.transaction("comes", october(1), "7")
    warehouse.milestone("comes with its line", DAY, line_id="prototype")
    warehouse.contract("Broken")
    warehouse.line(contract_id="Broken", percents={})
    warehouse.schedule(DAY, contract_id="Broken")


def save(warehouse: Warehouse) -> Callable[[], None]:
    """Keeps every row as it is now; what it returns brings them back."""
    columns: dict[str, list[str]] = {}
    for row in warehouse.read(
        """
        SELECT c.table_name, c.column_name
        FROM information_schema.columns AS c INNER JOIN information_schema.tables AS t USING (table_schema, table_name)
        WHERE c.table_schema = 'invoicing' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
            AND c.table_name <> 'currency'
        """
    ):
        columns.setdefault(row.table_name, []).append(row.column_name)
    warehouse.execute("CREATE SCHEMA saved")
    for table in columns:
        warehouse.execute(f"CREATE TABLE saved.{table} AS TABLE invoicing.{table}")
    restore = "; ".join(
        f"INSERT INTO invoicing.{table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE"
        f" SELECT {', '.join(names)} FROM saved.{table}"
        for table, names in columns.items()
    )

    def bring_back() -> None:
        warehouse.empty()
        with warehouse.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(restore)

    return bring_back


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
                killer.execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))

    def before_statement(connection: sa.Connection, _: Any, statement: str, *__: Any) -> None:
        count(connection, statement)

    def before_commit(connection: sa.Connection) -> None:
        count(connection, "COMMIT")

    sa.event.listen(engine, "before_cursor_execute", before_statement)
    sa.event.listen(engine, "commit", before_commit)
    yield sent


def cut_off(warehouse: Warehouse, nth: int) -> CutOff | None:
    """None: the run ended before its nth statement."""
    engine = create_engine(warehouse.engine.url)
    error: BaseException | None = None
    with ended_before(engine, nth) as sent:
        try:
            warehouse.at(engine).run(DAY, "cut off")
        except Exception as found:
            error = found
    if len(sent) < nth:
        return None
    drafts, statuses = dump(warehouse, DRAFTS, without=MOMENTS), dump(warehouse, STATUSES, without=MOMENTS)
    warehouse.run(DAY, "cut off" if nth % 2 else "another")
    return CutOff(sent[nth - 1], error, drafts, statuses, dump(warehouse, RESULTS, without=MOMENTS))


@pytest.fixture(scope="module")
def sweep(new_database: Callable[[str], sa.URL], template: str) -> Sweep:
    warehouse = Warehouse(create_engine(new_database(template)))
    much_to_change(warehouse)
    bring_back = save(warehouse)
    before = dump(warehouse, RESULTS, without=MOMENTS)
    warehouse.run(DAY, "undisturbed")
    found = Sweep(before, dump(warehouse, RESULTS, without=MOMENTS), [])
    for nth in itertools.count(1):
        bring_back()
        ended = cut_off(warehouse, nth)
        if ended is None:
            return found
        found.cut_offs.append(ended)
    raise AssertionError


def test_run_was_cut_off_at_every_statement(sweep: Sweep) -> None:
    """Or the tests below would prove nothing."""
    reached = {cut_off.statement.splitlines()[0] for cut_off in sweep.cut_offs}
    left_out = {
        path.stem for path in SQL_ROOT.glob("process/**/*.sql") if path.read_text().splitlines()[0] not in reached
    }
    # They ask for contracts that were named, when there is nothing to add, when nothing is due, and after a run.
    assert left_out == {"known_contracts", "count_stale_details", "why_nothing_is_due", "measure_lag"}
    assert [cut_off.statement for cut_off in sweep.cut_offs].count("COMMIT") == 4


def test_run_that_is_cut_off_says_that_the_warehouse_was_not_available(sweep: Sweep) -> None:
    for cut_off in sweep.cut_offs:
        assert isinstance(cut_off.error, WarehouseUnavailableError), cut_off.statement


def test_run_that_is_cut_off_leaves_no_draft_half_done(sweep: Sweep) -> None:
    for cut_off in sweep.cut_offs:
        assert cut_off.drafts in (sweep.only(DRAFTS, sweep.before), sweep.only(DRAFTS, sweep.after)), cut_off.statement


def test_run_that_is_cut_off_marks_no_row(sweep: Sweep) -> None:
    for cut_off in sweep.cut_offs:
        assert cut_off.statuses == sweep.only(STATUSES, sweep.before), cut_off.statement


def test_run_that_was_cut_off_gives_the_same_when_it_is_run_again(sweep: Sweep) -> None:
    for cut_off in sweep.cut_offs:
        assert cut_off.repeated == sweep.after, cut_off.statement


# A run that loses its sign of life


def test_run_that_lost_its_sign_of_life_goes_on_when_nobody_takes_over(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_drafts(warehouse, monkeypatch, lambda: None)
    warehouse.run(DAY, "first")
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_run_that_lost_its_sign_of_life_fails_when_another_took_over(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_over() -> None:
        for step in steps(warehouse, DAY, "second").in_order:
            step()

    before_drafts(warehouse, monkeypatch, take_over)
    with pytest.raises(RunStateError, match="due_lines 0 instead of 1"):
        warehouse.run(DAY, "first")
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def before_drafts(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """What happens between the second and the third step of a run, once its sign of life is lost."""

    @contextmanager
    def writing_after_a_break(engine: sa.Engine, wait_seconds: int, *, shared: bool = False) -> Iterator[sa.Connection]:
        steps_taken.append(1)
        if len(steps_taken) == 3:
            warehouse.read(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity
                WHERE datname = current_database() AND application_name = 'invoicing' AND pid <> pg_backend_pid()
                """
            )
            happens()
        with writing(engine, wait_seconds, shared=shared) as connection:
            yield connection

    steps_taken: list[int] = []
    monkeypatch.setattr(day, "writing", writing_after_a_break)
