"""Corrections: what a corrective draft says, what its confirmation writes, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from invoicing.errors import NotFoundError, RefusedError
from invoicing.lifecycle.invoices import Handled
from tests.lifecycle.life import Life
from tests.lifecycle.test_confirmation import BILLED, CHARGED, FREE, WIP, Actual, actuals, reason
from tests.process.warehouse import october

# What the confirmation of the first invoice wrote: the sale of 8 hours at 200 is billed, as actual 3.
FIRST = 3


@pytest.fixture
def confirmed(life: Life) -> UUID:
    """8 hours at 200 with 160 tax, billed."""
    life.warehouse.transaction("T1", october(1), "1600", quantity="8", tax="160")
    invoice = life.created()
    life.confirm(invoice)
    return invoice


def written(life: Life) -> list[Actual]:
    """The actuals after those of the first confirmation."""
    return actuals(life)[FIRST:]


def correct(life: Life, invoice: UUID, **change: Any) -> UUID:
    """A confirmed correction of an invoice's only detail."""
    draft = life.corrected(invoice)
    if change:
        (detail_id,) = life.detail_ids(draft).values()
        life.change(draft, detail_id, **change)
    assert life.confirm(draft).refused == ()
    return draft


# The draft


def test_details_have_quantity_0_beside_the_original(life: Life, confirmed: UUID) -> None:
    detail = life.detail(life.corrected(confirmed), "T1")
    assert (detail.quantity, detail.original_quantity, detail.unit_price) == (0, 8, 200)


def test_amount_is_what_comes_on_top_of_what_was_invoiced(life: Life, confirmed: UUID) -> None:
    draft = life.corrected(confirmed)
    assert (life.detail(draft, "T1").amount, life.invoice(draft).total_amount) == (-1600, -1760)
    life.change(draft, life.detail_ids(draft)["T1"], quantity="6")
    assert (life.detail(draft, "T1").amount, life.detail(draft, "T1").tax_amount) == (-400, -40)


def test_tax_that_is_given_is_what_is_right_in_all(life: Life, confirmed: UUID) -> None:
    draft = life.corrected(confirmed)
    life.change(draft, life.detail_ids(draft)["T1"], quantity="6", tax_amount="100")
    assert life.detail(draft, "T1").tax_amount == -60


def test_origin_and_the_corrected_invoice_are_told(life: Life, confirmed: UUID) -> None:
    invoice = life.invoice(life.corrected(confirmed))
    assert (invoice.origin, invoice.corrects_invoice_id, invoice.status) == ("corrective", confirmed, "draft")


def test_paid_invoice_is_corrected_as_well(life: Life, confirmed: UUID) -> None:
    life.pay(confirmed)
    assert len(life.correct(confirmed).invoices) == 1


