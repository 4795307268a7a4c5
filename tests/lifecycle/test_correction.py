"""Corrections: what a corrective draft says, what its confirmation writes, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from invoicing.errors import NotFoundError, RefusedError
from invoicing.lifecycle.invoices import Handled
from tests.lifecycle.test_confirmation import reason
from tests.world.actuals import BILLED, CHARGED, FREE, WIP, Actual, actuals
from tests.world.desk import Desk
from tests.world.names import october

# What the confirmation of the first invoice wrote: the sale of 8 hours at 200 is billed, as actual 3.
FIRST = 3


@pytest.fixture
def confirmed(desk: Desk) -> UUID:
    """8 hours at 200 with 160 tax, billed."""
    desk.world.transaction("T1", october(1), "1600", quantity="8", tax="160")
    invoice = desk.created()
    desk.confirm(invoice)
    return invoice


def written(desk: Desk) -> list[Actual]:
    """The actuals after those of the first confirmation."""
    return actuals(desk.world)[FIRST:]


def correct(desk: Desk, invoice: UUID, **change: Any) -> UUID:
    """A confirmed correction of an invoice's only detail."""
    draft = desk.corrected(invoice)
    if change:
        (detail_id,) = desk.detail_ids(draft).values()
        desk.change(draft, detail_id, **change)
    assert desk.confirm(draft).refused == ()
    return draft


# The draft


def test_details_have_quantity_0_beside_the_original(desk: Desk, confirmed: UUID) -> None:
    detail = desk.detail(desk.corrected(confirmed), "T1")
    assert (detail.quantity, detail.original_quantity, detail.unit_price) == (0, 8, 200)


def test_amount_is_what_comes_on_top_of_what_was_invoiced(desk: Desk, confirmed: UUID) -> None:
    draft = desk.corrected(confirmed)
    assert (desk.detail(draft, "T1").amount, desk.invoice(draft).total_amount) == (-1600, -1760)
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="6")
    assert (desk.detail(draft, "T1").amount, desk.detail(draft, "T1").tax_amount) == (-400, -40)


def test_tax_that_is_given_is_what_is_right_in_all(desk: Desk, confirmed: UUID) -> None:
    draft = desk.corrected(confirmed)
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="6", tax_amount="100")
    assert desk.detail(draft, "T1").tax_amount == -60


def test_origin_and_the_corrected_invoice_are_told(desk: Desk, confirmed: UUID) -> None:
    invoice = desk.invoice(desk.corrected(confirmed))
    assert (invoice.origin, invoice.corrects_invoice_id, invoice.status) == ("corrective", confirmed, "draft")


def test_paid_invoice_is_corrected_as_well(desk: Desk, confirmed: UUID) -> None:
    desk.pay(confirmed)
    assert len(desk.correct(confirmed).invoices) == 1


