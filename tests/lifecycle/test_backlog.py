"""The backlog: marked ready or not, and how it is billed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from invoicing.errors import NotFoundError, RefusedError
from invoicing.lifecycle.creation import create_invoices
from tests.world.desk import Desk
from tests.world.names import CONTRACT, TODAY, october
from tests.world.reads import billed


def ready(desk: Desk, contract_id: str = CONTRACT) -> list[str]:
    """What an invoice of a contract would take now; it is not made."""
    with desk.world.engine.connect() as connection:
        made = create_invoices(
            connection, [contract_id], today=TODAY, settings=desk.world.settings, request=desk.request()
        )
        rows = connection.execute(
            sa.text(
                "SELECT coalesce(transaction_id, milestone_id) AS name FROM analytics.invoice_line_details"
                " WHERE invoice_id = ANY (:made) ORDER BY name"
            ),
            {"made": [invoice.invoice_id for invoice in made.invoices]},
        ).all()
        connection.rollback()
    return [row.name for row in rows]


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """Time of 1 October, an expense of 2 October and a milestone of 3 October, none of them ready."""
    desk.world.line("phases", method="fixed_price")
    desk.world.transaction("T1", october(1), status="unbilled")
    desk.world.transaction("T2", october(2), status="unbilled", transaction_class="expense")
    desk.world.milestone("M1", october(3), line_id="phases", ready=False)
    return desk


def test_everything_of_a_contract_is_made_ready(waiting: Desk) -> None:
    assert waiting.mark(ready=True) == 3
    assert ready(waiting) == ["M1", "T1", "T2"]


def test_everything_of_a_contract_is_taken_back(waiting: Desk) -> None:
    waiting.mark(ready=True)
    assert waiting.mark(ready=False) == 3
    assert ready(waiting) == []


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"transaction_ids": ["T2"]}, ["T2"]),
        ({"milestone_ids": ["M1"]}, ["M1"]),
        ({"transaction_ids": ["T1"], "milestone_ids": ["M1"]}, ["M1", "T1"]),
        ({"until": october(2)}, ["T1", "T2"]),
        ({"transaction_classes": ["expense"]}, ["T2"]),
        ({"transaction_ids": ["T1", "T2"], "until": october(1)}, ["T1"]),
    ],
)
def test_selection_narrows_what_is_marked(waiting: Desk, selection: dict[str, list[str]], expected: list[str]) -> None:
    waiting.mark(ready=True, **selection)
    assert ready(waiting) == expected


def test_other_contracts_stay_as_they_are(waiting: Desk) -> None:
    waiting.world.contract("Other")
    waiting.world.line(contract_id="Other")
    waiting.world.transaction("T9", october(1), contract_id="Other", status="unbilled")
    waiting.mark(ready=True)
    assert ready(waiting, "Other") == []


def test_what_says_so_already_is_not_touched(waiting: Desk) -> None:
    waiting.mark(ready=True)
    assert waiting.mark(ready=True) == 0


def test_named_transaction_on_a_draft_is_refused_and_nothing_is_marked(waiting: Desk) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    draft = waiting.created()
    with pytest.raises(RefusedError, match=f"transaction T1 is on invoice {draft}"):
        waiting.mark(ready=True, transaction_ids=["T1", "T2"])
    assert ready(waiting) == []


def test_what_is_on_a_draft_is_left_alone_when_nothing_is_named(waiting: Desk) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    draft = waiting.created()
    assert waiting.mark(ready=False) == 0
    waiting.delete(draft)
    assert ready(waiting) == ["T1"]


def test_confirmed_transaction_is_refused(waiting: Desk) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    waiting.confirm(waiting.created())
    with pytest.raises(RefusedError, match="invoiced and confirmed"):
        waiting.mark(ready=False, transaction_ids=["T1"])


def test_milestone_on_a_draft_is_refused(waiting: Desk) -> None:
    waiting.mark(ready=True, milestone_ids=["M1"])
    waiting.create()
    with pytest.raises(RefusedError, match="milestone M1 is on invoice"):
        waiting.mark(ready=False, milestone_ids=["M1"])


@pytest.mark.parametrize("selection", [{"transaction_ids": ["T9"]}, {"milestone_ids": ["T1"]}])
def test_name_that_is_not_known_is_refused(waiting: Desk, selection: dict[str, list[str]]) -> None:
    with pytest.raises(NotFoundError, match=r"no (transaction T9|milestone T1)"):
        waiting.mark(ready=True, **selection)


def test_contract_that_is_not_known_is_refused(waiting: Desk) -> None:
    with pytest.raises(NotFoundError, match="no contract Nobody"):
        waiting.mark(CONTRACT, "Nobody")


def test_run_takes_what_was_made_ready(waiting: Desk) -> None:
    waiting.world.schedule(october(5))
    waiting.mark(ready=True, transaction_ids=["T1"])
    waiting.world.run(october(5))
    assert billed(waiting.world) == {october(5): ["T1"]}


def test_billing_type_is_set(waiting: Desk) -> None:
    assert waiting.set_billing_type("complimentary", transaction_classes=["expense"]) == 1
    rows = waiting.world.read("SELECT transaction_id, billing_type FROM analytics.unbilled_backlog ORDER BY 1")
    assert [tuple(row) for row in rows] == [("T1", "chargeable"), ("T2", "complimentary")]


def test_billing_type_of_what_is_on_a_draft_is_refused(waiting: Desk) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    waiting.create()
    with pytest.raises(RefusedError, match="take it off first"):
        waiting.set_billing_type("complimentary", transaction_ids=["T1"])


def test_billing_type_of_a_milestone_is_refused(waiting: Desk) -> None:
    with pytest.raises(RefusedError, match="always chargeable"):
        waiting.set_billing_type("complimentary", milestone_ids=["M1"])
