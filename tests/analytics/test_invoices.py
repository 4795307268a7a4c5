"""What analysts read of invoices and actuals: as things are while a draft, as they were once confirmed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import invoice_of


@pytest.fixture
def draft(desk: Desk) -> UUID:
    desk.world.transaction("T", october(1), description="as worked", role_id=None)
    desk.world.run(october(5))
    return invoice_of(desk.world, october(5))


def rename(desk: Desk) -> None:
    """The source calls everything otherwise."""
    desk.world.contract(name="renamed")
    desk.world.deliver("customers", customer_id="Fabrikam", name="renamed")
    desk.world.revise("contract_lines", LINE, name="renamed")
    desk.world.revise("transactions", "T", description="renamed")


def names(desk: Desk) -> list[str]:
    (invoice,) = desk.world.read("SELECT contract_name, customer_name FROM analytics.invoices")
    (line,) = desk.world.read("SELECT contract_line_name FROM analytics.invoice_lines")
    (detail,) = desk.world.read("SELECT description FROM analytics.invoice_line_details")
    return [*invoice, *line, *detail]


def test_draft_shows_the_names_of_now(desk: Desk, draft: UUID) -> None:
    rename(desk)
    assert names(desk) == ["renamed"] * 4


def test_confirmed_invoice_shows_the_names_of_its_confirmation(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    rename(desk)
    assert names(desk) == [CONTRACT, "Fabrikam", LINE, "as worked"]


def test_confirmed_detail_without_a_text_gets_none_later(desk: Desk) -> None:
    desk.world.transaction("T", october(1))
    desk.world.run(october(5))
    desk.confirm(invoice_of(desk.world, october(5)))
    desk.world.revise("transactions", "T", description="written later")
    ((text,),) = desk.world.read("SELECT description FROM analytics.invoice_line_details")
    assert text is None


def actuals(desk: Desk, columns: str) -> list[tuple[Any, ...]]:
    rows = desk.world.read(
        f"SELECT {columns} FROM analytics.actuals ORDER BY recorded_at, length(actual_id), actual_id"
    )
    return [tuple(row) for row in rows]


def test_unbilled_actual_follows_its_draft(desk: Desk, draft: UUID) -> None:
    assert actuals(desk, "kind, billing_status, adjustment_status, invoice_id") == [
        ("unbilled_sales", "invoice_created", None, draft)
    ]


def test_unbilled_actual_bears_the_id_of_its_detail(desk: Desk, draft: UUID) -> None:
    (detail_id,) = desk.detail_ids(draft).values()
    assert actuals(desk, "actual_id") == [(str(detail_id),)]


def test_unbilled_actual_is_accounted_for_on_its_own_date(desk: Desk, draft: UUID) -> None:
    assert actuals(desk, "accounting_date") == [(october(1),)]


def test_postings_are_accounted_for_on_the_day_of_the_confirmation(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft, today=date(2026, 11, 3))
    posted = desk.world.read("SELECT DISTINCT accounting_date FROM analytics.actuals WHERE actual_id LIKE '%/%'")
    assert [row.accounting_date for row in posted] == [date(2026, 11, 3)]


def test_what_was_billed_otherwise_is_adjusted(desk: Desk, draft: UUID) -> None:
    desk.change(draft, desk.detail_ids(draft)["T"], billing_type="complimentary")
    desk.confirm(draft)
    adjusted = desk.world.read("SELECT kind, billing_type FROM analytics.actuals WHERE adjustment_status = 'adjusted'")
    assert [tuple(row) for row in adjusted] == [("unbilled_sales", "chargeable")]


def test_what_was_billed_as_it_was_is_not_adjusted(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    assert {status for (status,) in actuals(desk, "adjustment_status")} == {None, "unadjustable"}


def test_each_reversal_names_what_it_takes_back(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    (detail_id,) = desk.detail_ids(draft).values()
    reversals = desk.world.read(
        "SELECT reverses_actual_id, quantity FROM analytics.actuals WHERE adjustment_status = 'unadjustable'"
    )
    assert [tuple(row) for row in reversals] == [(str(detail_id), -1)]


def test_billed_sales_that_were_corrected_are_adjusted(desk: Desk, draft: UUID) -> None:
    desk.confirm(draft)
    desk.confirm(desk.corrected(draft))
    billed = desk.world.read(
        "SELECT adjustment_status, quantity FROM analytics.actuals WHERE kind = 'billed_sales' ORDER BY quantity DESC"
    )
    assert [tuple(row) for row in billed] == [("adjusted", 1), ("unadjustable", -1)]


def test_milestone_has_no_actual_until_it_is_billed(desk: Desk) -> None:
    desk.world.milestone("M", october(5), line_id="prototype")
    desk.world.run(october(5))
    assert actuals(desk, "kind") == []
    desk.confirm(invoice_of(desk.world, october(5)))
    assert actuals(desk, "kind, milestone_id") == [("billed_sales", "M")]
