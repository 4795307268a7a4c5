"""A draft reserves what it bills: to raise it needs room, to lower it or to delete it gives room back."""

from __future__ import annotations

from uuid import UUID

import pytest

from invoicing.errors import LimitExceededError
from tests.limits.capped import Capped
from tests.world.names import october


@pytest.fixture
def draft(capped: Capped) -> UUID:
    """8 hours, 800, on a draft, under a limit of 1,000 for the contract."""
    capped.limit_contract("1000")
    capped.world.transaction("T1", october(1), "800", quantity="8")
    return capped.desk.created()


def test_detail_is_raised_up_to_the_limit(capped: Capped, draft: UUID) -> None:
    capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], quantity="10")
    assert capped.taken() == {"contract": (1000, 0, 0)}


def test_detail_that_is_raised_beyond_the_limit_is_refused_with_the_figures(capped: Capped, draft: UUID) -> None:
    with pytest.raises(LimitExceededError) as refused:
        capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], unit_price="126")
    assert str(refused.value) == (
        "INV-514: this exceeds the limit of contract Adatum: with it, 1008.00 would be committed or invoiced, of 1000.00; "
        "raise not_to_exceed_limit and load it, then: invoicing reevaluate"
    )
    assert capped.desk.invoice(draft).chargeable_amount == 800


def test_detail_may_be_changed_within_a_limit_that_was_lowered_below_it(capped: Capped, draft: UUID) -> None:
    capped.limit_contract("500")
    capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], quantity="7")
    with pytest.raises(LimitExceededError):
        capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], quantity="9")


def test_detail_that_becomes_chargeable_needs_room(capped: Capped) -> None:
    capped.world.transaction("T1", october(1), "800", billing_type="complimentary")
    draft = capped.desk.created()
    capped.limit_contract("500")
    with pytest.raises(LimitExceededError):
        capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], billing_type="chargeable")


def test_entry_takes_room(capped: Capped, draft: UUID) -> None:
    capped.desk.added(draft, "work", "2", "100")
    assert capped.taken() == {"contract": (1000, 0, 0)}
    with pytest.raises(LimitExceededError):
        capped.desk.added(draft, "work", "1", "0.01")


def test_entry_that_is_not_chargeable_takes_none(capped: Capped, draft: UUID) -> None:
    capped.desk.added(draft, "work", "20", "100", billing_type="non_chargeable")
    assert capped.taken() == {"contract": (800, 0, 200)}


def test_entry_that_is_taken_off_gives_its_room_back(capped: Capped, draft: UUID) -> None:
    capped.desk.added(draft, "work", "2", "100")
    capped.desk.remove(draft, capped.desk.detail_ids(draft)[None])
    assert capped.taken() == {"contract": (800, 0, 200)}


def test_reduced_detail_keeps_its_room_until_it_is_confirmed(capped: Capped, draft: UUID) -> None:
    capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], quantity="5")
    assert capped.taken() == {"contract": (800, 0, 200)}
    capped.desk.confirm(draft)
    assert capped.taken() == {"contract": (0, 500, 500)}


def test_raised_detail_gives_its_room_back_when_the_draft_is_deleted(capped: Capped, draft: UUID) -> None:
    capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], quantity="10")
    capped.desk.delete(draft)
    assert capped.taken() == {"contract": (800, 0, 200)}
    assert capped.verdicts() == {"T1": "committed"}


def test_source_that_grows_beyond_the_limit_while_it_is_on_an_edited_draft_waits_afterwards(
    capped: Capped, draft: UUID
) -> None:
    capped.desk.change(draft, capped.desk.detail_ids(draft)["T1"], quantity="7")
    capped.world.transaction("T1", october(1), "1200", quantity="12")
    assert capped.taken() == {"contract": (700, 0, 300)}
    capped.desk.remove(draft, capped.desk.detail_ids(draft)["T1"])
    assert capped.verdicts() == {"T1": "failed contract"}
    capped.desk.delete(draft)


def test_draft_of_a_run_lets_go_of_what_has_outgrown_the_limit(capped: Capped) -> None:
    capped.limit_contract("1000")
    capped.world.transaction("T1", october(1), "800")
    capped.world.schedule(october(5))
    capped.world.run(october(5))
    capped.world.transaction("T1", october(1), "1200")
    capped.world.run(october(5))
    assert capped.world.read("SELECT invoice_id FROM analytics.invoices") == []
    assert capped.taken() == {"contract": (0, 0, 1000)}


