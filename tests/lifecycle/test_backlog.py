"""The backlog: marked ready or not, and how it is billed."""

from __future__ import annotations

import pytest

from invoicing.errors import NotFoundError, RefusedError
from tests.lifecycle.life import Life
from tests.process.outcome import billed
from tests.process.warehouse import CONTRACT, october


def ready(life: Life) -> list[str]:
    rows = life.warehouse.read(
        "SELECT coalesce(transaction_id, milestone_id) AS name FROM invoicing.actual"
        " WHERE billing_status = 'ready_to_invoice' ORDER BY name"
    )
    return [row.name for row in rows]


@pytest.fixture
def waiting(life: Life) -> Life:
    """Time of 1 October, an expense of 2 October and a milestone of 3 October, none of them ready."""
    life.warehouse.line("phases", method="fixed_price")
    life.warehouse.transaction("T1", october(1), status="unbilled")
    life.warehouse.transaction("T2", october(2), status="unbilled", transaction_class="expense")
    life.warehouse.milestone("M1", october(3), line_id="phases", ready=False)
    return life


def test_everything_of_a_contract_is_made_ready(waiting: Life) -> None:
    assert waiting.mark(ready=True) == 3
    assert ready(waiting) == ["M1", "T1", "T2"]


def test_everything_of_a_contract_is_taken_back(waiting: Life) -> None:
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
def test_selection_narrows_what_is_marked(waiting: Life, selection: dict[str, list[str]], expected: list[str]) -> None:
    waiting.mark(ready=True, **selection)
    assert ready(waiting) == expected


def test_other_contracts_stay_as_they_are(waiting: Life) -> None:
    waiting.warehouse.contract("Other")
    waiting.warehouse.line(contract_id="Other")
    waiting.warehouse.transaction("T9", october(1), contract_id="Other", status="unbilled")
    waiting.mark(ready=True)
    assert "T9" not in ready(waiting)


def test_what_says_so_already_is_not_touched(waiting: Life) -> None:
    waiting.mark(ready=True)
    assert waiting.mark(ready=True) == 0


def test_named_transaction_on_a_draft_is_refused_and_nothing_is_marked(waiting: Life) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    draft = waiting.created()
    with pytest.raises(RefusedError, match=f"transaction T1 is on invoice {draft}"):
        waiting.mark(ready=True, transaction_ids=["T1", "T2"])
    assert ready(waiting) == ["T1"]


def test_what_is_on_a_draft_is_left_alone_when_nothing_is_named(waiting: Life) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    waiting.create()
    assert waiting.mark(ready=False) == 0
    assert ready(waiting) == ["T1"]


def test_confirmed_transaction_is_refused(waiting: Life) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    waiting.confirm(waiting.created())
    with pytest.raises(RefusedError, match="invoiced and confirmed"):
        waiting.mark(ready=False, transaction_ids=["T1"])


def test_milestone_on_a_draft_is_refused(waiting: Life) -> None:
    waiting.mark(ready=True, milestone_ids=["M1"])
    waiting.create()
    with pytest.raises(RefusedError, match="milestone M1 is on invoice"):
        waiting.mark(ready=False, milestone_ids=["M1"])


@pytest.mark.parametrize("selection", [{"transaction_ids": ["T9"]}, {"milestone_ids": ["T1"]}])
def test_name_that_is_not_known_is_refused(waiting: Life, selection: dict[str, list[str]]) -> None:
    with pytest.raises(NotFoundError, match=r"no (transaction T9|milestone T1)"):
        waiting.mark(ready=True, **selection)


def test_contract_that_is_not_known_is_refused(waiting: Life) -> None:
    with pytest.raises(NotFoundError, match="no contract Nobody"):
        waiting.mark(CONTRACT, "Nobody")


def test_run_takes_what_was_made_ready(waiting: Life) -> None:
    waiting.warehouse.schedule(october(5))
    waiting.mark(ready=True, transaction_ids=["T1"])
    waiting.warehouse.run(october(5))
    assert billed(waiting.warehouse) == {october(5): ["T1"]}


def test_billing_type_is_set(waiting: Life) -> None:
    assert waiting.set_billing_type("complimentary", transaction_classes=["expense"]) == 1
    rows = waiting.warehouse.read("SELECT transaction_id, billing_type FROM analytics.unbilled_backlog ORDER BY 1")
    assert [tuple(row) for row in rows] == [("T1", "chargeable"), ("T2", "complimentary")]


def test_billing_type_of_what_is_on_a_draft_is_refused(waiting: Life) -> None:
    waiting.mark(ready=True, transaction_ids=["T1"])
    waiting.create()
    with pytest.raises(RefusedError, match="take it off first"):
        waiting.set_billing_type("complimentary", transaction_ids=["T1"])


def test_billing_type_of_a_milestone_is_refused(waiting: Life) -> None:
    with pytest.raises(RefusedError, match="always chargeable"):
        waiting.set_billing_type("complimentary", milestone_ids=["M1"])