def test_text_that_was_edited_is_carried_over(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    invoice = desk.created()
    desk.change(invoice, desk.detail_ids(invoice)["T1"], description="Design")
    desk.confirm(invoice)
    assert desk.detail(desk.corrected(invoice), "T1").description == "Design"


def test_chosen_details_alone_are_taken_up(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.world.transaction("T2", october(1))
    invoice = desk.created()
    chosen = desk.detail_ids(invoice)["T2"]
    desk.confirm(invoice)
    assert desk.detail_ids(desk.corrected(invoice, [chosen])).keys() == {"T2"}


def test_detail_that_needs_no_correction_can_be_removed(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.world.transaction("T2", october(1))
    invoice = desk.created()
    desk.confirm(invoice)
    draft = desk.corrected(invoice)
    desk.remove(draft, desk.detail_ids(draft)["T1"])
    desk.confirm(draft)
    assert desk.detail_ids(desk.corrected(invoice)).keys() == {"T1"}


def test_deleted_correction_leaves_everything_as_it_was(desk: Desk, confirmed: UUID) -> None:
    before = actuals(desk.world)
    desk.delete(desk.corrected(confirmed))
    assert actuals(desk.world) == before
    assert len(desk.correct(confirmed).invoices) == 1


def test_run_leaves_a_correction_alone(desk: Desk, confirmed: UUID) -> None:
    draft = desk.corrected(confirmed)
    desk.world.schedule(october(20))
    desk.world.run(october(20))
    assert desk.invoice(draft).total_amount == -1760


# What its confirmation writes


def test_full_credit(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed)
    assert written(desk) == [
        (BILLED, -8, -1600, CHARGED, "unadjustable", FIRST, None),
        (WIP, 8, 1600, CHARGED, None, None, FIRST),
    ]
    assert actuals(desk.world)[FIRST - 1] == (BILLED, 8, 1600, CHARGED, "adjusted", None, 1)


def test_8_hours_corrected_to_6(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed, quantity="6")
    assert written(desk) == [
        (BILLED, -8, -1600, CHARGED, "unadjustable", FIRST, None),
        (WIP, 6, 1200, CHARGED, None, None, FIRST),
        (WIP, -6, -1200, CHARGED, "unadjustable", 5, None),
        (BILLED, 6, 1200, CHARGED, None, None, 5),
        (WIP, 2, 400, CHARGED, None, None, FIRST),
    ]


def test_what_is_corrected_away_is_not_ready(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed, quantity="6")
    (left,) = desk.world.read("SELECT quantity, amount, billing_status FROM analytics.unbilled_backlog")
    assert tuple(left) == (2, 400, "unbilled")


def test_what_is_corrected_away_can_be_made_ready_and_invoiced(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed, quantity="6")
    desk.mark(ready=True, transaction_ids=["T1"])
    invoice = desk.created()
    desk.confirm(invoice)
    assert (desk.detail(invoice, "T1").quantity, desk.invoice(invoice).total_amount) == (2, 440)


def test_what_is_corrected_away_can_be_marked_non_chargeable(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed, quantity="6")
    desk.set_billing_type(FREE, transaction_ids=["T1"])
    (left,) = desk.world.read("SELECT billing_type FROM analytics.unbilled_backlog")
    assert left.billing_type == FREE


def test_run_invoices_what_was_corrected_away_and_made_ready(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed, quantity="6")
    desk.mark(ready=True)
    desk.world.schedule(october(5))
    assert desk.world.run(october(5)).figures.details == 1


def test_increase(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed, quantity="10")
    assert written(desk) == [
        (BILLED, -8, -1600, CHARGED, "unadjustable", FIRST, None),
        (WIP, 10, 2000, CHARGED, None, None, FIRST),
        (WIP, -10, -2000, CHARGED, "unadjustable", 5, None),
        (BILLED, 10, 2000, CHARGED, None, None, 5),
    ]


def test_other_price(desk: Desk, confirmed: UUID) -> None:
    draft = correct(desk, confirmed, quantity="8", unit_price="150")
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in written(desk)] == [
        (BILLED, -8, -1600),
        (WIP, 8, 1200),
        (WIP, -8, -1200),
        (BILLED, 8, 1200),
    ]
    assert desk.invoice(draft).chargeable_amount == -400


def test_fee_in_part_leaves_no_remainder(desk: Desk) -> None:
    desk.world.transaction("F1", october(1), "50", transaction_class="fee")
    invoice = desk.created()
    desk.confirm(invoice)
    correct(desk, invoice, quantity="0.5")
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in written(desk)] == [
        (BILLED, -1, -50),
        (WIP, Decimal("0.5"), 25),
        (WIP, Decimal("-0.5"), -25),
        (BILLED, Decimal("0.5"), 25),
    ]


def test_fee_in_full_is_unbilled_again(desk: Desk) -> None:
    desk.world.transaction("F1", october(1), "50", transaction_class="fee")
    invoice = desk.created()
    desk.confirm(invoice)
    correct(desk, invoice)
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in written(desk)] == [
        (BILLED, -1, -50),
        (WIP, 1, 50),
    ]


def test_milestone_is_ready_again(desk: Desk) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.world.milestone("M1", october(1), line_id="phases")
    invoice = desk.created()
    desk.confirm(invoice)
    correct(desk, invoice)
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in actuals(desk.world)] == [
        (BILLED, 1, 5000),
        (BILLED, -1, -5000),
    ]
    assert desk.detail_ids(desk.created()).keys() == {"M1"}


def test_milestone_can_be_billed_and_credited_again_and_again(desk: Desk) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.world.milestone("M1", october(1), line_id="phases")
    for _ in range(3):
        invoice = desk.created()
        desk.confirm(invoice)
        correct(desk, invoice)
    assert [amount for _, _, amount, *_ in actuals(desk.world)] == [5000, -5000] * 3


def test_detail_added_by_hand_to_a_fixed_price_line_is_taken_back(desk: Desk, confirmed: UUID) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.world.transaction("T2", october(1))
    invoice = desk.created()
    desk.remove(invoice, desk.detail_ids(invoice)["T2"])
    desk.added(invoice, "phases", "2", "10")
    desk.confirm(invoice)
    correct(desk, invoice)
    assert [(kind, amount) for kind, _, amount, *_ in actuals(desk.world)[-2:]] == [(BILLED, 20), (BILLED, -20)]


def test_correction_is_corrected(desk: Desk, confirmed: UUID) -> None:
    first = correct(desk, confirmed, quantity="6")
    second = correct(desk, first, quantity="7")
    assert desk.detail(second, "T1").original_quantity == 6
    assert sum(amount for kind, _, amount, *_ in actuals(desk.world) if kind == BILLED) == 1400


