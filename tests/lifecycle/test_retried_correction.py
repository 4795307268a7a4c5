"""A correction that is asked for again with the same key says what it said before."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from invoicing.lifecycle.invoices import Handled
from tests.world.desk import Desk
from tests.world.names import october

KEY = "one and the same"


@pytest.fixture
def confirmed(desk: Desk) -> UUID:
    """A confirmed invoice."""
    desk.world.transaction("T1", october(1))
    draft = desk.created()
    desk.confirm(draft)
    return draft


def test_a_retried_correction_has_the_drafts_and_the_refusals_of_the_first_try(desk: Desk, confirmed: UUID) -> None:
    unknown = uuid4()
    first = desk.correct(confirmed, unknown, key=KEY)
    assert [refused.subject for refused in first.refused] == [str(unknown)]
    assert desk.correct(confirmed, unknown, key=KEY) == first


def test_a_retried_correction_whose_draft_was_deleted_meanwhile_makes_no_new_one(desk: Desk, confirmed: UUID) -> None:
    (draft,) = desk.correct(confirmed, key=KEY).invoices
    Desk(desk.world, "bob").delete(draft.invoice_id)
    assert desk.correct(confirmed, key=KEY) == Handled((), ())
