"""How a run ends: what its schedule rows say, what the ledger counts, and how it fails."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.reads import billed, exceptions, invoice_of, run_status
from tests.world.steps import Steps
from tests.world.stored import left_for_the_next_step
from tests.world.world import World

DAY = october(5)


@pytest.fixture
def due(world: World) -> World:
    """An active contract with something to invoice on 5 October, and nothing ready for the 19th."""
    world.contract()
    world.line()
    world.schedule(DAY, october(19))
    world.transaction("T1", october(1), "100", tax="25")
    world.transaction("T2", october(1), "30", billing_type="complimentary")
    return world


def attempts(world: World, columns: str = "*") -> list[sa.Row[Any]]:
    return world.read(f"SELECT {columns} FROM analytics.invoice_runs ORDER BY run_id, attempt")


# Schedule rows


def test_row_with_an_invoice_was_successful(due: World) -> None:
    due.run(DAY)
    assert run_status(due, DAY) == "run_successful"


def test_row_without_an_invoice_was_successful(due: World) -> None:
    due.run(DAY)
    due.run(october(19))
    assert run_status(due, october(19)) == "run_successful"
    assert october(19) not in billed(due)


def test_row_says_when_it_was_run(due: World) -> None:
    ran = due.run(DAY).run
    (row,) = due.read("SELECT ran_at FROM analytics.invoice_schedule WHERE run_date = '2026-10-05'")
    assert ran.ended_at is not None
    assert ran.started_at < row.ran_at < ran.ended_at


def test_row_keeps_when_it_was_run_first(due: World) -> None:
    due.run(DAY)
    (first,) = due.read("SELECT ran_at FROM analytics.invoice_schedule WHERE run_date = '2026-10-05'")
    due.run(DAY, "again")
    (again,) = due.read("SELECT ran_at FROM analytics.invoice_schedule WHERE run_date = '2026-10-05'")
    assert again == first


def test_row_counts_its_invoices(due: World) -> None:
    due.run(DAY)
    rows = due.read("SELECT invoice_count FROM analytics.invoice_schedule ORDER BY run_date")
    assert [row.invoice_count for row in rows] == [1, 0]


def test_rows_to_come_have_not_run(due: World) -> None:
    due.run(DAY)
    assert run_status(due, october(19)) == "not_run"


@pytest.mark.parametrize(
    ("step", "status"), [("find_due", "not_run"), ("filter_ready", "not_run"), ("write_drafts", "run_successful")]
)
def test_rows_have_run_when_their_bucket_is_written(due: World, step: str, status: str) -> None:
    Steps(due, DAY).up_to(step)
    assert run_status(due, DAY) == status


def test_milestone_says_when_it_was_run(world: World) -> None:
    world.contract()
    world.line("prototype", method="fixed_price")
    world.milestone("M1", DAY, line_id="prototype")
    world.milestone("M2", october(19), line_id="prototype")
    world.run(DAY)
    rows = world.read(
        "SELECT run_status, invoice_count, ran_at IS NULL FROM analytics.invoice_schedule ORDER BY run_date"
    )
    assert [tuple(row) for row in rows] == [("run_successful", 1, False), ("not_run", 0, True)]


# The ledger


def test_run_that_ended_well_has_succeeded(due: World) -> None:
    run = due.run(DAY).run
    assert (run.status, run.failure, run.skipped_reason) == ("succeeded", None, None)


def test_run_says_when_it_ended(due: World) -> None:
    run = due.run(DAY).run
    assert run.ended_at is not None
    assert run.started_at < run.ended_at


def test_run_counts_what_it_did(due: World) -> None:
    done = due.run(DAY)
    figures = done.figures
    counts = (figures.ready_transactions, figures.ready_milestones, figures.invoices, figures.invoice_lines)
    assert (done.run.due_lines, *counts, figures.details) == (1, 2, 0, 1, 1, 2)


def test_milestones_are_counted_apart(due: World) -> None:
    due.line("prototype", method="fixed_price")
    due.milestone("M1", DAY, line_id="prototype")
    figures = due.run(DAY).figures
    assert (figures.ready_transactions, figures.ready_milestones, figures.details) == (2, 1, 3)


def test_run_sums_what_it_did(due: World) -> None:
    (usd,) = due.run(DAY).figures.amounts
    assert (usd.currency, usd.ready_amount, usd.chargeable_amount, usd.complimentary_amount, usd.tax_amount) == (
        "USD",
        Decimal(130),
        Decimal(100),
        Decimal(30),
        Decimal(25),
    )


def test_amounts_of_two_currencies_are_told_apart(due: World) -> None:
    due.contract("Contoso", currency="JPY")
    due.line(contract_id="Contoso")
    due.schedule(DAY, contract_id="Contoso")
    due.transaction("T3", october(1), "7000", contract_id="Contoso")
    amounts = due.run(DAY).figures.amounts
    assert {each.currency: each.chargeable_amount for each in amounts} == {"JPY": 7000, "USD": 100}


def test_what_the_views_say_of_a_run_is_what_it_said_itself(due: World) -> None:
    done = due.run(DAY)
    (run,) = attempts(due, "due_lines, ready_transactions, invoices, invoice_lines, details, invoices_written")
    figures = done.figures
    assert tuple(run) == (
        done.run.due_lines,
        figures.ready_transactions,
        figures.invoices,
        figures.invoice_lines,
        figures.details,
        figures.invoices_written,
    )
    (amounts,) = due.read(
        "SELECT currency, ready_amount, chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount"
        " FROM analytics.run_amounts"
    )
    assert (tuple(amounts),) == tuple(tuple(vars(each).values()) for each in figures.amounts)


def test_run_counts_the_drafts_that_it_found_unchanged(due: World) -> None:
    first = due.run(DAY).figures
    second = due.run(DAY, "again").figures
    assert (second.invoices, second.details, second.amounts) == (first.invoices, first.details, first.amounts)


def test_run_has_written_what_it_changed_alone(due: World) -> None:
    due.contract("Contoso")
    due.line(contract_id="Contoso")
    due.schedule(DAY, contract_id="Contoso")
    due.transaction("T3", october(1), contract_id="Contoso")
    written = [due.run(DAY).figures.invoices_written]
    due.transaction("T4", october(1), contract_id="Contoso")
    written += [due.run(DAY).figures.invoices_written, due.run(DAY).figures.invoices_written]
    assert written == [2, 1, 0]


def test_run_counts_the_drafts_that_it_kept(due: World) -> None:
    due.run(DAY)
    Desk(due).review(invoice_of(due, DAY))
    again = due.run(DAY)
    assert [kept.invoice_id for kept in again.kept_drafts] == [invoice_of(due, DAY)]
    assert (again.figures.invoices, again.figures.invoices_written) == (1, 0)


def test_kept_draft_says_who_changed_it(due: World) -> None:
    due.run(DAY)
    Desk(due, "bob").review(invoice_of(due, DAY))
    (kept,) = due.run(DAY).kept_drafts
    assert (kept.status, kept.changed_by) == ("in_review", "bob")


def test_each_run_has_a_row_of_its_own(due: World) -> None:
    first, second = due.run(DAY, "first").run, due.run(DAY, "second").run
    assert [row.run_id for row in attempts(due)] == [first.run_id, second.run_id]


def test_closed_run_leaves_nothing_for_a_next_step(due: World) -> None:
    due.run(DAY)
    assert set(left_for_the_next_step(due).values()) == {0}


def test_day_tells_the_invoices_that_it_stands_for(due: World) -> None:
    found = due.run(DAY).invoices
    assert found[["customer_id", "run_date", "total_amount", "detail_count"]].to_numpy().tolist() == [
        ["Fabrikam", DAY, Decimal(125), 2]
    ]


# Why nothing was written


def test_run_that_finds_nothing_ready_says_so(due: World) -> None:
    assert due.run(october(4), "early").run.skipped_reason == (
        "nothing is due on 2026-10-04: the invoice schedules begin on 2026-10-05"
    )
    due.schedule(october(1))
    assert due.run(october(1)).run.skipped_reason == "nothing is ready for the lines due on 2026-10-01"


def test_run_that_finds_everything_on_other_drafts_says_so(due: World) -> None:
    due.run(DAY)
    due.transaction("T3", october(6))
    Desk(due).create()
    assert due.run(october(19)).run.skipped_reason == (
        "nothing is ready for the lines due on 2026-10-19 but 3 transactions that other drafts hold, or keep waiting"
    )


def test_run_that_finds_nothing_due_when_it_is_run_again_says_so(due: World) -> None:
    due.run(DAY)
    due.revise("project_contracts", state="on_hold")
    again = due.run(DAY).run
    assert (again.status, again.skipped_reason) == ("succeeded", f"nothing is due on {DAY}")


def test_run_that_wrote_what_became_due_between_its_steps_does_not_say_that_nothing_was(world: World) -> None:
    world.contract()
    world.line()
    world.transaction("T1", october(1))
    run = Steps(world, DAY)
    run.find_due()
    world.schedule(DAY)
    run.filter_ready()
    run.write_drafts()
    run.close()
    assert (billed(world), run.latest().skipped_reason) == ({DAY: ["T1"]}, None)


# Problems of the data


def test_problem_that_the_run_itself_fixed_is_not_reported(due: World) -> None:
    due.run(october(4))
    due.line("prototype", method="fixed_price")
    due.milestone("M1", DAY, line_id="prototype")
    due.run(DAY)
    assert exceptions(due) == []


def test_problem_is_reported_though_the_run_failed(due: World) -> None:
    due.line("prototype", method="fixed_price")
    Steps(due, DAY).up_to("filter_ready").close()
    assert exceptions(due) == ["fixed_price_without_milestones"]


def test_contract_that_is_set_aside_is_reported_from_the_beginning(due: World) -> None:
    damage.break_split(due)
    Steps(due, DAY).find_due()
    assert exceptions(due) == ["split_not_complete"]
