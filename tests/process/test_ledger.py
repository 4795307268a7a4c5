"""The ledger keeps the steps of a run together: what one leaves the next has to find, and the sums have to add up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal

import pytest
import sqlalchemy as sa

from invoicing.errors import AccountingError, InvoicingError, RunHeldError, RunStateError
from invoicing.process import day
from invoicing.process.buckets import Bucket
from invoicing.process.closing import close_run
from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.process.due_lines import find_due_contract_lines
from invoicing.process.ledger import Run, fail_run, find_run
from invoicing.settings import PROJECT_ROOT, Settings
from invoicing.warehouse.lease import sign_of_life
from invoicing.warehouse.transactions import writing
from tests.process.outcome import DRAFTS, accounting, billed, dump, run_status
from tests.process.steps import Steps, steps
from tests.process.warehouse import Warehouse, october

DAY = october(5)


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with two lines and a milestone to invoice on 5 October."""
    emptied.contract()
    emptied.line()
    emptied.line("travel")
    emptied.line("prototype", method="fixed_price")
    emptied.schedule(DAY)
    emptied.schedule(DAY, line_id="travel")
    emptied.milestone("M1", DAY, "5000", line_id="prototype")
    emptied.transaction("T1", october(1), "100")
    emptied.transaction("T2", october(2), "30")
    emptied.transaction("T3", october(2), "7", line_id="travel")
    return emptied


# Everything is accounted for


