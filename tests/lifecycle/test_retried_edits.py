"""An edit whose answer was lost is tried again by the same request: it is made once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from invoicing.errors import NotFoundError
from invoicing.lifecycle.creation import create_invoices
from invoicing.lifecycle.details import DetailChanges, NewDetail, add_detail, change_detail, remove_detail
from invoicing.lifecycle.drafts import delete_draft, put_in_review, refresh
from invoicing.lifecycle.invoices import Request
from invoicing.warehouse.transactions import writing
from tests.process.outcome import count, dump
from tests.process.warehouse import CONTRACT, Warehouse, october

TODAY = october(20)
REQUEST = Request("ann", "one and the same")
ON_TOP = NewDetail("work", "expense", TODAY, Decimal(1), Decimal("19.99"))


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    emptied.contract()
    emptied.line()
    emptied.transaction("T1", october(1), "1600", quantity="8")
    return emptied


@pytest.fixture
def draft(warehouse: Warehouse) -> str:
    """A draft of one transaction, at version 1."""
    created = do(
        warehouse, create_invoices, [CONTRACT], today=TODAY, settings=warehouse.settings, request=Request("ann", "0")
    )
    warehouse.transaction("late", october(2), "7")
    return str(created.invoices[0].invoice_id)


def do(warehouse: Warehouse, function: Callable[..., Any], *values: Any, **named: Any) -> Any:
    with writing(warehouse.engine, warehouse.settings.wait_seconds) as connection:
        return function(connection, *values, **named)


def add(warehouse: Warehouse, draft: str, **named: Any) -> Any:
    return do(warehouse, add_detail, draft, ON_TOP, request=REQUEST, **named)


def first_detail(warehouse: Warehouse) -> int:
    (row,) = warehouse.read("SELECT min(actual_id) AS detail_id FROM invoicing.actual")
    return int(row.detail_id)


EDITS: dict[str, Callable[[Warehouse, str, int | None], Any]] = {
    "change": lambda warehouse, draft, version: do(
        warehouse,
        change_detail,
        draft,
        first_detail(warehouse),
        DetailChanges(quantity=Decimal(6)),
        request=REQUEST,
        version=version,
    ),
    "add": lambda warehouse, draft, version: add(warehouse, draft, version=version),
    "remove": lambda warehouse, draft, version: do(
        warehouse, remove_detail, draft, first_detail(warehouse), request=REQUEST, version=version
    ),
    "refresh": lambda warehouse, draft, version: do(warehouse, refresh, draft, request=REQUEST, version=version),
    "review": lambda warehouse, draft, version: do(warehouse, put_in_review, draft, request=REQUEST, version=version),
    "delete": lambda warehouse, draft, version: do(warehouse, delete_draft, draft, request=REQUEST, version=version),
}


@pytest.mark.parametrize("version", [1, None])
@pytest.mark.parametrize("edit", EDITS)
def test_edit_that_is_tried_again_is_made_once(
    warehouse: Warehouse, draft: str, edit: str, version: int | None
) -> None:
    first = EDITS[edit](warehouse, draft, version)
    left = dump(warehouse)
    assert EDITS[edit](warehouse, draft, version) == first
    assert dump(warehouse) == left


def test_one_request_may_make_several_changes(warehouse: Warehouse, draft: str) -> None:
    with writing(warehouse.engine, warehouse.settings.wait_seconds) as connection:
        for version in (1, 2):
            add_detail(connection, draft, ON_TOP, request=REQUEST, version=version)
    assert count(warehouse, "invoice_line_detail") == 3


def test_edit_that_is_tried_again_when_the_draft_is_gone_says_so(warehouse: Warehouse, draft: str) -> None:
    add(warehouse, draft)
    do(warehouse, delete_draft, draft, request=Request("bob", "another"))
    with pytest.raises(NotFoundError, match="no invoice"):
        add(warehouse, draft)