def test_text_that_was_edited_is_carried_over(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    invoice = life.created()
    life.change(invoice, life.detail_ids(invoice)["T1"], description="Design")
    life.confirm(invoice)
    assert life.detail(life.corrected(invoice), "T1").description == "Design"


def test_chosen_details_alone_are_taken_up(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    life.warehouse.transaction("T2", october(1))
    invoice = life.created()
    chosen = life.detail_ids(invoice)["T2"]
    life.confirm(invoice)
    assert life.detail_ids(life.corrected(invoice, [chosen])).keys() == {"T2"}


def test_detail_that_needs_no_correction_can_be_removed(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    life.warehouse.transaction("T2", october(1))
    invoice = life.created()
    life.confirm(invoice)
    draft = life.corrected(invoice)
    life.remove(draft, life.detail_ids(draft)["T1"])
    life.confirm(draft)
    assert life.detail_ids(life.corrected(invoice)).keys() == {"T1"}


def test_deleted_correction_leaves_everything_as_it_was(life: Life, confirmed: UUID) -> None:
    before = actuals(life)
    life.delete(life.corrected(confirmed))
    assert actuals(life) == before
    assert len(life.correct(confirmed).invoices) == 1


def test_run_leaves_a_correction_alone(life: Life, confirmed: UUID) -> None:
    draft = life.corrected(confirmed)
    life.warehouse.schedule(october(20))
    life.warehouse.run(october(20))
    assert life.invoice(draft).total_amount == -1760


# What its confirmation writes


def test_full_credit(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed)
    assert written(life) == [
        (BILLED, -8, -1600, CHARGED, "unadjustable", FIRST, None),
        (WIP, 8, 1600, CHARGED, None, None, FIRST),
    ]
    assert actuals(life)[FIRST - 1] == (BILLED, 8, 1600, CHARGED, "adjusted", None, 1)


def test_8_hours_corrected_to_6(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed, quantity="6")
    assert written(life) == [
        (BILLED, -8, -1600, CHARGED, "unadjustable", FIRST, None),
        (WIP, 6, 1200, CHARGED, None, None, FIRST),
        (WIP, -6, -1200, CHARGED, "unadjustable", 5, None),
        (BILLED, 6, 1200, CHARGED, None, None, 5),
        (WIP, 2, 400, CHARGED, None, None, FIRST),
    ]


def test_what_is_corrected_away_is_not_ready(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed, quantity="6")
    (left,) = life.warehouse.read("SELECT quantity, amount, billing_status FROM analytics.unbilled_backlog")
    assert tuple(left) == (2, 400, "unbilled")


def test_what_is_corrected_away_can_be_made_ready_and_invoiced(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed, quantity="6")
    life.mark(ready=True, transaction_ids=["T1"])
    invoice = life.created()
    life.confirm(invoice)
    assert (life.detail(invoice, "T1").quantity, life.invoice(invoice).total_amount) == (2, 440)


def test_what_is_corrected_away_can_be_marked_non_chargeable(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed, quantity="6")
    life.set_billing_type(FREE, transaction_ids=["T1"])
    (left,) = life.warehouse.read("SELECT billing_type FROM analytics.unbilled_backlog")
    assert left.billing_type == FREE


def test_run_invoices_what_was_corrected_away_and_made_ready(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed, quantity="6")
    life.mark(ready=True)
    life.warehouse.schedule(october(5))
    assert life.warehouse.run(october(5)).run.details == 1


def test_increase(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed, quantity="10")
    assert written(life) == [
        (BILLED, -8, -1600, CHARGED, "unadjustable", FIRST, None),
        (WIP, 10, 2000, CHARGED, None, None, FIRST),
        (WIP, -10, -2000, CHARGED, "unadjustable", 5, None),
        (BILLED, 10, 2000, CHARGED, None, None, 5),
    ]


def test_other_price(life: Life, confirmed: UUID) -> None:
    draft = correct(life, confirmed, quantity="8", unit_price="150")
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in written(life)] == [
        (BILLED, -8, -1600),
        (WIP, 8, 1200),
        (WIP, -8, -1200),
        (BILLED, 8, 1200),
    ]
    assert life.invoice(draft).chargeable_amount == -400


def test_fee_in_part_leaves_no_remainder(life: Life) -> None:
    life.warehouse.transaction("F1", october(1), "50", transaction_class="fee")
    invoice = life.created()
    life.confirm(invoice)
    correct(life, invoice, quantity="0.5")
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in written(life)] == [
        (BILLED, -1, -50),
        (WIP, Decimal("0.5"), 25),
        (WIP, Decimal("-0.5"), -25),
        (BILLED, Decimal("0.5"), 25),
    ]


def test_fee_in_full_is_unbilled_again(life: Life) -> None:
    life.warehouse.transaction("F1", october(1), "50", transaction_class="fee")
    invoice = life.created()
    life.confirm(invoice)
    correct(life, invoice)
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in written(life)] == [
        (BILLED, -1, -50),
        (WIP, 1, 50),
    ]


def test_milestone_is_ready_again(life: Life) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.milestone("M1", october(1), line_id="phases")
    invoice = life.created()
    life.confirm(invoice)
    correct(life, invoice)
    assert [(kind, quantity, amount) for kind, quantity, amount, *_ in actuals(life)] == [
        (BILLED, 1, 5000),
        (BILLED, -1, -5000),
    ]
    assert life.detail_ids(life.created()).keys() == {"M1"}


def test_milestone_can_be_billed_and_credited_again_and_again(life: Life) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.milestone("M1", october(1), line_id="phases")
    for _ in range(3):
        invoice = life.created()
        life.confirm(invoice)
        correct(life, invoice)
    assert [amount for _, _, amount, *_ in actuals(life)] == [5000, -5000] * 3


def test_detail_added_by_hand_to_a_fixed_price_line_is_taken_back(life: Life, confirmed: UUID) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.transaction("T2", october(1))
    invoice = life.created()
    life.remove(invoice, life.detail_ids(invoice)["T2"])
    life.added(invoice, "phases", "2", "10")
    life.confirm(invoice)
    correct(life, invoice)
    assert [(kind, amount) for kind, _, amount, *_ in actuals(life)[-2:]] == [(BILLED, 20), (BILLED, -20)]


def test_correction_is_corrected(life: Life, confirmed: UUID) -> None:
    first = correct(life, confirmed, quantity="6")
    second = correct(life, first, quantity="7")
    assert life.detail(second, "T1").original_quantity == 6
    assert sum(amount for kind, _, amount, *_ in actuals(life) if kind == BILLED) == 1400


