"""The life of a milestone of two customers: where each share stands, and the milestone as a whole."""

from __future__ import annotations

from uuid import UUID

import pytest

from invoicing.reports import read_report
from invoicing.warehouse.transactions import reading
from tests.world.desk import Desk
from tests.world.names import CONTRACT, october
from tests.world.reads import invoice_of

DAY = october(5)


@pytest.fixture
def shared(desk: Desk) -> Desk:
    """A milestone of 5 October, half of it Fabrikam's and half of it Contoso's."""
    desk.world.line("phases", method="fixed_price", percents={"Fabrikam": "50", "Contoso": "50"})
    desk.world.milestone("M1", DAY, "1000", line_id="phases", ready=False)
    return desk


def standing(desk: Desk) -> tuple[str, dict[str, str]]:
    """Of the milestone as a whole, and of each customer's share."""
    with reading(desk.world.engine) as connection:
        rows = read_report(
            connection, "list_milestones", contract_ids=[CONTRACT], contract_line_id="phases", row_limit=None
        )
    (state,) = set(rows["state"])
    return state, dict(zip(rows["customer_id"], rows["billing_status"], strict=True))


def drafted(desk: Desk, customer_id: str) -> UUID:
    """The invoice of a customer who alone is ready on the day."""
    desk.mark(milestone_ids=["M1"], customer_ids=[customer_id])
    desk.world.run(DAY)
    return invoice_of(desk.world, DAY, customer_id)


def test_milestone_goes_from_not_ready_to_posted_and_back_for_one_customer(shared: Desk) -> None:
    assert standing(shared) == ("not_started", {"Fabrikam": "not_ready", "Contoso": "not_ready"})
    shared.mark(milestone_ids=["M1"], customer_ids=["Fabrikam"])
    assert standing(shared) == ("in_progress", {"Fabrikam": "ready_to_invoice", "Contoso": "not_ready"})
    shared.world.run(DAY)
    assert standing(shared) == ("in_progress", {"Fabrikam": "invoice_created", "Contoso": "not_ready"})
    invoice = invoice_of(shared.world, DAY)
    shared.confirm(invoice)
    assert standing(shared) == ("in_progress", {"Fabrikam": "invoice_posted", "Contoso": "not_ready"})
    correction = shared.corrected(invoice)
    assert standing(shared) == ("in_progress", {"Fabrikam": "invoice_posted", "Contoso": "not_ready"})
    shared.confirm(correction)
    assert standing(shared) == ("in_progress", {"Fabrikam": "ready_to_invoice", "Contoso": "not_ready"})
    shared.mark(ready=False, milestone_ids=["M1"])
    assert standing(shared) == ("not_started", {"Fabrikam": "not_ready", "Contoso": "not_ready"})


def test_milestone_is_completed_when_the_last_customer_is_billed(shared: Desk) -> None:
    shared.confirm(drafted(shared, "Fabrikam"))
    shared.mark(milestone_ids=["M1"], customer_ids=["Contoso"])
    late = shared.created()
    assert standing(shared) == ("in_progress", {"Fabrikam": "invoice_posted", "Contoso": "invoice_created"})
    shared.confirm(late)
    assert standing(shared) == ("completed", {"Fabrikam": "invoice_posted", "Contoso": "invoice_posted"})


def test_milestone_that_a_correction_gave_back_is_not_completed_any_more(shared: Desk) -> None:
    shared.mark(milestone_ids=["M1"])
    shared.world.run(DAY)
    invoices = [invoice_of(shared.world, DAY, customer_id) for customer_id in ("Fabrikam", "Contoso")]
    shared.confirm(*invoices)
    assert standing(shared)[0] == "completed"
    shared.confirm(shared.corrected(invoices[0]))
    assert standing(shared) == ("in_progress", {"Fabrikam": "ready_to_invoice", "Contoso": "invoice_posted"})


def test_share_that_ended_has_no_part_in_where_the_milestone_stands(shared: Desk) -> None:
    shared.confirm(drafted(shared, "Fabrikam"))
    shared.world.revise("milestones", "M1", customer_id="Fabrikam")
    assert standing(shared) == ("completed", {"Fabrikam": "invoice_posted"})


def test_milestone_on_a_deleted_draft_is_ready_again(shared: Desk) -> None:
    shared.delete(drafted(shared, "Fabrikam"))
    assert standing(shared) == ("in_progress", {"Fabrikam": "ready_to_invoice", "Contoso": "not_ready"})


def test_milestone_that_another_system_billed_is_completed(shared: Desk) -> None:
    shared.world.revise("milestones", "M1", billing_status="invoice_posted")
    assert standing(shared)[0] == "completed"
