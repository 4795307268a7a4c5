"""Approval: what moves much money is confirmed once another person has said so, no matter who calls."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from invoicing.errors import ApprovalNeededError, NotFoundError, RefusedError
from invoicing.ledger.changes import Request
from invoicing.lifecycle import approval, confirmation
from invoicing.lifecycle.approval import list_drafts
from invoicing.lifecycle.invoices import Handled
from invoicing.vocabulary import Answer
from tests.lifecycle.races import at_once
from tests.world.desk import Desk
from tests.world.names import TODAY, october
from tests.world.reads import count
from tests.world.world import World

LIMIT = Decimal(1000)


@pytest.fixture
def ann(desk: Desk) -> Desk:
    """Who confirms, where more than 1000 in a currency needs an approval."""
    set_limit(desk.world, LIMIT)
    return desk


@pytest.fixture
def bob(ann: Desk) -> Desk:
    """Somebody else."""
    return Desk(ann.world, "bob")


@pytest.fixture
def draft(ann: Desk) -> UUID:
    """Of 1600 USD."""
    ann.world.transaction("T1", october(1), "1600", quantity="8")
    return ann.created()


def set_limit(world: World, amount: Decimal | int | None, **more: bool) -> None:
    world.settings = world.settings.model_copy(update={"approval_amount": amount, **more})


def drafts_of(desk: Desk, amounts: dict[str, str], currency: str = "USD") -> list[UUID]:
    """A draft for each contract."""
    for contract_id, amount in amounts.items():
        desk.world.contract(contract_id, currency=currency)
        desk.world.line(contract_id=contract_id)
        desk.world.transaction("T", october(1), amount, contract_id=contract_id)
    return [desk.created(contract_id) for contract_id in amounts]


def asked(handled: Handled) -> int:
    """The approval that a confirmation asked for."""
    assert handled.approval_id is not None
    return handled.approval_id


def status(desk: Desk, *invoice_ids: UUID) -> list[str]:
    return [desk.invoice(invoice_id).status for invoice_id in invoice_ids]


def shown(desk: Desk) -> list[tuple[object, ...]]:
    rows = desk.world.read(
        "SELECT asked_by, answered_by, answer, reason, invoices, amounts FROM analytics.approvals ORDER BY approval_id"
    )
    return [tuple(row) for row in rows]


# When one is needed


def test_no_limit_is_set_and_nothing_is_asked(ann: Desk, draft: UUID) -> None:
    set_limit(ann.world, None)
    assert ann.confirm(draft).refused == ()
    assert count(ann.world, "approvals") == 0


def test_an_invoice_above_the_limit_is_refused_and_an_approval_asked_for(ann: Desk, draft: UUID) -> None:
    done = ann.confirm(draft)
    assert [(one.subject, one.reason) for one in done.refused] == [(str(draft), f"waits for approval {asked(done)}")]
    assert (done.invoices, status(ann, draft)) == ((), ["draft"])


def test_exactly_the_limit_needs_none(ann: Desk, draft: UUID) -> None:
    set_limit(ann.world, 1600)
    assert ann.confirm(draft).approval_id is None
    assert status(ann, draft) == ["confirmed"]


def test_a_limit_of_nothing_asks_of_every_amount(ann: Desk) -> None:
    set_limit(ann.world, 0)
    ann.world.transaction("T", october(1), "0.01")
    assert ann.confirm(ann.created()).approval_id


def test_invoices_that_come_to_more_together_are_all_refused(ann: Desk) -> None:
    drafts = drafts_of(ann, {"A": "600", "B": "400.01"})
    done = ann.confirm(*drafts)
    assert (len(done.refused), status(ann, *drafts)) == (2, ["draft", "draft"])


def test_currencies_are_not_summed(ann: Desk) -> None:
    drafts = [*drafts_of(ann, {"A": "900"}), *drafts_of(ann, {"B": "900"}, "EUR")]
    assert ann.confirm(*drafts).approval_id is None


def test_an_approval_is_of_the_whole_confirmation_whichever_currency_needs_it(ann: Desk) -> None:
    drafts = [*drafts_of(ann, {"A": "1600"}), *drafts_of(ann, {"B": "10"}, "EUR")]
    assert len(ann.confirm(*drafts).refused) == 2
    assert shown(ann) == [("ann", None, None, None, 2, {"EUR": 10, "USD": 1600})]


def test_a_credit_does_not_make_a_bill_smaller(ann: Desk) -> None:
    drafts = drafts_of(ann, {"A": "600", "B": "-600"})
    assert ann.confirm(*drafts).approval_id
    assert shown(ann)[0][-1] == {"USD": 1200}


def test_a_correction_that_gives_back_more_than_the_limit_needs_one(ann: Desk, draft: UUID) -> None:
    set_limit(ann.world, None)
    ann.confirm(draft)
    set_limit(ann.world, LIMIT)
    correction = ann.corrected(draft)
    assert ann.confirm(correction).approval_id
    assert status(ann, correction) == ["draft"]


def test_the_total_counts_with_its_tax(ann: Desk) -> None:
    ann.world.transaction("T", october(1), "1000", tax="0.01")
    assert ann.confirm(ann.created()).approval_id


def test_what_is_refused_anyway_is_not_asked_about(ann: Desk, draft: UUID) -> None:
    (small,) = drafts_of(ann, {"A": "10"})
    done = ann.confirm(draft, small, versions={draft: 0})
    assert (done.approval_id, status(ann, draft, small)) == (None, ["draft", "confirmed"])


# What it does


def test_what_is_approved_is_confirmed(ann: Desk, bob: Desk, draft: UUID) -> None:
    bob.approve(asked(ann.confirm(draft)))
    assert ann.confirm(draft).refused == ()
    assert status(ann, draft) == ["confirmed"]


def test_whoever_confirms_may_confirm_what_is_approved(ann: Desk, bob: Desk, draft: UUID) -> None:
    bob.approve(asked(ann.confirm(draft)))
    assert Desk(ann.world, "carol").confirm(draft).refused == ()


def test_what_nobody_has_answered_stays_refused_whoever_confirms(ann: Desk, bob: Desk, draft: UUID) -> None:
    ann.confirm(draft)
    assert bob.confirm(draft).approval_id
    assert status(ann, draft) == ["draft"]


def test_what_is_rejected_stays_refused(ann: Desk, bob: Desk, draft: UUID) -> None:
    first = asked(ann.confirm(draft))
    bob.reject(first, "too much")
    assert asked(ann.confirm(draft)) > first
    assert status(ann, draft) == ["draft"]


def test_the_last_answer_about_a_draft_counts(ann: Desk, bob: Desk, draft: UUID) -> None:
    first, second = asked(ann.confirm(draft)), asked(bob.confirm(draft))
    bob.approve(first)
    ann.reject(second)
    assert ann.confirm(draft).approval_id
    assert status(ann, draft) == ["draft"]


def test_a_draft_that_is_changed_afterwards_needs_a_new_one(ann: Desk, bob: Desk, draft: UUID) -> None:
    first = asked(ann.confirm(draft))
    bob.approve(first)
    ann.change(draft, ann.detail_ids(draft)["T1"], quantity="7")
    second = asked(ann.confirm(draft))
    assert (second > first, status(ann, draft)) == (True, ["draft"])
    bob.approve(second)
    assert ann.confirm(draft).refused == ()


def test_a_draft_that_is_changed_and_changed_back_needs_a_new_one(ann: Desk, bob: Desk, draft: UUID) -> None:
    bob.approve(asked(ann.confirm(draft)))
    ann.review(draft)
    ann.back_to_draft(draft)
    assert ann.confirm(draft).approval_id


def test_one_that_is_changed_while_the_question_waits_needs_a_new_one(ann: Desk, bob: Desk, draft: UUID) -> None:
    first = asked(ann.confirm(draft))
    ann.change(draft, ann.detail_ids(draft)["T1"], description="other words")
    bob.approve(first)
    assert asked(ann.confirm(draft)) > first


def test_of_several_the_changed_one_is_refused_and_asked_about_alone(ann: Desk, bob: Desk) -> None:
    one, other = drafts_of(ann, {"A": "600", "B": "700"})
    bob.approve(asked(ann.confirm(one, other)))
    ann.review(other)
    done = ann.confirm(one, other)
    assert status(ann, one, other) == ["confirmed", "in_review"]
    assert [draft.invoice_id for draft in ann.do(list_drafts, asked(done))] == [other]


def test_a_draft_that_nobody_approved_beside_those_that_are_is_refused(ann: Desk, bob: Desk, draft: UUID) -> None:
    bob.approve(asked(ann.confirm(draft)))
    (small,) = drafts_of(ann, {"A": "10"})
    ann.confirm(draft, small)
    assert status(ann, draft, small) == ["confirmed", "draft"]


def test_an_approval_does_not_last_for_a_correction(ann: Desk, bob: Desk, draft: UUID) -> None:
    bob.approve(asked(ann.confirm(draft)))
    ann.confirm(draft)
    assert ann.confirm(ann.corrected(draft)).approval_id


# The question


def test_what_is_asked_again_is_the_same_question(ann: Desk, draft: UUID) -> None:
    assert asked(ann.confirm(draft)) == asked(ann.confirm(draft))
    assert count(ann.world, "approvals") == 1


def test_what_somebody_else_asks_is_another_question(ann: Desk, bob: Desk, draft: UUID) -> None:
    assert asked(ann.confirm(draft)) != asked(bob.confirm(draft))


def test_more_drafts_are_another_question(ann: Desk, draft: UUID) -> None:
    first = asked(ann.confirm(draft))
    (small,) = drafts_of(ann, {"A": "10"})
    assert asked(ann.confirm(draft, small)) > first


def test_a_request_that_is_tried_again_confirms_no_more_than_before(ann: Desk, bob: Desk) -> None:
    """What is left of it, looked at alone, would need no approval."""
    one, other = drafts_of(ann, {"A": "600", "B": "700"})
    bob.approve(asked(ann.confirm(one, other)))
    ann.review(other)
    first = ann.confirm(one, other, key="one")
    assert ann.confirm(one, other, key="one") == first
    assert status(ann, other) == ["in_review"]


def test_asking_beforehand_confirms_nothing_and_asks_the_same(ann: Desk, draft: UUID) -> None:
    found = ann.do(confirmation.ask_for_approval, {draft: None}, settings=ann.world.settings, request=ann.request())
    assert (found.approval_id, found.refused, status(ann, draft)) == (asked(ann.confirm(draft)), (), ["draft"])


def test_asking_beforehand_says_what_cannot_be_confirmed_anyway(ann: Desk, draft: UUID) -> None:
    found = ann.do(confirmation.ask_for_approval, {draft: 0}, settings=ann.world.settings, request=ann.request())
    assert (found.approval_id, [one.subject for one in found.refused]) == (None, [str(draft)])


def test_an_approval_lists_its_drafts_by_currency_the_largest_first(ann: Desk) -> None:
    drafts = [*drafts_of(ann, {"A": "600", "B": "-700"}), *drafts_of(ann, {"C": "10"}, "EUR")]
    found = ann.do(list_drafts, asked(ann.confirm(*drafts)))
    assert [(draft.contract_id, draft.currency, draft.total_amount) for draft in found] == [
        ("C", "EUR", Decimal(10)),
        ("B", "USD", Decimal(-700)),
        ("A", "USD", Decimal(600)),
    ]
    assert (found[0].origin, found[0].status, found[0].customer_name, found[0].is_changed) == (
        "manual",
        "draft",
        "Fabrikam",
        False,
    )


def test_an_approval_says_which_of_its_drafts_were_changed_or_deleted_since(ann: Desk) -> None:
    one, other, same = drafts_of(ann, {"A": "600", "B": "700", "C": "1"})
    approval_id = asked(ann.confirm(one, other, same))
    ann.review(one)
    ann.delete(other)
    found = {draft.invoice_id: (draft.is_changed, draft.status) for draft in ann.do(list_drafts, approval_id)}
    assert found == {one: (True, "in_review"), other: (True, None), same: (False, "draft")}


# The answer


@pytest.mark.parametrize("answer", [Desk.approve, Desk.reject])
def test_who_asked_may_not_answer(ann: Desk, draft: UUID, answer: Callable[[Desk, int], object]) -> None:
    approval_id = asked(ann.confirm(draft))
    with pytest.raises(RefusedError, match=f"ann asked for approval {approval_id}, and who asked may not answer"):
        answer(ann, approval_id)
    assert ann.confirm(draft).approval_id == approval_id


def test_who_asked_may_not_answer_under_another_spelling(ann: Desk, draft: UUID) -> None:
    approval_id = asked(ann.confirm(draft))
    with pytest.raises(RefusedError, match="who asked may not answer"):
        Desk(ann.world, "Ann ").approve(approval_id)


def test_who_asked_may_answer_where_the_setting_says_so(ann: Desk, draft: UUID) -> None:
    set_limit(ann.world, LIMIT, approval_by_another=False)
    ann.approve(asked(ann.confirm(draft)))
    assert ann.confirm(draft).refused == ()


def test_who_is_not_known_cannot_ask(ann: Desk, draft: UUID) -> None:
    """That person could answer afterwards."""
    with pytest.raises(ApprovalNeededError, match="who asks is not known"):
        confirm_as_nobody(ann, draft)
    assert (status(ann, draft), count(ann.world, "approvals")) == (["draft"], 0)


def test_who_is_not_known_may_confirm_what_is_approved(ann: Desk, bob: Desk, draft: UUID) -> None:
    bob.approve(asked(ann.confirm(draft)))
    assert confirm_as_nobody(ann, draft).refused == ()


def test_who_is_not_known_may_ask_where_anybody_may_answer(ann: Desk, draft: UUID) -> None:
    set_limit(ann.world, LIMIT, approval_by_another=False)
    assert confirm_as_nobody(ann, draft).approval_id


def test_what_nobody_known_has_asked_is_not_answered_once_another_has_to(ann: Desk, bob: Desk, draft: UUID) -> None:
    set_limit(ann.world, LIMIT, approval_by_another=False)
    approval_id = asked(confirm_as_nobody(ann, draft))
    set_limit(ann.world, LIMIT, approval_by_another=True)
    with pytest.raises(RefusedError, match="who asked is not known"):
        bob.approve(approval_id)


def test_who_is_not_known_cannot_answer(ann: Desk, draft: UUID) -> None:
    approval_id = asked(ann.confirm(draft))
    with pytest.raises(RefusedError, match="who answers is not known"):
        ann.do(
            approval.answer,
            approval_id,
            Answer.APPROVED,
            settings=ann.world.settings,
            request=Request("airflow", "answer of nobody", is_person=False),
        )


def confirm_as_nobody(desk: Desk, invoice_id: UUID) -> Handled:
    return desk.do(
        confirmation.confirm_invoices,
        {invoice_id: None},
        today=TODAY,
        settings=desk.world.settings,
        request=Request("airflow", f"confirmation of nobody, {invoice_id}", is_person=False),
    )


@pytest.mark.parametrize("second", [Desk.approve, Desk.reject])
def test_an_approval_is_answered_once(ann: Desk, bob: Desk, draft: UUID, second: Callable[[Desk, int], object]) -> None:
    approval_id = asked(ann.confirm(draft))
    bob.approve(approval_id)
    with pytest.raises(RefusedError, match=f"approval {approval_id} was approved by bob already"):
        second(Desk(ann.world, "carol"), approval_id)
    assert shown(ann)[0][1:3] == ("bob", "approved")


def test_an_answer_that_is_tried_again_is_given(ann: Desk, bob: Desk, draft: UUID) -> None:
    approval_id = asked(ann.confirm(draft))
    assert bob.approve(approval_id, key="one") == bob.approve(approval_id, key="one")


def test_an_approval_that_nobody_asked_for_is_refused(bob: Desk) -> None:
    with pytest.raises(NotFoundError, match="nobody asked for approval 4711"):
        bob.approve(4711)


def test_analysts_see_who_asked_who_answered_and_why(ann: Desk, bob: Desk, draft: UUID) -> None:
    bob.reject(asked(ann.confirm(draft)), "the rate is wrong")
    assert shown(ann) == [("ann", "bob", "rejected", "the rate is wrong", 1, {"USD": 1600})]


def test_an_answer_of_two_at_once_is_that_of_one(ann: Desk, draft: UUID) -> None:
    approval_id = asked(ann.confirm(draft))
    desks = [Desk(ann.world, name) for name in ("bob", "carol")]
    answers = at_once(*(partial(desk.approve, approval_id) for desk in desks))
    assert sorted(type(found).__name__ for found in answers) == ["AlreadyAnsweredError", "Approval"]


def test_an_edit_beside_a_confirmation_is_confirmed_only_if_it_was_approved(ann: Desk, bob: Desk) -> None:
    """Either the approved version is confirmed and the edit refused, or the edit is in and nothing confirmed."""
    for number in range(8):
        (draft,) = drafts_of(ann, {f"C{number}": "1600"})
        bob.approve(asked(ann.confirm(draft)))
        detail_id = ann.detail_ids(draft)["T"]
        ann.world.load()
        edited, confirmed = at_once(partial(bob.change, draft, detail_id, quantity="3"), partial(ann.confirm, draft))
        invoice = ann.invoice(draft)
        found = (invoice.status, invoice.total_amount, isinstance(edited, RefusedError), len(confirmed.refused))
        assert found in [("confirmed", 1600, True, 0), ("draft", 4800, False, 1)]
