"""What exceeds a limit cannot be made ready, and is invoiced by no path."""

from __future__ import annotations

import pytest

from invoicing.errors import LimitExceededError
from invoicing.lifecycle.backlog import Selection, mark_backlog
from tests.limits.capped import Capped
from tests.world.names import CONTRACT, october


@pytest.fixture
def full(capped: Capped) -> Capped:
    """Two transactions of 100 that are not ready, under a limit of 150."""
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100", status="unbilled")
    capped.world.transaction("T2", october(2), "100", status="unbilled")
    return capped


def status_of(capped: Capped, transaction_id: str) -> str:
    rows = capped.world.read(
        "SELECT billing_status FROM analytics.unbilled_backlog WHERE transaction_id = :name", name=transaction_id
    )
    return str(rows[0].billing_status)


def test_what_is_named_and_exceeds_a_limit_is_refused_with_the_figures(full: Capped) -> None:
    with pytest.raises(LimitExceededError) as refused:
        full.desk.mark(transaction_ids=["T2"])
    assert str(refused.value) == (
        "INV-514: transaction T2 of 100.00 exceeds the limit of contract Adatum: 100.00 is committed or invoiced, of 150.00; "
        "raise not_to_exceed_limit and load it, then: invoicing reevaluate"
    )
    assert refused.value.limit_amount - refused.value.used == 50
    assert status_of(full, "T2") == "unbilled"


def test_of_a_whole_contract_what_fits_is_made_ready(full: Capped) -> None:
    marked = full.desk.do(mark_backlog, Selection([CONTRACT]), ready=True)
    assert (marked.changed, marked.failed) == (1, 1)
    assert (status_of(full, "T1"), status_of(full, "T2")) == ("ready_to_invoice", "unbilled")


def test_what_failed_is_evaluated_again_when_it_is_made_ready(full: Capped) -> None:
    full.desk.set_billing_type("non_chargeable", transaction_ids=["T1"])
    assert full.verdicts()["T2"] == "failed contract"
    full.desk.mark(transaction_ids=["T2"])
    assert full.verdicts()["T2"] == "committed"


def test_what_its_source_calls_ready_stays_so_and_waits_for_room(capped: Capped) -> None:
    capped.limit_contract("50")
    capped.world.transaction("T1", october(1), "100")
    assert capped.desk.mark() == 0
    assert (status_of(capped, "T1"), capped.verdicts()) == ("ready_to_invoice", {"T1": "failed contract"})
    capped.limit_contract("100")
    assert capped.desk.invoice(capped.desk.created()).chargeable_amount == 100


def test_mark_as_not_ready_takes_no_room_away(full: Capped) -> None:
    full.desk.mark(transaction_ids=["T1"])
    full.desk.mark(ready=False)
    assert full.taken() == {"contract": (100, 0, 50)}


def test_invoice_of_what_exceeds_a_limit_is_refused_with_the_figures(capped: Capped) -> None:
    capped.limit_line_customer("50")
    capped.world.transaction("T1", october(1), "100")
    with pytest.raises(
        LimitExceededError, match=r"transaction T1 of 100.00 exceeds the limit of customer Fabrikam on line work"
    ):
        capped.desk.create(transaction_ids=["T1"])


def test_invoice_of_everything_ready_leaves_out_what_exceeds_a_limit(capped: Capped) -> None:
    capped.limit_contract("100")
    capped.world.transaction("T1", october(1), "100")
    capped.world.transaction("T2", october(2), "100")
    assert set(capped.desk.detail_ids(capped.desk.created())) == {"T1"}


def test_refresh_leaves_out_what_exceeds_a_limit(capped: Capped) -> None:
    capped.limit_contract("150")
    capped.world.transaction("T1", october(1), "100")
    draft = capped.desk.created()
    capped.world.transaction("T2", october(2), "100")
    capped.world.transaction("T3", october(3), "50")
    capped.desk.refresh(draft)
    assert set(capped.desk.detail_ids(draft)) == {"T1", "T3"}
