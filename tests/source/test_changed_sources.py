"""What happens to work and milestones whose source says something else after they were invoiced (data contract 1.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from invoicing.errors import LoadRefusedError
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import billed, dump, invoice_of, run_status, shown, totals
from tests.world.stored import source_rows
from tests.world.world import World

RUN_DATE = october(5)
NEXT = october(6)


@pytest.fixture
def desk(world: World) -> Desk:
    """8 hours at 200 with 160 tax, due on the run date."""
    world.contract()
    world.line()
    world.schedule(RUN_DATE)
    world.transaction("T1", october(1), "1600", quantity="8", tax="160")
    return Desk(world)


@pytest.fixture
def milestones(world: World) -> Desk:
    """A fixed-price line with two milestones, the first of which is due on the run date."""
    world.contract()
    world.line(method="fixed_price")
    world.milestone("M1", RUN_DATE, line_id=LINE)
    world.milestone("M2", october(30), "700", line_id=LINE)
    return Desk(world)


def drafted(desk: Desk) -> UUID:
    """The draft of the run date."""
    desk.world.run(RUN_DATE)
    return invoice_of(desk.world, RUN_DATE)


def confirmed(desk: Desk) -> UUID:
    invoice = drafted(desk)
    assert desk.confirm(invoice).refused == ()
    return invoice


def edited(desk: Desk) -> UUID:
    """The draft of the run date, of which somebody changed a text."""
    invoice = drafted(desk)
    desk.change(invoice, desk.detail_ids(invoice)["T1"], description="Edited")
    return invoice


def credited(desk: Desk, **change: Any) -> None:
    """A confirmed correction of the confirmed invoice: in full unless something else is said."""
    draft = desk.corrected(confirmed(desk))
    if change:
        (detail_id,) = desk.detail_ids(draft).values()
        desk.change(draft, detail_id, **change)
    assert desk.confirm(draft).refused == ()


def open_sales(world: World) -> list[tuple[Any, ...]]:
    """What is in the backlog."""
    rows = world.read(
        "SELECT customer_id, quantity, amount, billing_status, billing_type FROM analytics.unbilled_backlog"
        " ORDER BY customer_id, quantity"
    )
    return [tuple(row) for row in rows]


def said(world: World) -> list[tuple[Any, ...]]:
    """What the source says by now of each share."""
    rows = world.read("SELECT customer_id, quantity, amount, source_state::text FROM rules.source_share ORDER BY 1")
    return [tuple(row) for row in rows]


# On a draft that nobody edited


def test_next_run_derives_the_draft_of_a_changed_transaction_afresh(desk: Desk) -> None:
    invoice = drafted(desk)
    desk.world.revise("transactions", "T1", quantity="7", amount="1400", tax_amount="140")
    desk.world.load()
    assert run_status(desk.world, RUN_DATE) == "not_run"
    assert desk.invoice(invoice).total_amount == 1760
    desk.world.run(NEXT)
    assert run_status(desk.world, RUN_DATE) == "run_successful"
    assert desk.invoice(invoice).total_amount == 1540


@pytest.mark.parametrize(
    "changes",
    [
        {"billing_status": "canceled"},
        {"billing_status": "unbilled"},
        {"billing_status": "invoice_posted"},
        {"transaction_date": october(15)},
        {"contract_line_id": "other"},
    ],
    ids=lambda changes: ", ".join(map(str, changes.values())),
)
def test_next_run_takes_off_what_no_longer_belongs_on_the_draft(desk: Desk, changes: dict[str, Any]) -> None:
    desk.world.line("other")
    desk.world.transaction("T2", october(1), "50")
    drafted(desk)
    desk.world.revise("transactions", "T1", **changes)
    desk.world.run(NEXT)
    assert billed(desk.world) == {RUN_DATE: ["T2"]}


def test_next_run_gives_a_moved_share_to_its_new_customer(desk: Desk) -> None:
    desk.world.split({"Contoso": "50", "Fabrikam": "50"})
    drafted(desk)
    desk.world.revise("transactions", "T1", customer_id="Contoso")
    desk.world.run(NEXT)
    assert totals(desk.world) == {"Contoso": 1760}


def test_draft_of_another_line_of_that_day_is_left_as_it_is(desk: Desk) -> None:
    desk.world.line("other")
    desk.world.schedule(RUN_DATE, line_id="other")
    desk.world.transaction("T2", october(1), "50", line_id="other")
    drafted(desk)
    desk.world.revise("transactions", "T1", quantity="7")
    desk.world.load()
    assert run_status(desk.world, RUN_DATE, "other") == "run_successful"


def test_text_that_changes_makes_nothing_due_again(desk: Desk) -> None:
    drafted(desk)
    desk.world.revise("transactions", "T1", description="Other")
    desk.world.load()
    assert run_status(desk.world, RUN_DATE) == "run_successful"


# On a draft that somebody edited


def test_detail_of_an_edited_draft_stays_and_the_source_is_taken(desk: Desk) -> None:
    invoice = edited(desk)
    desk.world.revise("transactions", "T1", quantity="7", amount="1400")
    desk.world.run(NEXT)
    assert (desk.detail(invoice, "T1").quantity, desk.invoice(invoice).total_amount) == (8, 1760)
    assert said(desk.world) == [("Fabrikam", 7, 1400, "open")]
    assert run_status(desk.world, RUN_DATE) == "run_successful"


# On a confirmed invoice


def test_actuals_of_a_confirmed_invoice_stay_and_the_source_stands_beside_them(desk: Desk) -> None:
    confirmed(desk)
    before = shown(desk.world, ["actuals", "invoices", "invoice_line_details"])
    desk.world.revise("transactions", "T1", quantity="7", amount="1400")
    desk.world.load()
    assert shown(desk.world, ["actuals", "invoices", "invoice_line_details"]) == before
    assert source_rows(desk.world, "transactions", "quantity") == [(7,)]
    assert said(desk.world) == [("Fabrikam", 7, 1400, "open")]


def test_source_that_says_again_what_it_said_first_is_as_it_was(desk: Desk) -> None:
    confirmed(desk)
    for quantity in ("7", "8"):
        desk.world.revise("transactions", "T1", quantity=quantity)
        desk.world.load()
    assert said(desk.world) == [("Fabrikam", 8, 1600, "open")]


def test_same_folder_again_changes_nothing_beside_a_confirmed_invoice(desk: Desk) -> None:
    confirmed(desk)
    desk.world.revise("transactions", "T1", quantity="7")
    desk.world.load()
    before = dump(desk.world)
    desk.world.revise("transactions", "T1")
    desk.world.load()
    assert dump(desk.world) == before


def test_customer_whose_billed_share_moves_to_another_has_nothing_left_of_it(desk: Desk) -> None:
    desk.world.split({"Contoso": "50", "Fabrikam": "50"})
    desk.world.run(RUN_DATE)
    desk.confirm(invoice_of(desk.world, RUN_DATE, "Contoso"))
    desk.world.revise("transactions", "T1", customer_id="Fabrikam")
    desk.world.load()
    assert said(desk.world) == [("Contoso", 0, 0, "canceled"), ("Fabrikam", 8, 1600, "open")]


def test_open_share_follows_beside_a_billed_one_in_the_percents_of_both(desk: Desk) -> None:
    desk.world.split({"Contoso": "25", "Fabrikam": "75"})
    desk.world.run(RUN_DATE)
    desk.confirm(invoice_of(desk.world, RUN_DATE, "Contoso"))
    desk.world.split({"Contoso": "50", "Fabrikam": "50"})
    desk.world.revise("transactions", "T1", quantity="12", amount="2400")
    desk.world.run(NEXT)
    assert said(desk.world) == [("Contoso", 3, 600, "open"), ("Fabrikam", 9, 1800, "open")]
    assert totals(desk.world, "chargeable_amount") == {"Contoso": 400, "Fabrikam": 1800}


# Given back by a confirmed correction


def test_what_a_credit_gave_back_follows_its_source(desk: Desk) -> None:
    credited(desk)
    desk.world.revise("transactions", "T1", quantity="7", amount="1400")
    desk.world.load()
    assert open_sales(desk.world) == [("Fabrikam", 7, 1400, "unbilled", "chargeable")]


def test_rest_of_a_partial_credit_is_what_the_source_says_less_what_stays_billed(desk: Desk) -> None:
    credited(desk, quantity="6")
    desk.world.revise("transactions", "T1", quantity="9", amount="1800")
    desk.world.load()
    assert open_sales(desk.world) == [("Fabrikam", 3, 600, "unbilled", "chargeable")]


def test_source_of_less_than_stays_billed_leaves_nothing_open(desk: Desk) -> None:
    credited(desk, quantity="6")
    desk.world.revise("transactions", "T1", quantity="5", amount="1000")
    desk.world.load()
    assert open_sales(desk.world) == []
    desk.world.revise("transactions", "T1", quantity="7", amount="1400")
    desk.world.load()
    assert open_sales(desk.world) == [("Fabrikam", 1, 200, "unbilled", "chargeable")]


def test_canceled_source_cancels_what_was_given_back(desk: Desk) -> None:
    credited(desk)
    desk.world.revise("transactions", "T1", billing_status="canceled")
    desk.world.load()
    assert open_sales(desk.world) == []


# What people marked


def test_marks_stand_while_the_source_says_the_same_of_them(desk: Desk) -> None:
    desk.mark(ready=False)
    desk.set_billing_type("non_chargeable")
    desk.world.revise("transactions", "T1", quantity="7", amount="1400")
    desk.world.load()
    assert open_sales(desk.world) == [("Fabrikam", 7, 1400, "unbilled", "non_chargeable")]


@pytest.mark.parametrize(
    ("changes", "status", "billing_type"),
    [
        ({"billing_status": "unbilled"}, "unbilled", "non_chargeable"),
        ({"billing_type": "complimentary"}, "ready_to_invoice", "complimentary"),
    ],
)
def test_sources_own_new_value_replaces_a_mark(
    desk: Desk, changes: dict[str, str], status: str, billing_type: str
) -> None:
    desk.set_billing_type("non_chargeable")
    desk.world.revise("transactions", "T1", **changes)
    desk.world.load()
    assert open_sales(desk.world) == [("Fabrikam", 8, 1600, status, billing_type)]


# Milestones


def test_milestone_that_moves_is_billed_on_its_new_date_alone(milestones: Desk) -> None:
    drafted(milestones)
    milestones.world.revise("milestones", "M1", milestone_date=october(20))
    milestones.world.run(NEXT)
    assert billed(milestones.world) == {}
    milestones.world.run(october(20))
    assert billed(milestones.world) == {october(20): ["M1"]}


def test_milestone_of_an_unedited_draft_is_derived_afresh(milestones: Desk) -> None:
    invoice = drafted(milestones)
    milestones.world.revise("milestones", "M1", amount="6000", tax_amount="60")
    milestones.world.run(NEXT)
    assert milestones.invoice(invoice).total_amount == 6060
    assert milestones.detail(invoice, "M1").unit_price == 6000


def test_milestone_of_a_confirmed_invoice_keeps_the_row_that_it_ran_with(milestones: Desk) -> None:
    confirmed(milestones)
    milestones.world.revise("milestones", "M1", milestone_date=october(20))
    milestones.world.run(october(20))
    assert run_status(milestones.world, RUN_DATE) == "run_successful"
    assert billed(milestones.world) == {RUN_DATE: ["M1"]}


def test_row_that_failed_stays_failed_when_its_milestone_changes(milestones: Desk) -> None:
    damage.remove_rounding_customer(milestones.world, LINE, CONTRACT)
    milestones.world.run(RUN_DATE)
    milestones.world.revise("milestones", "M1", amount="800")
    assert run_status(milestones.world, RUN_DATE) == "run_failed"


def test_milestone_that_another_system_has_billed_is_never_invoiced_here(milestones: Desk) -> None:
    milestones.world.revise("milestones", "M1", billing_status="invoice_posted")
    milestones.world.run(RUN_DATE)
    assert billed(milestones.world) == {}
    assert run_status(milestones.world, RUN_DATE) == "run_successful"
    milestones.world.revise("milestones", "M1", billing_status="ready_to_invoice")
    milestones.world.run(NEXT)
    assert billed(milestones.world) == {RUN_DATE: ["M1"]}


def test_transaction_that_another_system_has_billed_is_never_invoiced_here(desk: Desk) -> None:
    desk.world.revise("transactions", "T1", billing_status="invoice_posted")
    desk.world.run(RUN_DATE)
    assert billed(desk.world) == {}
    assert open_sales(desk.world) == []


# Schedule rows


def schedule(world: World) -> list[tuple[date, str, bool]]:
    rows = world.read("SELECT transaction_cutoff_date, run_status, ran_at IS NOT NULL FROM analytics.invoice_schedule")
    return [tuple(row) for row in rows]


def test_new_cutoff_of_a_row_that_ran_makes_it_due_again(desk: Desk) -> None:
    desk.world.transaction("T2", october(5), "50")
    invoice = drafted(desk)
    desk.world.revise("invoice_schedules", LINE, RUN_DATE, transaction_cutoff_date=october(5))
    desk.world.load()
    assert schedule(desk.world) == [(october(5), "not_run", False)]
    desk.world.run(NEXT)
    assert desk.invoice(invoice).total_amount == 1810


@pytest.mark.parametrize("touch", [edited, confirmed])
@pytest.mark.parametrize("changes", [{"transaction_cutoff_date": october(3)}, {"run_status": "run_successful"}])
def test_row_with_an_edited_or_confirmed_invoice_keeps_what_it_ran_with(
    desk: Desk, touch: Any, changes: dict[str, Any]
) -> None:
    touch(desk)
    desk.world.revise("invoice_schedules", LINE, RUN_DATE, **changes)
    desk.world.load()
    assert schedule(desk.world) == [(october(4), "run_successful", True)]


def test_row_whose_edited_draft_was_deleted_follows_its_source(desk: Desk) -> None:
    invoice = edited(desk)
    desk.world.revise("invoice_schedules", LINE, RUN_DATE, transaction_cutoff_date=october(3))
    desk.world.load()
    desk.delete(invoice)
    desk.world.revise("invoice_schedules", LINE, RUN_DATE)
    desk.world.load()
    assert schedule(desk.world) == [(october(3), "not_run", False)]


def test_row_that_the_source_says_was_run_elsewhere_is_no_longer_ours(desk: Desk) -> None:
    drafted(desk)
    desk.world.revise("invoice_schedules", LINE, RUN_DATE, run_status="run_successful")
    desk.world.load()
    assert schedule(desk.world) == [(october(4), "run_successful", False)]


@pytest.mark.parametrize("status", ["not_run", None])
def test_row_that_ran_stays_run_while_the_source_says_the_same(desk: Desk, status: str | None) -> None:
    drafted(desk)
    desk.world.revise("invoice_schedules", LINE, RUN_DATE, run_status=status)
    desk.world.load()
    assert schedule(desk.world) == [(october(4), "run_successful", True)]


def test_failed_row_may_be_run_elsewhere(desk: Desk) -> None:
    desk.world.revise("invoice_schedules", LINE, RUN_DATE, run_status="run_failed")
    desk.world.load()
    desk.world.revise("invoice_schedules", LINE, RUN_DATE, run_status="run_successful")
    desk.world.run(RUN_DATE)
    assert billed(desk.world) == {}


# What is refused still


def test_billing_method_of_a_line_with_billed_sales_cannot_change(desk: Desk) -> None:
    confirmed(desk)
    desk.world.revise("contract_lines", LINE, billing_method="fixed_price")
    with pytest.raises(LoadRefusedError, match="has sales billed as time_and_material and cannot become fixed_price"):
        desk.world.load()


def test_billing_method_of_a_line_with_open_sales_may_change(desk: Desk) -> None:
    desk.world.revise("contract_lines", LINE, billing_method="fixed_price")
    desk.world.load()
    assert source_rows(desk.world, "contract_lines", "billing_method") == [("fixed_price",)]


def test_milestone_of_no_amount_has_no_tax(milestones: Desk) -> None:
    milestones.world.revise("milestones", "M2", amount="0", tax_amount="0.50")
    with pytest.raises(
        LoadRefusedError, match=r"column tax_amount: '0\.5' is a tax on an amount of 0; write 0, or the"
    ):
        milestones.world.load()


def test_milestone_of_no_amount_and_no_tax_is_taken(milestones: Desk) -> None:
    milestones.world.revise("milestones", "M2", amount="0", tax_amount="0.00")
    milestones.world.load()
    assert (Decimal(0), Decimal(0)) in source_rows(milestones.world, "milestones", "amount", "tax_amount")