def test_every_open_transaction_is_accounted_for_once(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line(excludes=("fee",), percents={"Fabrikam": "50", "Northwind": "50"})
    emptied.schedule(DAY, october(12))
    emptied.transaction("reviewed", october(1), "1000")
    emptied.run(DAY)
    emptied.execute("UPDATE invoicing.invoice SET status = 'in_review'")
    emptied.transaction("ready", october(6), "100")
    emptied.transaction("not ready", october(6), "20", status="unbilled")
    emptied.transaction("fee", october(6), "3", transaction_class="fee")
    emptied.transaction("late", october(12), "0.40")
    emptied.transaction("canceled", october(6), "7777", status="canceled")
    assert accounting(emptied, emptied.run(october(12)).run) == {
        "on_a_draft": (2, 1000),
        "invoiced": (2, 100),
        "not_ready": (2, 20),
        "class_not_included": (2, 3),
        "after_cutoff": (2, Decimal("0.40")),
    }


def test_lines_that_are_not_due_are_not_accounted_for(warehouse: Warehouse) -> None:
    warehouse.line("maintenance")
    warehouse.transaction("T4", october(1), line_id="maintenance")
    assert accounting(warehouse, warehouse.run(DAY).run) == {"invoiced": (3, 137)}


def test_milestones_are_not_accounted_for(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line("prototype", method="fixed_price")
    emptied.milestone("M1", DAY, line_id="prototype")
    assert accounting(emptied, emptied.run(DAY).run) == {}


def test_day_that_is_run_again_accounts_for_the_same(warehouse: Warehouse) -> None:
    first, second = warehouse.run(DAY, "first").run, warehouse.run(DAY, "second").run
    assert accounting(warehouse, second) == accounting(warehouse, first)


def test_run_that_is_cleared_accounts_anew(warehouse: Warehouse) -> None:
    warehouse.run(DAY, "scheduled")
    warehouse.transaction("T4", october(3), "1")
    assert accounting(warehouse, warehouse.run(DAY, "scheduled").run) == {"invoiced": (4, 138)}


# A run that does not add up

SWAP = """
    UPDATE invoicing.actual SET
        billing_status = CAST(CASE transaction_id WHEN 'T2' THEN 'canceled' ELSE 'unbilled' END AS invoicing.billing_status)
    WHERE transaction_id IN ('T2', 'same amount')
"""
_COLUMNS = (
    "run_id, contract_id, contract_line_id, actual_id, customer_id, run_date, reason, is_milestone, already_drafted, "
    "billing_type, quantity, unit_price, amount, tax_amount"
)
DOUBLE = (
    f"INSERT INTO invoicing.run_selection ({_COLUMNS}) SELECT {_COLUMNS} FROM invoicing.run_selection WHERE amount = 30"
)
# Of each change of the data while a run is in progress: the step that it follows, and the statement.
CHANGES = {
    "transaction appears before the drafts": ("filter_ready", "new"),
    "transaction appears after the drafts": ("write_drafts", "new"),
    "transaction is canceled before the drafts": (
        "filter_ready",
        "UPDATE invoicing.actual SET billing_status = 'canceled' WHERE transaction_id = 'T2'",
    ),
    "transaction is canceled after the drafts": (
        "write_drafts",
        "UPDATE invoicing.actual SET billing_status = 'canceled' WHERE transaction_id = 'T2'",
    ),
    "transaction changes its amount": (
        "filter_ready",
        "UPDATE invoicing.actual SET amount = amount + 0.01 WHERE transaction_id = 'T2'",
    ),
    "transaction is replaced by one of the same amount": ("filter_ready", SWAP),
    "detail is deleted": ("write_drafts", "DELETE FROM invoicing.invoice_line_detail WHERE amount = 30"),
    "last detail of a line is deleted": ("write_drafts", "DELETE FROM invoicing.invoice_line_detail WHERE amount = 7"),
    "detail is altered": ("write_drafts", "UPDATE invoicing.invoice_line_detail SET amount = 31 WHERE amount = 30"),
    "tax of a detail is altered": ("write_drafts", "UPDATE invoicing.invoice_line_detail SET tax_amount = 1"),
    "detail becomes complimentary": (
        "write_drafts",
        "UPDATE invoicing.invoice_line_detail SET billing_type = 'complimentary' WHERE amount = 30",
    ),
    "detail moves to another line": (
        "write_drafts",
        "UPDATE invoicing.invoice_line_detail SET contract_line_id = 'travel' WHERE amount = 30",
    ),
    "line total is altered": (
        "write_drafts",
        "UPDATE invoicing.invoice_line SET chargeable_amount = 131 WHERE contract_line_id = 'work'",
    ),
    "invoice total is altered": ("write_drafts", "UPDATE invoicing.invoice SET tax_amount = tax_amount + 1"),
    "line and invoice totals are altered alike": (
        "write_drafts",
        """
        WITH line AS (
            UPDATE invoicing.invoice_line SET chargeable_amount = 131 WHERE contract_line_id = 'work' RETURNING *
        )
        UPDATE invoicing.invoice SET chargeable_amount = invoice.chargeable_amount + 1 FROM line
        """,
    ),
    "detail count of a line is altered": (
        "write_drafts",
        "UPDATE invoicing.invoice_line SET detail_count = 1 WHERE contract_line_id = 'work'",
    ),
}


def disturbed(warehouse: Warehouse, change: str) -> Steps:
    """A run that is ready to be closed, during which somebody changed the data."""
    after, statement = CHANGES[change]
    if statement is SWAP:
        warehouse.transaction("same amount", october(2), "30", status="canceled")
    run = steps(warehouse, DAY)
    for step in run.in_order[:-1]:
        step()
        if step.__name__ == after and statement == "new":
            warehouse.transaction("T4", october(2), "1", status="unbilled")
        elif step.__name__ == after:
            assert warehouse.execute(statement), "changed nothing"
    return run


@pytest.mark.parametrize("change", CHANGES)
def test_run_fails_when(warehouse: Warehouse, change: str) -> None:
    run = disturbed(warehouse, change)
    with pytest.raises(AccountingError, match="does not add up"):
        run.close()


def test_run_that_does_not_add_up_marks_no_rows(warehouse: Warehouse) -> None:
    with pytest.raises(AccountingError):
        disturbed(warehouse, "detail is deleted").close()
    assert run_status(warehouse, DAY) == "not_run"


@pytest.mark.parametrize(
    "change",
    [
        "transaction appears before the drafts",
        "transaction is canceled before the drafts",
        "transaction changes its amount",
        "detail is deleted",
        "last detail of a line is deleted",
        "detail is altered",
        "line total is altered",
        "invoice total is altered",
    ],
)
def test_run_that_did_not_add_up_can_be_run_again_after(warehouse: Warehouse, change: str) -> None:
    with pytest.raises(AccountingError):
        disturbed(warehouse, change).close()
    warehouse.run(DAY, "scheduled")
    (sums,) = warehouse.read(
        """
        SELECT
            (SELECT sum(amount) FROM invoicing.invoice_line_detail) AS details,
            (SELECT sum(chargeable_amount) FROM invoicing.invoice_line) AS lines,
            (SELECT sum(total_amount) FROM invoicing.invoice) AS invoices,
            (
                SELECT sum(amount) FROM invoicing.actual
                WHERE billing_status = 'ready_to_invoice' AND transaction_date <= '2026-10-05'
            ) AS actuals
        """
    )
    assert len(set(sums)) == 1, sums


def test_run_that_does_not_add_up_names_the_line(warehouse: Warehouse) -> None:
    with pytest.raises(
        AccountingError, match=r"line travel of contract Adatum .* should have 1 details of 7.00 .* 0 of 0"
    ):
        disturbed(warehouse, "last detail of a line is deleted").close()


def test_run_that_does_not_add_up_names_the_invoice(warehouse: Warehouse) -> None:
    with pytest.raises(
        AccountingError, match=r"invoice [0-9a-f-]{36} of contract Adatum says 5138.00 and its lines 5137.00"
    ):
        disturbed(warehouse, "invoice total is altered").close()


def test_run_that_does_not_add_up_says_both_sums(warehouse: Warehouse) -> None:
    with pytest.raises(AccountingError, match="have 4 open actuals of 138 in all; it accounts for 3 of 137"):
        disturbed(warehouse, "transaction appears before the drafts").close()


def test_day_whose_run_does_not_add_up_ends_as_failed(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_and_lose(connection: sa.Connection, *, run_key: str, bucket: Bucket, settings: Settings) -> Run:
        written = write_draft_invoices(connection, run_key=run_key, bucket=bucket, settings=settings)
        connection.exec_driver_sql("DELETE FROM invoicing.invoice_line_detail WHERE amount = 7")
        return written

    monkeypatch.setattr(day, "write_draft_invoices", write_and_lose)
    with pytest.raises(AccountingError):
        warehouse.run(DAY)
    (run,) = warehouse.read("SELECT status, failure FROM invoicing.invoice_run")
    assert run.status == "failed"
    assert "does not add up" in run.failure


# What a step leaves for the next

TAMPERING = {
    "due line is gone": ("find_due", "DELETE FROM invoicing.run_due_line WHERE contract_line_id = 'work'"),
    "due line appears": (
        "find_due",
        """
        INSERT INTO invoicing.run_due_line
        SELECT run_id, contract_id, contract_line_id, '2026-10-04', '2026-10-03', '-infinity', '2026-10-03'
        FROM invoicing.run_due_line WHERE contract_line_id = 'work'
        """,
    ),
    "selection is gone": ("filter_ready", "TRUNCATE invoicing.run_selection"),
    "selected transaction is gone": ("filter_ready", "DELETE FROM invoicing.run_selection WHERE amount = 30"),
    "selected transaction is doubled": (
        "filter_ready",
        DOUBLE,
    ),
    "selected transaction is taken out": (
        "filter_ready",
        "UPDATE invoicing.run_selection SET reason = 'not_ready' WHERE amount = 30",
    ),
    "line is gone": ("filter_ready", "DELETE FROM invoicing.run_invoice_line WHERE contract_line_id = 'travel'"),
    "line says another amount": (
        "filter_ready",
        "UPDATE invoicing.run_invoice_line SET chargeable_amount = 8 WHERE contract_line_id = 'travel'",
    ),
    "line counts other details": (
        "filter_ready",
        "UPDATE invoicing.run_invoice_line SET detail_count = 2 WHERE contract_line_id = 'travel'",
    ),
    "due line is gone before the drafts": (
        "filter_ready",
        "DELETE FROM invoicing.run_due_line WHERE contract_line_id = 'work'",
    ),
}


def tampered(warehouse: Warehouse, tampering: str) -> Callable[[], object]:
    """The step after the one whose legacy somebody changed."""
    after, statement = TAMPERING[tampering]
    run = steps(warehouse, DAY)
    names = [step.__name__ for step in run.in_order]
    for step in run.in_order[: names.index(after) + 1]:
        step()
    warehouse.execute(statement)
    return run.in_order[names.index(after) + 1]


@pytest.mark.parametrize("tampering", TAMPERING)
def test_step_refuses_to_go_on_when(warehouse: Warehouse, tampering: str) -> None:
    step = tampered(warehouse, tampering)
    with pytest.raises(RunStateError, match="left something else than the ledger says"):
        step()


def test_step_that_refuses_says_both_figures_and_what_to_do(warehouse: Warehouse) -> None:
    step = tampered(warehouse, "due line is gone")
    with pytest.raises(RunStateError, match=r"due_lines 2 instead of 3.*clear find_due_contract_lines"):
        step()


def test_step_that_refuses_writes_nothing(warehouse: Warehouse) -> None:
    step = tampered(warehouse, "selected transaction is gone")
    with pytest.raises(RunStateError):
        step()
    assert dump(warehouse, DRAFTS) == {table: [] for table in DRAFTS}


def test_run_that_was_tampered_with_can_be_run_again(warehouse: Warehouse) -> None:
    step = tampered(warehouse, "selection is gone")
    with pytest.raises(RunStateError):
        step()
    for again in steps(warehouse, DAY).in_order:
        again()
    assert billed(warehouse) == {DAY: ["M1", "T1", "T2", "T3"]}


# Steps in order


@pytest.mark.parametrize("step", ["filter_ready", "write_drafts"])
def test_step_of_a_run_that_never_opened_is_refused(warehouse: Warehouse, step: str) -> None:
    with pytest.raises(RunStateError, match="no run scheduled in the ledger; start with find_due_contract_lines"):
        getattr(steps(warehouse, DAY), step)()


def test_drafts_are_refused_before_the_selection(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    run.find_due()
    with pytest.raises(RunStateError, match="is at step 'due', not yet at 'ready'"):
        run.write_drafts()


def test_drafts_are_refused_before_the_selection_of_a_run_that_was_cleared(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    for step in run.in_order:
        step()
    run.find_due()
    with pytest.raises(RunStateError, match="is at step 'due', not yet at 'ready'"):
        run.write_drafts()


@pytest.mark.parametrize("step", ["filter_ready", "write_drafts", "close"])
def test_step_of_a_closed_run_does_nothing(warehouse: Warehouse, step: str) -> None:
    warehouse.run(DAY, "scheduled")
    warehouse.transaction("T4", october(3))
    before = dump(warehouse)
    getattr(steps(warehouse, DAY), step)()
    assert dump(warehouse) == before


@pytest.mark.parametrize("step", ["filter_ready", "write_drafts", "close"])
def test_step_of_a_closed_run_does_nothing_to_a_run_in_progress(warehouse: Warehouse, step: str) -> None:
    warehouse.run(DAY, "closed")
    steps(warehouse, DAY, "in progress").find_due()
    before = dump(warehouse)
    getattr(steps(warehouse, DAY, "closed"), step)()
    assert dump(warehouse) == before


def test_steps_after_nothing_was_due_do_nothing(emptied: Warehouse) -> None:
    run = steps(emptied, DAY)
    run.find_due()
    before = dump(emptied, without=["lease_until"])
    run.filter_ready()
    run.write_drafts()
    assert dump(emptied, without=["lease_until"]) == before


@pytest.mark.parametrize("last", [1, 2, 3])
def test_run_that_was_given_back_is_taken_up_where_it_stood(warehouse: Warehouse, last: int) -> None:
    run = steps(warehouse, DAY)
    for step in run.in_order[:last]:
        step()
    with writing(warehouse.engine, 1) as connection:
        found = find_run(connection, "scheduled")
        assert found is not None
        fail_run(connection, found, "the task was killed")
    for step in run.in_order[min(last, 2) :]:
        step()
    (row,) = warehouse.read("SELECT status, failure, attempt FROM invoicing.invoice_run")
    assert (billed(warehouse), tuple(row)) == ({DAY: ["M1", "T1", "T2", "T3"]}, ("succeeded", None, 1))


# The lease


def expire(warehouse: Warehouse) -> None:
    assert warehouse.execute("UPDATE invoicing.invoice_run SET lease_until = now() - interval '1 second'")


def test_second_run_is_refused(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    with pytest.raises(RunHeldError):
        steps(warehouse, DAY, "second").find_due()


def test_second_run_of_another_day_is_refused(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    with pytest.raises(RunHeldError):
        steps(warehouse, october(6), "second").find_due()


def test_second_run_from_the_command_line_is_refused(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    with pytest.raises(RunHeldError):
        warehouse.run(DAY, "second")


def test_refusal_names_the_run_that_holds_the_warehouse(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY, "create_invoices/scheduled__2026-10-05").find_due()
    with pytest.raises(RunHeldError) as refusal:
        steps(warehouse, october(6), "second").find_due()
    assert f"run {run.run_id} of 2026-10-05 (create_invoices/scheduled__2026-10-05, since " in str(refusal.value)


def test_second_run_takes_over_at_once_from_one_that_is_known_to_be_over(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    opened = day.open_day(
        warehouse.engine,
        DAY,
        run_key="second",
        settings=Settings(wait_seconds=0),
        trigger="scheduled",
        has_ended=lambda run_key: run_key == "first",
    )
    assert (opened.run.run_key, opened.run.status) == ("second", "running")


def test_second_run_is_refused_when_another_than_the_holder_is_over(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    with pytest.raises(RunHeldError):
        day.open_day(
            warehouse.engine,
            DAY,
            run_key="second",
            settings=Settings(wait_seconds=0),
            trigger="scheduled",
            has_ended=lambda run_key: run_key == "another",
        )


def test_second_run_waits_for_the_first_to_end(warehouse: Warehouse) -> None:
    first = steps(warehouse, DAY, "first")
    first.find_due()
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(warehouse.run, october(6), "second")
        for step in first.in_order[1:]:
            step()
    assert second.result().run.status == "succeeded"


def test_refusal_says_when_the_warehouse_is_free_at_the_latest(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY, "first").find_due()
    with pytest.raises(RunHeldError, match=f"{run.lease_until:%Y-%m-%d %H:%M:%S} UTC"):
        steps(warehouse, DAY, "second").find_due()


def test_refused_run_leaves_nothing(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    before = dump(warehouse)
    with pytest.raises(RunHeldError):
        warehouse.run(DAY, "second")
    assert dump(warehouse) == before


def test_run_that_was_refused_does_not_disturb_the_one_in_progress(warehouse: Warehouse) -> None:
    first = steps(warehouse, DAY, "first")
    for step in first.in_order:
        step()
        with suppress(RunHeldError):
            steps(warehouse, october(6), "second").find_due()
    (run,) = warehouse.read("SELECT status FROM invoicing.invoice_run WHERE run_key = 'first'")
    assert (billed(warehouse), run.status) == ({DAY: ["M1", "T1", "T2", "T3"]}, "succeeded")


@pytest.mark.parametrize("minutes", [1, 60])
def test_lease_is_as_long_as_it_was_set(warehouse: Warehouse, minutes: int) -> None:
    warehouse.settings = Settings(lease_minutes=minutes)
    steps(warehouse, DAY).find_due()
    (lease,) = warehouse.read(
        "SELECT extract(EPOCH FROM lease_until - now()) / 60 AS minutes FROM invoicing.invoice_run"
    )
    assert minutes - 0.5 < lease.minutes <= minutes


def test_each_step_renews_the_lease(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    run.find_due()
    for step in (run.filter_ready, run.write_drafts):
        expire(warehouse)
        step()
        (lease,) = warehouse.read(
            "SELECT lease_until > now() + interval '50 minutes' AS renewed FROM invoicing.invoice_run"
        )
        assert lease.renewed, step.__name__


def test_expired_lease_is_taken_over(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    expire(warehouse)
    warehouse.run(DAY, "second")
    assert billed(warehouse) == {DAY: ["M1", "T1", "T2", "T3"]}


def test_run_that_was_taken_over_has_failed_and_says_by_whom(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "first").find_due()
    expire(warehouse)
    warehouse.run(DAY, "second")
    (run,) = warehouse.read("SELECT status, failure FROM invoicing.invoice_run WHERE run_key = 'first'")
    assert tuple(run) == ("failed", "ended without closing; taken over by second")


@pytest.mark.parametrize("last", [1, 2])
def test_run_that_was_taken_over_cannot_go_on_beside_the_other(warehouse: Warehouse, last: int) -> None:
    first = steps(warehouse, DAY, "first")
    for step in first.in_order[:last]:
        step()
    expire(warehouse)
    steps(warehouse, DAY, "second").find_due()
    with pytest.raises(RunHeldError):
        first.in_order[last]()


@pytest.mark.parametrize("last", [1, 2])
def test_run_whose_staging_another_run_emptied_cannot_go_on(warehouse: Warehouse, last: int) -> None:
    first = steps(warehouse, DAY, "first")
    for step in first.in_order[:last]:
        step()
    expire(warehouse)
    warehouse.run(october(6), "second")
    with pytest.raises(RunStateError, match="due_lines 0 instead of 3"):
        first.in_order[last]()


def test_run_that_was_taken_over_is_not_closed_as_successful(warehouse: Warehouse) -> None:
    first = steps(warehouse, DAY, "first")
    for step in first.in_order[:-1]:
        step()
    expire(warehouse)
    warehouse.run(october(6), "second")
    closed = first.close()
    assert closed is not None
    assert closed.status == "failed"


def test_day_that_was_taken_over_before_its_end_does_not_pass_for_done(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_late(connection: sa.Connection, *, run_key: str, settings: Settings) -> Run | None:
        run = find_run(connection, run_key)
        assert run is not None
        fail_run(connection, run, "ended without closing; taken over by second")
        return close_run(connection, run_key=run_key, settings=settings)

    monkeypatch.setattr(day, "close_run", close_late)
    with pytest.raises(InvoicingError):
        warehouse.run(DAY)


def test_run_of_the_same_key_is_taken_up_at_once(warehouse: Warehouse) -> None:
    steps(warehouse, DAY).find_due()
    for step in steps(warehouse, DAY).in_order:
        step()
    (run,) = warehouse.read("SELECT status, attempt FROM invoicing.invoice_run")
    assert (billed(warehouse), tuple(run)) == ({DAY: ["M1", "T1", "T2", "T3"]}, ("succeeded", 2))


DIE = """
import os, sys
from datetime import date
from invoicing.process import day
from invoicing.settings import read_settings
from invoicing.warehouse.connection import create_engine, parse_url

setattr(day, sys.argv[2], lambda *_, **__: os._exit(9))
day.run_day(create_engine(parse_url(sys.argv[1])), date(2026, 10, 5), run_key="killed", settings=read_settings())
"""


@pytest.mark.parametrize("step", ["filter_ready_transactions", "write_draft_invoices", "close_run"])
def test_run_of_a_command_line_that_was_killed_is_taken_over_at_once(warehouse: Warehouse, step: str) -> None:
    url = warehouse.engine.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", DIE, url, step], cwd=PROJECT_ROOT, check=False)
    (run,) = warehouse.read("SELECT status FROM invoicing.invoice_run")
    assert (killed.returncode, run.status) == (9, "running")
    warehouse.run(DAY, "second")
    assert billed(warehouse) == {DAY: ["M1", "T1", "T2", "T3"]}


def test_run_of_a_command_line_that_lives_is_not_taken_over(warehouse: Warehouse) -> None:
    with sign_of_life(warehouse.engine, "first"):
        with writing(warehouse.engine, 1) as connection:
            find_due_contract_lines(
                connection, run_key="first", run_date=DAY, trigger="cli", settings=warehouse.settings
            )
        with pytest.raises(RunHeldError, match="first"):
            steps(warehouse, DAY, "second").find_due()


def test_run_that_finds_nothing_due_when_it_is_run_again_closes(warehouse: Warehouse) -> None:
    for step in steps(warehouse, DAY).in_order:
        step()
    warehouse.execute("UPDATE invoicing.project_contract SET state = 'on_hold'")
    for step in steps(warehouse, DAY).in_order:
        closed = step()
    assert closed is not None
    assert (closed.status, closed.skipped_reason) == ("succeeded", f"nothing is due on {DAY}")
