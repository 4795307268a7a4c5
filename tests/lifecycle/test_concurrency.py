"""What people do to the same invoices at the same moment, beside runs and loads: one of them wins, and everything adds up.

Each race is run many times, on real connections. `Race.rounds` asks `verify` after every one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from invoicing.errors import ChangedMeanwhileError, RefusedError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.choice import Choice
from invoicing.lifecycle.confirmation import confirm_invoices
from invoicing.lifecycle.details import DetailChanges, change_detail
from invoicing.lifecycle.drafts import delete_draft, put_in_review
from invoicing.lifecycle.invoices import Handled, Invoice
from invoicing.settings import Settings
from invoicing.warehouse.transactions import bound_waiting
from tests.lifecycle.races import Race, at_once, in_groups
from tests.world.desk import Desk
from tests.world.names import TODAY, october
from tests.world.reads import billed, invoice_of
from tests.world.steps import Steps
from tests.world.waiting import held_open, meanwhile
from tests.world.world import World

DAY = october(12)
BOTH_BILLED = ["T1", "T2"]
EDIT = Request("ann", "edit")
FEW, MANY = 6, 12  # rounds that fit in a few seconds


@pytest.fixture
def race(world: World) -> Race:
    world.settings = Settings(wait_seconds=60)
    return Race(world)


def done(outcome: Any) -> bool:
    """Whether it was done, to all that it was asked for."""
    return not isinstance(outcome, Exception) and not (isinstance(outcome, Handled) and outcome.refused)


def refusal(outcome: Any) -> str:
    """Why the only one of a batch was refused."""
    assert isinstance(outcome, Handled), outcome
    (refused,) = outcome.refused
    return refused.reason


# Edit and confirm


def test_draft_is_either_edited_or_confirmed_as_it_was_looked_at(race: Race) -> None:
    for contract_id, draft in race.rounds(race.drafts(MANY)):
        edited, confirmed = at_once(
            race.edit(draft, "T1", 6, version=race.seen(draft)), race.confirm(draft, version=race.seen(draft))
        )
        if done(edited):
            assert "somebody changed it meanwhile" in refusal(confirmed)
            assert race.invoices(contract_id) == [("manual", "draft")]
        else:
            assert isinstance(edited, RefusedError)
            assert race.invoices(contract_id) == [("manual", "confirmed")]
        assert race.quantities(draft)["T1"] == (6 if done(edited) else 8)


def test_draft_that_nobody_looked_at_is_confirmed_with_the_edit_or_without_it(race: Race) -> None:
    for _, draft in race.rounds(race.drafts(MANY)):
        edited, confirmed = at_once(race.edit(draft, "T1", 6), race.confirm(draft))
        assert done(confirmed)
        assert done(edited) or isinstance(edited, RefusedError)
        assert race.quantities(draft)["T1"] == (6 if done(edited) else 8)
        assert confirmed.invoices[0].total_amount == (1230 if done(edited) else 1630)


def test_of_two_edits_of_the_same_version_the_second_is_refused(race: Race) -> None:
    for _, draft in race.rounds(race.drafts(MANY)):
        outcomes = at_once(
            race.edit(draft, "T1", 6, version=race.seen(draft)), race.edit(draft, "T2", 3, version=race.seen(draft))
        )
        first, second = sorted(outcomes, key=done, reverse=True)
        assert isinstance(first, Invoice)
        assert isinstance(second, ChangedMeanwhileError)
        assert race.quantities(draft) == ({"T1": 6, "T2": 1} if outcomes[0] is first else {"T1": 8, "T2": 3})


def test_of_two_edits_that_looked_at_no_version_neither_is_lost(race: Race) -> None:
    for _, draft in race.rounds(race.drafts(MANY)):
        outcomes = at_once(race.edit(draft, "T1", 6), race.edit(draft, "T2", 3))
        assert len({invoice.version for invoice in outcomes}) == 2
        assert race.quantities(draft) == {"T1": 6, "T2": 3}


# Confirm


def test_invoice_is_confirmed_once_by_whoever_comes_first(race: Race) -> None:
    for _, draft in race.rounds(race.drafts(MANY)):
        outcomes = at_once(*[race.confirm(draft) for _ in range(3)])
        assert [done(outcome) for outcome in outcomes].count(True) == 1
        number = next(outcome.invoices[0].invoice_number for outcome in outcomes if done(outcome))
        refusals = {refusal(outcome) for outcome in outcomes if not done(outcome)}
        assert refusals == {f"is confirmed already, as {number}"}


def test_confirmation_of_the_same_request_finds_that_it_is_done(race: Race) -> None:
    for contract_id, draft in race.rounds(race.drafts(MANY)):
        first, second = at_once(*[race.confirm(draft, key=contract_id) for _ in range(2)])
        assert done(first)
        assert first == second


def test_draft_is_either_deleted_or_confirmed(race: Race) -> None:
    for contract_id, draft in race.rounds(race.drafts(MANY)):
        deleted, confirmed = at_once(race.delete(draft), race.confirm(draft))
        if done(confirmed):
            assert isinstance(deleted, RefusedError)
            assert race.invoices(contract_id) == [("manual", "confirmed")]
        else:
            assert done(deleted)
            assert refusal(confirmed) == "there is no such invoice in the warehouse"
            assert race.invoices(contract_id) == []
            assert done(race.create(contract_id)())  # what it held is ready again


# Confirm what has something in common: nobody named these drafts, so what others do to them meanwhile refuses nothing


def chosen(race: Race, *contract_ids: str) -> Callable[[], Handled]:
    race.world.load()
    return lambda: Desk(race.world, "bob").confirm_chosen(Choice(contract_ids=contract_ids))


def test_draft_that_is_edited_before_it_is_confirmed_with_others_is_confirmed_as_edited(race: Race) -> None:
    drafts = race.drafts(2)
    (contract_id, draft), (other_id, _) = drafts
    changes = DetailChanges(quantity=Decimal(6))
    with (
        held_open(race.world, change_detail, str(draft), race.detail(draft, "T1"), changes, request=EDIT) as edit,
        meanwhile(race.world, chosen(race, contract_id, other_id)) as confirmation,
    ):
        edit.commit()
        found = confirmation.result()
    assert not found.refused
    assert [invoice.total_amount for invoice in found.invoices] == [1230, 1630]


@pytest.mark.parametrize("take_away", [delete_draft, put_in_review])
def test_draft_that_somebody_takes_away_is_not_confirmed_with_the_others(
    race: Race, take_away: Callable[..., object]
) -> None:
    (contract_id, draft), (other_id, other) = race.drafts(2)
    with (
        held_open(race.world, take_away, str(draft), request=EDIT) as edit,
        meanwhile(race.world, chosen(race, contract_id, other_id)) as confirmation,
    ):
        edit.commit()
        found = confirmation.result()
    assert not found.refused
    assert [invoice.invoice_id for invoice in found.invoices] == [other]


def test_confirmations_of_the_same_contracts_at_once_confirm_each_draft_once(race: Race) -> None:
    for group in race.rounds(in_groups(race.drafts(3 * FEW), 3)):
        contract_ids = [contract_id for contract_id, _ in group]
        outcomes = at_once(chosen(race, *contract_ids[:2]), chosen(race, *contract_ids[1:]))
        assert [outcome.refused for outcome in outcomes] == [(), ()]
        assert sum(len(outcome.invoices) for outcome in outcomes) == 3


# Numbers


def given_up(race: Race, *invoices: UUID) -> Callable[[], None]:
    """A confirmation that is rolled back when it has its numbers."""
    return _without_commit(race, invoices, sa.Connection.rollback)


def cut_off(race: Race, *invoices: UUID) -> Callable[[], None]:
    """A confirmation whose connection is lost when it has its numbers."""
    return _without_commit(race, invoices, sa.Connection.invalidate)


def _without_commit(race: Race, invoices: Sequence[UUID], end: Callable[[sa.Connection], None]) -> Callable[[], None]:
    def act() -> None:
        with race.world.engine.connect() as connection:
            bound_waiting(connection, race.world.settings.wait_seconds)
            found = confirm_invoices(
                connection,
                dict.fromkeys(invoices),
                today=TODAY,
                settings=race.world.settings,
                request=Request("bob", f"not done {invoices}"),
            )
            assert all(invoice.invoice_number for invoice in found.invoices)
            end(connection)

    return act


def test_numbers_stay_gapless_when_batches_are_confirmed_and_rolled_back_at_once(race: Race) -> None:
    for nth, group in enumerate(race.rounds(in_groups(race.drafts(9 * FEW), 9)), start=1):
        drafts = [draft for _, draft in group]
        outcomes = at_once(
            race.confirm(drafts[0]),
            given_up(race, *drafts[5:7]),
            race.confirm(*drafts[1:3]),
            given_up(race, *drafts[7:9]),
            race.confirm(*drafts[3:5]),
        )
        assert all(map(done, outcomes))
        assert race.numbers() == list(range(1, 5 * nth + 1))


def test_each_batch_has_numbers_that_follow_one_another(race: Race) -> None:
    for group in race.rounds(in_groups(race.drafts(6 * FEW), 6)):
        drafts = [draft for _, draft in group]
        for outcome in at_once(race.confirm(*drafts[:3]), race.confirm(*drafts[3:])):
            numbers = sorted(invoice.invoice_number for invoice in outcome.invoices)
            first = int(numbers[0].removeprefix("INV-2026-"))
            assert numbers == [f"INV-2026-{first + nth:06}" for nth in range(3)]


def test_batches_that_share_an_invoice_number_it_once(race: Race) -> None:
    for nth, group in enumerate(race.rounds(in_groups(race.drafts(3 * MANY), 3)), start=1):
        one, both, other = (draft for _, draft in group)
        first, second = at_once(race.confirm(one, both), race.confirm(both, other))
        assert len(first.invoices + second.invoices) == 3
        assert len(first.refused + second.refused) == 1
        assert race.numbers() == list(range(1, 3 * nth + 1))


def test_session_that_is_lost_gives_its_numbers_back(race: Race) -> None:
    for nth, group in enumerate(race.rounds(in_groups(race.drafts(2 * MANY), 2)), start=1):
        (_, lost), (_, other) = group
        assert all(map(done, at_once(cut_off(race, lost), race.confirm(other))))
        assert race.numbers() == list(range(1, nth + 1))


def test_series_of_two_years_are_each_gapless(race: Race) -> None:
    next_year = date(2027, 1, 1)
    for nth, group in enumerate(race.rounds(in_groups(race.drafts(3 * MANY), 3)), start=1):
        (_, this), (_, next_one), (_, not_this) = group
        at_once(race.confirm(this), race.confirm(next_one, today=next_year), given_up(race, not_this))
        assert race.numbers(2026) == race.numbers(2027) == list(range(1, nth + 1))


# Correct and pay


@pytest.mark.parametrize("only", [None, "T1"], ids=["invoice", "detail"])
def test_what_was_billed_is_on_one_open_correction(race: Race, only: str | None) -> None:
    for contract_id, invoice in race.rounds(race.confirmed(MANY)):
        details = [race.detail(invoice, only)] if only else None
        outcomes = at_once(*[race.correct(invoice, details) for _ in range(2)])
        first, second = sorted(outcomes, key=done, reverse=True)
        assert done(first)
        assert "is on the open correction" in refusal(second)
        assert race.invoices(contract_id) == [("corrective", "draft"), ("manual", "confirmed")]


def test_different_details_are_corrected_side_by_side(race: Race) -> None:
    for _, invoice in race.rounds(race.confirmed(FEW)):
        outcomes = at_once(*[race.correct(invoice, [race.detail(invoice, name)]) for name in BOTH_BILLED])
        assert all(map(done, outcomes))
        corrections = [found.invoices[0].invoice_id for found in outcomes]
        assert all(map(done, at_once(*map(race.confirm, corrections))))
        assert sum(found.invoices[0].total_amount for found in outcomes) == -1630


def test_correction_of_the_same_request_is_one_draft(race: Race) -> None:
    for contract_id, invoice in race.rounds(race.confirmed(MANY)):
        first, second = at_once(*[race.correct(invoice, key=f"correct {contract_id}") for _ in range(2)])
        assert done(first)
        assert first == second


def test_invoice_is_paid_and_corrected_at_once(race: Race) -> None:
    for contract_id, invoice in race.rounds(race.confirmed(MANY)):
        assert all(map(done, at_once(race.pay(invoice), race.correct(invoice))))
        assert race.invoices(contract_id) == [("corrective", "draft"), ("manual", "paid")]


# Create, beside creations and runs


def test_what_is_ready_is_on_one_invoice_however_many_create_it(race: Race) -> None:
    for contract_id in race.rounds(race.ready(MANY)):
        outcomes = at_once(*[race.create(contract_id) for _ in range(3)])
        assert [done(outcome) for outcome in outcomes].count(True) == 1
        assert all("nothing is ready" in refusal(outcome) for outcome in outcomes if not done(outcome))
        assert billed(race.world, contract_id) == {TODAY: BOTH_BILLED}


def test_creation_of_the_same_request_is_one_invoice(race: Race) -> None:
    for contract_id in race.rounds(race.ready(MANY)):
        first, second = at_once(*[race.create(contract_id, key=contract_id) for _ in range(2)])
        assert done(first)
        assert first == second


def running(race: Race, contract_id: str, key: str) -> Callable[[], object]:
    """A run of the day that is due."""
    race.world.load()
    return lambda: race.world.run(DAY, f"{key} {contract_id}", contract_ids=[contract_id])


def test_run_beside_a_creation_bills_nothing_twice(race: Race) -> None:
    for contract_id in race.rounds(race.ready(FEW)):
        race.world.schedule(DAY, contract_id=contract_id)
        ran, created = at_once(running(race, contract_id, "run"), race.create(contract_id))
        assert done(ran)
        assert done(created) or "nothing is ready" in refusal(created)
        assert billed(race.world, contract_id) == {TODAY if done(created) else DAY: BOTH_BILLED}


def test_run_again_beside_a_confirmation_keeps_what_is_confirmed(race: Race) -> None:
    for contract_id in race.rounds(race.ready(FEW)):
        race.world.schedule(DAY, contract_id=contract_id)
        running(race, contract_id, "first")()
        draft = invoice_of(race.world, DAY, contract_id=contract_id)
        race.world.transaction("late", october(3), "7", contract_id=contract_id, customer_id="Fabrikam")
        seen = race.seen(draft)
        ran, confirmed = at_once(running(race, contract_id, "again"), race.confirm(draft, version=seen))
        assert done(ran)
        if done(confirmed):
            assert billed(race.world, contract_id) == {DAY: BOTH_BILLED}
        else:
            assert "somebody changed it" in refusal(confirmed)
            assert billed(race.world, contract_id) == {DAY: [*BOTH_BILLED, "late"]}


@pytest.mark.parametrize("last", [1, 2, 3])
def test_people_work_while_a_run_is_between_its_steps(race: Race, last: int) -> None:
    ready, drafted, billed_before = race.ready(3)
    draft, invoice = (found.invoice_id for found in race.create(drafted, billed_before)().invoices)
    race.confirm(invoice)()
    race.world.schedule(DAY, contract_id=ready)
    steps = Steps(race.world, DAY, "in progress")
    for step in steps.in_order[:last]:
        step()
    race.edit(draft, "T1", 6)()
    for act in (race.confirm(draft), race.correct(invoice), race.pay(invoice)):
        assert done(act())
    for step in steps.in_order[last:]:
        step()
    assert billed(race.world, ready) == {DAY: BOTH_BILLED}


# Beside a load


def loading(race: Race, contract_id: str) -> Callable[[], object]:
    """A load of T1 with 9 hours instead of 8."""
    source = race.world.at(race.world.engine)
    source.transaction("T1", october(1), "1800", quantity="9", contract_id=contract_id)
    return source.load


def test_load_beside_a_confirmation_is_billed_or_recorded_beside(race: Race) -> None:
    for contract_id, draft in race.rounds(race.drafts(MANY)):
        loaded, confirmed = at_once(loading(race, contract_id), race.confirm(draft))
        assert loaded is None
        assert done(confirmed)
        assert confirmed.invoices[0].total_amount == 1630


def test_load_beside_a_creation_is_taken_and_drafted_as_it_was_or_is(race: Race) -> None:
    for contract_id in race.rounds(race.ready(MANY)):
        loaded, created = at_once(loading(race, contract_id), race.create(contract_id))
        assert loaded is None
        assert done(created)
        assert created.invoices[0].total_amount in (1630, 1830)


def test_load_beside_a_deletion_is_taken(race: Race) -> None:
    for contract_id, draft in race.rounds(race.drafts(MANY)):
        loaded, deleted = at_once(loading(race, contract_id), race.delete(draft))
        assert loaded is None
        assert done(deleted)
        (created,) = race.create(contract_id)().invoices
        assert created.total_amount == 1830