def test_each_share_of_a_split_is_corrected_for_itself(desk: Desk) -> None:
    desk.world.line("shared", percents={"Contoso": "60", "Fabrikam": "40"})
    desk.world.transaction("T1", october(1), "1600", quantity="8", line_id="shared")
    contoso, fabrikam = (invoice.invoice_id for invoice in desk.create().invoices)
    desk.confirm(contoso, fabrikam)
    correct(desk, contoso)
    rows = desk.world.read(
        "SELECT customer_id, sum(amount) AS amount FROM analytics.actuals WHERE kind = 'billed_sales' GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [("Contoso", 0), ("Fabrikam", 640)]


def test_what_a_draft_wrote_off_stays_written_off(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "1600", quantity="8")
    invoice = desk.created()
    desk.change(invoice, desk.detail_ids(invoice)["T1"], quantity="6")
    desk.confirm(invoice)
    correct(desk, invoice)
    billed = [(amount, kind_of) for kind, _, amount, kind_of, *_ in actuals(desk.world) if kind == BILLED]
    assert sorted(billed) == [(-1200, CHARGED), (400, FREE), (1200, CHARGED)]


# Refusals


def test_draft_cannot_be_corrected(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    assert "only a confirmed invoice is corrected" in reason(desk.correct(desk.created()))


def test_unknown_invoice_cannot_be_corrected(desk: Desk) -> None:
    assert "no such invoice" in reason(desk.correct(uuid4()))


def test_second_open_correction_of_a_detail_is_refused(desk: Desk, confirmed: UUID) -> None:
    open_one = desk.corrected(confirmed)
    assert f"on the open correction {open_one} already" in reason(desk.correct(confirmed))


def test_detail_that_was_corrected_is_refused_and_the_correction_named(desk: Desk, confirmed: UUID) -> None:
    correct(desk, confirmed, quantity="6")
    assert "was corrected by INV-2026-000002; correct that invoice instead" in reason(desk.correct(confirmed))


def test_detail_that_the_invoice_has_not_is_refused(desk: Desk, confirmed: UUID) -> None:
    assert reason(desk.correct(confirmed, detail_ids=[99])) == "has no detail 99"


def test_one_that_cannot_be_corrected_does_not_stop_the_others(desk: Desk, confirmed: UUID) -> None:
    done = desk.correct(uuid4(), confirmed)
    assert (len(done.invoices), len(done.refused)) == (1, 1)


def test_correction_that_changes_nothing_is_refused(desk: Desk, confirmed: UUID) -> None:
    draft = desk.corrected(confirmed)
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="8")
    assert "changes nothing" in reason(desk.confirm(draft))


def test_text_alone_changes_nothing(desk: Desk, confirmed: UUID) -> None:
    draft = desk.corrected(confirmed)
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="8", description="Design")
    assert "changes nothing" in reason(desk.confirm(draft))


def test_billing_type_is_locked(desk: Desk, confirmed: UUID) -> None:
    draft = desk.corrected(confirmed)
    with pytest.raises(RefusedError, match="billing type is locked"):
        desk.change(draft, desk.detail_ids(draft)["T1"], billing_type=FREE)


@pytest.mark.parametrize("change", [{"quantity": "0.5"}, {"tax_amount": "1"}, {"billing_type": FREE}])
def test_milestone_is_corrected_in_full_only(desk: Desk, change: dict[str, Any]) -> None:
    desk.world.line("phases", method="fixed_price")
    desk.world.milestone("M1", october(1), line_id="phases")
    invoice = desk.created()
    desk.confirm(invoice)
    draft = desk.corrected(invoice)
    with pytest.raises(RefusedError, match="fixed price"):
        desk.change(draft, desk.detail_ids(draft)["M1"], **change)


def test_correction_takes_no_new_details(desk: Desk, confirmed: UUID) -> None:
    with pytest.raises(RefusedError, match="no new details"):
        desk.added(desk.corrected(confirmed), "work", "1", "1")


def test_correction_is_not_refreshed(desk: Desk, confirmed: UUID) -> None:
    with pytest.raises(RefusedError, match="not refreshed"):
        desk.refresh(desk.corrected(confirmed))


def test_request_that_is_tried_again_gives_the_draft_it_made(desk: Desk, confirmed: UUID) -> None:
    first: Handled = desk.correct(confirmed, key="one")
    assert desk.correct(confirmed, key="one") == first


def test_detail_that_is_not_on_the_correction_is_named(desk: Desk, confirmed: UUID) -> None:
    with pytest.raises(NotFoundError, match="no detail 1"):
        desk.change(desk.corrected(confirmed), 1, quantity="1")
