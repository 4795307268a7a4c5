"""The ledger keeps the attempts of a run, each as it was; and a bucket of a run that has ended can be repeated alone."""

from __future__ import annotations

from typing import Any

import pytest

from invoicing.errors import RunStateError
from invoicing.settings import Settings
from tests.world.names import october
from tests.world.reads import accounting, billed, dump
from tests.world.steps import Steps
from tests.world.stored import left_for_the_next_step
from tests.world.world import World

DAY = october(5)
EVERYTHING = {DAY: ["M1", "T1", "T2", "T3"]}


def attempts(world: World, columns: str = "attempt, status") -> list[tuple[Any, ...]]:
    rows = world.read(f"SELECT {columns} FROM analytics.invoice_runs ORDER BY run_id, attempt")
    return [tuple(row) for row in rows]


# Attempts


def test_run_that_is_cleared_keeps_its_number_and_counts_its_attempts(three_lines: World) -> None:
    first, second = three_lines.run(DAY, "scheduled").run, three_lines.run(DAY, "scheduled").run
    assert (second.run_id, second.attempt, second.status) == (first.run_id, 2, "succeeded")


def test_each_attempt_has_a_row_that_no_later_one_changes(three_lines: World) -> None:
    three_lines.run(DAY, "scheduled")
    (before,) = attempts(three_lines, "to_jsonb(invoice_runs) - 'is_latest'")
    three_lines.transaction("T4", october(3))
    three_lines.run(DAY, "scheduled")
    assert len(attempts(three_lines)) == 2
    assert attempts(three_lines, "to_jsonb(invoice_runs) - 'is_latest'")[0] == before


def test_accounting_of_an_attempt_stays_when_the_run_is_cleared(three_lines: World) -> None:
    first = three_lines.run(DAY, "scheduled").run
    before = accounting(three_lines, first)
    three_lines.transaction("T4", october(3), "1")
    second = three_lines.run(DAY, "scheduled").run
    assert (accounting(three_lines, first), accounting(three_lines, second)) == (before, {"invoiced": (4, 138)})


def test_newest_ended_attempt_is_the_latest(three_lines: World) -> None:
    three_lines.run(DAY, "scheduled")
    three_lines.run(DAY, "scheduled")
    Steps(three_lines, DAY).find_due()
    assert attempts(three_lines, "attempt, is_latest") == [(1, False), (2, True), (3, False)]


def test_run_of_some_contracts_is_not_the_latest_of_all(three_lines: World) -> None:
    three_lines.run(DAY, "all")
    three_lines.run(DAY, "one", contract_ids=["Adatum"])
    assert attempts(three_lines, "is_latest") == [(True,), (True,)]


def test_attempt_that_never_closed_is_ended_when_the_run_is_begun_again(three_lines: World) -> None:
    Steps(three_lines, DAY).up_to("filter_ready")
    three_lines.run(DAY, "scheduled")
    assert attempts(three_lines) == [(1, "failed"), (2, "succeeded")]
    assert set(left_for_the_next_step(three_lines).values()) == {0}


def test_attempt_that_never_closed_is_nobody_elses_business(three_lines: World) -> None:
    Steps(three_lines, DAY, "stopped").up_to("filter_ready")
    three_lines.run(DAY, "second")
    assert attempts(three_lines) == [(1, "running"), (1, "succeeded")]


@pytest.mark.parametrize("step", ["find_due", "filter_ready", "write_drafts"])
def test_attempt_that_never_closed_holds_no_lock(three_lines: World, step: str) -> None:
    Steps(three_lines, DAY, "stopped").up_to(step)
    query = """
        SELECT count(*) AS locks FROM pg_catalog.pg_locks AS held
        INNER JOIN pg_catalog.pg_database AS here ON held.database = here.oid
        WHERE here.datname = current_database() AND held.locktype = 'advisory'
    """
    assert three_lines.read(query) == [(0,)]