# Confirmed


def test_confirmed_work_counts_as_invoiced(capped: Capped, draft: UUID) -> None:
    capped.desk.confirm(draft)
    assert capped.taken() == {"contract": (0, 800, 200)}
    capped.world.transaction("T2", october(2), "201")
    assert capped.verdicts() == {"T2": "failed contract"}


def test_credit_gives_room_back_and_what_it_returns_is_evaluated_when_it_is_ready(capped: Capped, draft: UUID) -> None:
    capped.desk.confirm(draft)
    capped.desk.confirm(capped.desk.corrected(draft))
    assert capped.taken() == {"contract": (0, 0, 1000)}
    assert capped.verdicts() == {"T1": "not_evaluated"}
    capped.world.transaction("T2", october(2), "900")
    capped.world.load()
    assert capped.desk.mark(transaction_ids=["T2"]) == 0
    with pytest.raises(LimitExceededError, match="transaction T1"):
        capped.desk.mark(transaction_ids=["T1"])


def test_correction_takes_no_room_while_it_lowers(capped: Capped, draft: UUID) -> None:
    capped.desk.confirm(draft)
    correction = capped.desk.corrected(draft)
    capped.desk.change(correction, capped.desk.detail_ids(correction)["T1"], quantity="6")
    assert capped.taken() == {"contract": (0, 800, 200)}


def test_correction_that_raises_needs_room_for_what_comes_on_top(capped: Capped, draft: UUID) -> None:
    capped.desk.confirm(draft)
    correction = capped.desk.corrected(draft)
    detail_id = capped.desk.detail_ids(correction)["T1"]
    with pytest.raises(LimitExceededError):
        capped.desk.change(correction, detail_id, quantity="11")
    capped.desk.change(correction, detail_id, quantity="10")
    assert capped.taken() == {"contract": (200, 800, 0)}
    capped.desk.confirm(correction)
    assert capped.taken() == {"contract": (0, 1000, 0)}


# Milestones


@pytest.fixture
def phases(capped: Capped) -> Capped:
    """Milestones of 600 and 500, and time of 100."""
    capped.world.line("phases", method="fixed_price")
    capped.world.milestone("M1", october(5), "600", line_id="phases")
    capped.world.milestone("M2", october(6), "500", line_id="phases")
    capped.world.transaction("T1", october(1), "100")
    return capped


@pytest.mark.parametrize("level", ["contract", "customer"])
def test_milestone_is_held_to_the_limit_when_it_is_confirmed(phases: Capped, level: str) -> None:
    getattr(phases, f"limit_{level}")("1100")
    first = phases.desk.created(milestone_ids=["M1"], today=october(5))
    second = phases.desk.created(milestone_ids=["M2"], today=october(6))
    done = phases.desk.confirm(first, second)
    assert [invoice.invoice_id for invoice in done.invoices] == [first]
    (refused,) = done.refused
    of = "contract Adatum" if level == "contract" else "customer Fabrikam of contract Adatum"
    assert refused.reason == (
        f"fixed-price work of 500.00 exceeds the limit of {of}: 700.00 is committed or invoiced, of 1100.00; "
        "raise not_to_exceed_limit and load it, then: invoicing reevaluate"
    )


def test_confirmed_milestone_leaves_less_room_for_work(phases: Capped) -> None:
    phases.limit_contract("700")
    phases.desk.confirm(phases.desk.created(milestone_ids=["M1"]))
    assert phases.taken() == {"contract": (100, 600, 0)}
    phases.world.transaction("T2", october(2), "1")
    assert phases.verdicts() == {"T1": "committed", "T2": "failed contract"}


def test_credited_milestone_gives_its_room_back(phases: Capped) -> None:
    phases.limit_contract("700")
    draft = phases.desk.created(milestone_ids=["M1"])
    phases.desk.confirm(draft)
    phases.desk.confirm(phases.desk.corrected(draft))
    assert phases.taken() == {"contract": (100, 0, 600)}


def test_limit_of_a_fixed_price_line_holds_nothing_back(phases: Capped) -> None:
    phases.limit_line("10", "phases")
    assert phases.desk.confirm(phases.desk.created(milestone_ids=["M1"])).refused == ()
    assert phases.world.read("SELECT level FROM analytics.limits") == []
