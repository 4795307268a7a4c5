"""One fault of each kind in each phase of what people do with invoices, always the same. `make faults` makes them all."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from invoicing.warehouse.statements import SQL_ROOT
from tests.faults.injection import copied, inject, strike
from tests.faults.life import STEPS
from tests.faults.plan import KILLS, Fault, Kind
from tests.faults.scene import Scene, left_in
from tests.faults.step_process import Phase
from tests.world.verdict import differences
from tests.world.world import World

SEED = 1


@pytest.mark.parametrize("phase", get_args(Phase))
@pytest.mark.parametrize("kind", KILLS)
def test_a_request_that_is_killed_and_tried_again_leaves_no_trace(life: Scene, kind: Kind, phase: Phase) -> None:
    fault = life.draw(SEED, kind, phase)
    assert inject(life, fault).wrong == (), fault


@pytest.mark.parametrize("phase", ["before", "inside"])
def test_a_request_whose_connection_is_lost_at_commit_and_tried_again_leaves_no_trace(
    life: Scene, phase: Phase
) -> None:
    fault = life.draw(SEED, "line", phase)
    assert inject(life, fault).wrong == (), fault


@pytest.mark.parametrize("step", STEPS)
def test_a_request_whose_answer_was_lost_finds_what_it_has_done(life: Scene, step: str) -> None:
    fault = Fault("life", step, len(life.sent[step]), "COMMIT", "after", "line")
    assert inject(life, fault).wrong == (), fault


def test_numbers_that_were_taken_when_the_session_is_killed_are_taken_again(life: Scene) -> None:
    statement = "lifecycle/confirmation/record_numbers"
    fault = Fault("life", "confirm", life.sent["confirm"].index(statement) + 1, statement, "after", "backend")
    with copied(life.server, life.before("confirm")) as database:
        strike(life.server, life.order(database, "confirm"), fault)
        life.server.wait_until_idle(database)
        assert left_in(life.server, database)["invoice_number"] == []
    assert inject(life, fault).wrong == ()


@pytest.mark.parametrize("step", STEPS)
def test_a_request_that_stands_still_and_goes_on_beside_its_retry_leaves_no_trace(life: Scene, step: str) -> None:
    fault = life.draw(SEED, "stalled", "before", step=step)
    assert inject(life, fault).wrong == (), fault


def in_the_end(life: Scene) -> World:
    """The warehouse that nothing befell."""
    return World(life.server.engine("life_undisturbed"))


# What the faults strike: or the tests above, and `make faults`, would prove nothing


def test_every_statement_of_the_life_of_invoices_is_struck(life: Scene) -> None:
    struck = {fault.statement for fault in life.faults}
    files = {str(path.relative_to(SQL_ROOT).with_suffix("")) for path in SQL_ROOT.glob("lifecycle/**/*.sql")}
    # Each of these is one short transaction, and has tests of its own.
    alone = ("lifecycle/approval/", "lifecycle/backlog/")
    assert [name for name in sorted(files - struck) if not name.startswith(alone)] == [
        "lifecycle/confirmation/choose_drafts",  # reads which drafts there are
        "lifecycle/correction/list_corrected",  # reads what a request did that is tried again
        "lifecycle/drafts/add_details",  # refreshing: one change of a draft like an edit
        "lifecycle/drafts/choose_additions",
        "lifecycle/drafts/drop_additions",
        "lifecycle/drafts/set_status",  # review: one statement, and the record of it
        "lifecycle/invoices/find_invoices",  # read before the request, to know which invoices are named
        "lifecycle/payment/pay_invoices",  # payment: likewise
    ]


def test_each_step_is_one_transaction(life: Scene) -> None:
    assert [life.sent[step].count("COMMIT") for step in STEPS] == [1] * len(STEPS)


def test_every_step_changes_something(life: Scene) -> None:
    assert [step for step in STEPS if life.held_before(step) == life.left[step]] == []


def test_confirmations_write_every_posting(life: Scene) -> None:
    known = in_the_end(life).read("SELECT DISTINCT posting FROM rules.posting_rule WHERE becomes = 'posting'")
    written = in_the_end(life).read("SELECT split_part(actual_id, '/', 2) AS posting FROM analytics.actuals")
    assert {row.posting for row in known} <= {row.posting for row in written}


def test_five_invoices_have_the_first_five_numbers(life: Scene) -> None:
    invoices = in_the_end(life).read("SELECT invoice_number FROM analytics.invoices ORDER BY 1")
    assert [int(invoice.invoice_number.rpartition("-")[2]) for invoice in invoices] == [1, 2, 3, 4, 5]


def test_everything_adds_up_after_each_step(life: Scene) -> None:
    for step in list(STEPS)[1:]:
        assert differences(World(life.server.engine(life.before(step)))) == [], step
    assert differences(in_the_end(life)) == []


def test_something_half_done_would_be_found(life: Scene) -> None:
    fault = life.draw(SEED, "task", "before")
    before = {**life.held_before(fault.step), "billable": []}
    steps = list(STEPS)
    earlier = steps[steps.index(fault.step) - 1]
    other = replace(life, left={**life.left, earlier: before})
    assert inject(other, fault).wrong[0].startswith("at once, billable should not have")


def test_a_trace_would_be_found(life: Scene) -> None:
    fault = life.draw(SEED, "task", "before")
    other = replace(life, left={**life.left, fault.step: {**life.left[fault.step], "invoice_change": []}})
    assert inject(other, fault).wrong[0].startswith("invoice_change should not have")
