"""An edit whose answer was lost is tried again by the same request: it is made once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from invoicing.errors import NotFoundError
from invoicing.ledger.changes import Request
from invoicing.lifecycle.details import NewDetail, add_detail
from invoicing.warehouse.transactions import writing
from tests.world.desk import Desk
from tests.world.names import TODAY, october
from tests.world.reads import count, dump

KEY = "one and the same"
ON_TOP = NewDetail("work", "expense", TODAY, Decimal(1), Decimal("19.99"))


@pytest.fixture
def draft(desk: Desk) -> UUID:
    """A draft of one transaction; another became ready since."""
    desk.world.transaction("T1", october(1), "1600", quantity="8")
    draft = desk.created()
    desk.world.transaction("late", october(2), "7")
    return draft


EDITS: dict[str, Callable[[Desk, UUID, int, int | None], Any]] = {
    "change": lambda desk, draft, detail, version: desk.change(draft, detail, version, KEY, quantity=6),
    "add": lambda desk, draft, detail, version: desk.add(draft, ON_TOP, version, KEY),
    "remove": lambda desk, draft, detail, version: desk.remove(draft, detail, version, KEY),
    "refresh": lambda desk, draft, detail, version: desk.refresh(draft, version, KEY),
    "review": lambda desk, draft, detail, version: desk.review(draft, version, KEY),
    "delete": lambda desk, draft, detail, version: desk.delete(draft, version, KEY),
}


@pytest.mark.parametrize("is_looked_at", [True, False])
@pytest.mark.parametrize("edit", EDITS)
def test_edit_that_is_tried_again_is_made_once(desk: Desk, draft: UUID, edit: str, is_looked_at: bool) -> None:
    detail, version = desk.detail_ids(draft)["T1"], desk.version(draft) if is_looked_at else None
    first = EDITS[edit](desk, draft, detail, version)
    left = dump(desk.world)
    assert EDITS[edit](desk, draft, detail, version) == first
    assert dump(desk.world) == left


def test_one_request_may_make_several_changes(desk: Desk, draft: UUID) -> None:
    version = desk.version(draft)
    with writing(desk.world.engine, desk.world.settings.wait_seconds) as connection:
        for _ in range(2):
            done = add_detail(connection, str(draft), ON_TOP, request=Request("ann", KEY), version=version)
            version = done.version
    assert count(desk.world, "invoice_line_details") == 3


def test_edit_that_is_tried_again_when_the_draft_is_gone_says_so(desk: Desk, draft: UUID) -> None:
    desk.add(draft, ON_TOP, key=KEY)
    Desk(desk.world, "bob").delete(draft)
    with pytest.raises(NotFoundError, match="no invoice"):
        desk.add(draft, ON_TOP, key=KEY)
