"""A run that did not get to its end: how it is ended, and that it is in nobody's way."""

from __future__ import annotations

import pytest

from invoicing.errors import InvoicingError, RunStateError
from invoicing.process import day
from invoicing.process.closing import fail_run
from invoicing.warehouse.transactions import writing
from tests.world.names import LINE, october
from tests.world.reads import billed, count, run_status
from tests.world.steps import Steps
from tests.world.stored import left_for_the_next_step
from tests.world.world import World

DAY = october(5)


def test_run_that_never_opened_is_nothing_to_close(three_lines: World) -> None:
    assert Steps(three_lines, DAY).close() is None


@pytest.mark.parametrize("step", ["find_due", "filter_ready"])
def test_run_that_stopped_at_a_step_has_failed(three_lines: World, step: str) -> None:
    run = Steps(three_lines, DAY).up_to(step)
    run.close()
    ended = run.latest()
    assert (ended.status, ended.failure) == ("failed", "stopped with 1 of 1 buckets unwritten")


def test_run_that_stopped_at_a_step_marks_no_rows(three_lines: World) -> None:
    Steps(three_lines, DAY).up_to("filter_ready").close()
    assert run_status(three_lines, DAY) == "not_run"


def test_run_that_stopped_at_a_step_leaves_nothing_for_a_next_step(three_lines: World) -> None:
    Steps(three_lines, DAY).up_to("filter_ready").close()
    assert set(left_for_the_next_step(three_lines).values()) == {0}


def test_run_that_stopped_at_a_step_is_in_no_ones_way(three_lines: World) -> None:
    Steps(three_lines, DAY, "stopped").up_to("filter_ready")
    assert three_lines.run(DAY, "second").run.status == "succeeded"


def test_run_that_is_failed_after_it_ended_stays_as_it_ended(three_lines: World) -> None:
    three_lines.run(DAY, "scheduled")
    with writing(three_lines.engine, 2) as connection:
        fail_run(connection, run_key="scheduled", failure="too late")
    ended = Steps(three_lines, DAY).latest()
    assert (ended.status, ended.failure) == ("succeeded", None)


def test_run_whose_step_fails_is_ended_with_the_reason(three_lines: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise InvoicingError("the printer is on fire")

    monkeypatch.setattr(day, "write_draft_invoices", fail)
    with pytest.raises(InvoicingError):
        three_lines.run(DAY, "failing")
    ended = Steps(three_lines, DAY, "failing").latest()
    assert (ended.status, ended.failure) == ("failed", "INV-100: the printer is on fire")
    assert ended.ended_at is not None


def test_run_that_is_interrupted_is_ended(three_lines: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(day, "write_draft_invoices", interrupt)
    with pytest.raises(KeyboardInterrupt):
        three_lines.run(DAY, "interrupted")
    assert Steps(three_lines, DAY, "interrupted").latest().status == "failed"


def test_day_that_somebody_else_began_again_does_not_pass_for_done(
    three_lines: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin_again(*_: object, **__: object) -> None:
        Steps(three_lines, DAY, "twice").find_due()

    monkeypatch.setattr(day, "write_draft_invoices", begin_again)
    with pytest.raises(RunStateError, match=r"the run of 2026-10-05 was begun again by somebody else"):
        three_lines.run(DAY, "twice")
    assert count(three_lines, "invoices") == 0


def test_row_of_a_line_that_was_closed_meanwhile_has_not_run(three_lines: World) -> None:
    run = Steps(three_lines, DAY).up_to("filter_ready")
    three_lines.revise("project_contracts", state="on_hold")
    run.write_drafts()
    run.close()
    assert (billed(three_lines), run_status(three_lines, DAY, LINE), run.latest().status) == (
        {},
        "not_run",
        "succeeded",
    )