def test_each_share_of_a_split_is_corrected_for_itself(life: Life) -> None:
    life.warehouse.line("shared", percents={"Contoso": "60", "Fabrikam": "40"})
    life.warehouse.transaction("T1", october(1), "1600", quantity="8", line_id="shared")
    contoso, fabrikam = (invoice.invoice_id for invoice in life.create().invoices)
    life.confirm(contoso, fabrikam)
    correct(life, contoso)
    rows = life.warehouse.read(
        "SELECT customer_id, sum(amount) AS amount FROM analytics.actuals WHERE kind = 'billed_sales' GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [("Contoso", 0), ("Fabrikam", 640)]


def test_what_a_draft_wrote_off_stays_written_off(life: Life) -> None:
    life.warehouse.transaction("T1", october(1), "1600", quantity="8")
    invoice = life.created()
    life.change(invoice, life.detail_ids(invoice)["T1"], quantity="6")
    life.confirm(invoice)
    correct(life, invoice)
    billed = [(amount, kind_of) for kind, _, amount, kind_of, *_ in actuals(life) if kind == BILLED]
    assert sorted(billed) == [(-1200, CHARGED), (400, FREE), (1200, CHARGED)]


# Refusals


def test_draft_cannot_be_corrected(life: Life) -> None:
    life.warehouse.transaction("T1", october(1))
    assert "only a confirmed invoice is corrected" in reason(life.correct(life.created()))


def test_unknown_invoice_cannot_be_corrected(life: Life) -> None:
    assert "no such invoice" in reason(life.correct(uuid4()))


def test_second_open_correction_of_a_detail_is_refused(life: Life, confirmed: UUID) -> None:
    open_one = life.corrected(confirmed)
    assert f"on the open correction {open_one} already" in reason(life.correct(confirmed))


def test_detail_that_was_corrected_is_refused_and_the_correction_named(life: Life, confirmed: UUID) -> None:
    correct(life, confirmed, quantity="6")
    assert "was corrected by INV-2026-000002; correct that invoice instead" in reason(life.correct(confirmed))


def test_detail_that_the_invoice_has_not_is_refused(life: Life, confirmed: UUID) -> None:
    assert reason(life.correct(confirmed, detail_ids=[99])) == "has no detail 99"


def test_one_that_cannot_be_corrected_does_not_stop_the_others(life: Life, confirmed: UUID) -> None:
    done = life.correct(uuid4(), confirmed)
    assert (len(done.invoices), len(done.refused)) == (1, 1)


def test_correction_that_changes_nothing_is_refused(life: Life, confirmed: UUID) -> None:
    draft = life.corrected(confirmed)
    life.change(draft, life.detail_ids(draft)["T1"], quantity="8")
    assert "changes nothing" in reason(life.confirm(draft))


def test_text_alone_changes_nothing(life: Life, confirmed: UUID) -> None:
    draft = life.corrected(confirmed)
    life.change(draft, life.detail_ids(draft)["T1"], quantity="8", description="Design")
    assert "changes nothing" in reason(life.confirm(draft))


def test_billing_type_is_locked(life: Life, confirmed: UUID) -> None:
    draft = life.corrected(confirmed)
    with pytest.raises(RefusedError, match="billing type is locked"):
        life.change(draft, life.detail_ids(draft)["T1"], billing_type=FREE)


@pytest.mark.parametrize("change", [{"quantity": "0.5"}, {"tax_amount": "1"}, {"billing_type": FREE}])
def test_milestone_is_corrected_in_full_only(life: Life, change: dict[str, Any]) -> None:
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.milestone("M1", october(1), line_id="phases")
    invoice = life.created()
    life.confirm(invoice)
    draft = life.corrected(invoice)
    with pytest.raises(RefusedError, match="fixed price"):
        life.change(draft, life.detail_ids(draft)["M1"], **change)


def test_correction_takes_no_new_details(life: Life, confirmed: UUID) -> None:
    with pytest.raises(RefusedError, match="no new details"):
        life.added(life.corrected(confirmed), "work", "1", "1")


def test_correction_is_not_refreshed(life: Life, confirmed: UUID) -> None:
    with pytest.raises(RefusedError, match="not refreshed"):
        life.refresh(life.corrected(confirmed))


def test_request_that_is_tried_again_gives_the_draft_it_made(life: Life, confirmed: UUID) -> None:
    first: Handled = life.correct(confirmed, key="one")
    assert life.correct(confirmed, key="one") == first


def test_detail_that_is_not_on_the_correction_is_named(life: Life, confirmed: UUID) -> None:
    with pytest.raises(NotFoundError, match="no detail 1"):
        life.change(life.corrected(confirmed), 1, quantity="1")