def test_run_keeps_the_date_of_its_first_attempt(three_lines: World) -> None:
    three_lines.run(DAY, "scheduled")
    assert three_lines.run(october(6), "scheduled").run.run_date == DAY


# An attempt that has ended


@pytest.mark.parametrize("step", ["filter_ready", "close"])
def test_step_of_an_ended_attempt_records_nothing(three_lines: World, step: str) -> None:
    three_lines.run(DAY, "scheduled")
    three_lines.transaction("T4", october(3))
    before = dump(three_lines)
    getattr(Steps(three_lines, DAY), step)()
    assert dump(three_lines) == before


def test_filter_of_an_ended_attempt_says_what_it_would_be_now(three_lines: World) -> None:
    three_lines.run(DAY, "scheduled")
    three_lines.transaction("T4", october(3), "1")
    (filtered,) = Steps(three_lines, DAY).filter_ready()
    assert (filtered.ready_transactions, filtered.ready_milestones) == (4, 1)


def test_close_of_an_ended_attempt_counts_again(three_lines: World) -> None:
    figures = three_lines.run(DAY, "scheduled").figures
    closed = Steps(three_lines, DAY).close()
    assert closed is not None
    assert closed[1] == figures


def test_bucket_of_an_ended_attempt_that_is_written_again_opens_another(three_lines: World) -> None:
    three_lines.run(DAY, "scheduled")
    three_lines.transaction("T4", october(3))
    run = Steps(three_lines, DAY)
    run.write_bucket(0)
    run.close()
    assert (billed(three_lines), attempts(three_lines)) == (
        {DAY: ["M1", "T1", "T2", "T3", "T4"]},
        [(1, "succeeded"), (2, "succeeded")],
    )


def test_attempt_that_repeats_a_bucket_takes_the_others_over(three_lines: World) -> None:
    three_lines.settings = Settings(buckets=2)
    three_lines.contract("Contoso")  # in the other bucket
    three_lines.line(contract_id="Contoso")
    three_lines.schedule(DAY, contract_id="Contoso")
    three_lines.transaction("theirs", october(1), "3", contract_id="Contoso")
    first = three_lines.run(DAY, "scheduled")
    run = Steps(three_lines, DAY)
    run.write_bucket(0)
    closed = run.close()
    assert closed is not None
    again, figures = closed
    assert (again.status, again.due_lines) == ("succeeded", first.run.due_lines)
    assert (figures.invoices, figures.details, figures.amounts) == (
        first.figures.invoices,
        first.figures.details,
        first.figures.amounts,
    )
    assert accounting(three_lines, again) == accounting(three_lines, first.run)
    assert [record.details for record in run.records()] != [0, first.figures.details]


def test_attempt_that_repeats_a_bucket_has_written_nothing_of_the_others(three_lines: World) -> None:
    three_lines.run(DAY, "scheduled")
    run = Steps(three_lines, DAY)
    run.write_bucket(0)
    closed = run.close()
    assert closed is not None
    assert closed[1].invoices_written == 0


def test_close_alone_never_says_succeeded_with_a_bucket_unwritten(three_lines: World) -> None:
    three_lines.settings = Settings(buckets=2)
    run = Steps(three_lines, DAY)
    run.find_due()
    run.write_bucket(1)
    run.close()
    run.close()
    assert run.latest().status == "failed"


# Steps in order


@pytest.mark.parametrize("step", ["filter_ready", "write_drafts"])
def test_step_of_a_run_that_never_opened_is_refused(three_lines: World, step: str) -> None:
    with pytest.raises(RunStateError, match="no run scheduled in the ledger; start with find_due_contract_lines"):
        getattr(Steps(three_lines, DAY), step)()


def test_drafts_before_the_filter_are_those_after_it(three_lines: World) -> None:
    run = Steps(three_lines, DAY).up_to("find_due")
    run.write_drafts()
    run.close()
    assert (billed(three_lines), run.latest().status) == (EVERYTHING, "succeeded")
