"""The commands of an approval: what is printed to a person who may not confirm yet, and to one who answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Invoke
from tests.cli.test_lifecycle import answer

Become = Callable[[str], None]


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Become:
    """Another user of the machine calls from now on."""
    return lambda name: monkeypatch.setattr("getpass.getuser", lambda: name)


@pytest.fixture
def draft(billed: None, invoke: Invoke, become: Become, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The invoice of 5 October, of 21,213.41 USD and more than Ann may confirm alone."""
    monkeypatch.setenv("INVOICING_APPROVAL_AMOUNT", "20000")
    become("ann")
    (invoice,) = answer(invoke, "invoices")
    found: dict[str, Any] = invoice
    return found


@pytest.fixture
def asked(draft: dict[str, Any], invoke: Invoke) -> str:
    """The id of the approval that a confirmation asked for."""
    return asking(invoke, draft)


def asking(invoke: Invoke, draft: dict[str, Any]) -> str:
    status, out, _ = invoke("confirm", draft["invoice_id"], "--json")
    assert status == 1
    return str(json.loads(out)["approval_id"])


def state(invoke: Invoke) -> str:
    (invoice,) = answer(invoke, "invoices")
    return str(invoice["status"])


def test_confirm_says_which_approval_it_asked_for_and_how_to_answer(draft: dict[str, Any], invoke: Invoke) -> None:
    status, out, err = invoke("confirm", draft["invoice_id"])
    (line,) = err.splitlines()
    found = re.match(
        r"INV-503: approval (\d+) is needed \(1 draft, 21,213\.41 USD; the limit of a currency is 20000\)", line
    )
    assert found
    assert (
        f"somebody else than ann answers with `invoicing approve {found[1]}` or `invoicing reject {found[1]}`" in line
    )
    assert line.endswith(f"1 refused: {draft['invoice_id']}: waits for approval {found[1]}")
    assert (status, out, state(invoke)) == (1, "", "draft")


def test_confirm_in_json_has_the_approval_beside_what_was_refused(draft: dict[str, Any], invoke: Invoke) -> None:
    status, out, _ = invoke("confirm", draft["invoice_id"], "--json")
    found = json.loads(out)
    assert (status, found["invoices"], [one["subject"] for one in found["refused"]]) == (1, [], [draft["invoice_id"]])
    assert [row["approval_id"] for row in answer(invoke, "approvals")] == [found["approval_id"]]


def test_confirm_that_needs_none_says_so_in_json(
    draft: dict[str, Any], invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INVOICING_APPROVAL_AMOUNT")
    done = answer(invoke, "confirm", draft["invoice_id"])
    assert (done["approval_id"], done["left_out"]) == (None, [])


def test_confirm_by_run_date_says_what_is_left_out_and_why(draft: dict[str, Any], invoke: Invoke) -> None:
    invoke("edit", draft["invoice_id"], "--in-review")
    status, out, _ = invoke("confirm", "--run-date", "2020-10-05")
    assert status == 0
    assert out.splitlines()[-1].startswith(f"Left out: {draft['invoice_id']}: is in review")


def test_what_somebody_else_approves_is_confirmed(asked: str, invoke: Invoke, become: Become) -> None:
    become("bob")
    status, out, err = invoke("approve", asked)
    assert (status, err) == (0, "")
    assert out == f"Approval {asked} is approved: 1 draft, 21,213.41 USD; ann may confirm now.\n"
    become("ann")
    assert answer(invoke, "confirm", "--run-date", "2020-10-05")["refused"] == []
    assert state(invoke) == "confirmed"


def test_what_somebody_rejects_is_not(draft: dict[str, Any], asked: str, invoke: Invoke, become: Become) -> None:
    become("bob")
    assert answer(invoke, "reject", asked, "--reason", "the rate is wrong")["reason"] == "the rate is wrong"
    become("ann")
    assert asking(invoke, draft) != asked
    assert state(invoke) == "draft"


def test_who_asked_may_not_answer(asked: str, invoke: Invoke) -> None:
    status, out, err = invoke("approve", asked)
    assert (status, out) == (1, "")
    assert err.startswith(f"INV-512: ann asked for approval {asked}, and who asked may not answer it")


def test_who_asked_may_answer_where_the_setting_says_so(
    asked: str, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOICING_APPROVAL_BY_ANOTHER", "false")
    assert answer(invoke, "approve", asked)["answered_by"] == "ann"


def test_an_approval_is_answered_once(asked: str, invoke: Invoke, become: Become) -> None:
    become("bob")
    invoke("approve", asked)
    status, _, err = invoke("reject", asked)
    assert (status, err.startswith(f"INV-513: approval {asked} was approved by bob already")) == (1, True)


@pytest.mark.parametrize("command", ["approve", "reject", "approvals"])
def test_an_approval_that_nobody_asked_for_is_exit_status_1(billed: None, invoke: Invoke, command: str) -> None:
    status, out, err = invoke(command, "4711")
    assert (status, out) == (1, "")
    assert err.startswith("INV-102: nobody asked for approval 4711")


def test_an_id_that_is_none_is_wrong_usage(billed: None, invoke: Invoke) -> None:
    assert invoke("approve", "all")[0] == 2


def test_approvals_has_the_columns_of_the_view(asked: str, invoke: Invoke, become: Become) -> None:
    (row,) = answer(invoke, "approvals")
    assert {name: value for name, value in row.items() if name != "asked_at"} == {
        "approval_id": int(asked),
        "asked_by": "ann",
        "answered_at": None,
        "answered_by": None,
        "answer": None,
        "reason": None,
        "invoices": 1,
        "amounts": {"USD": 21213.41},
    }


def test_approvals_lists_first_what_waits(draft: dict[str, Any], asked: str, invoke: Invoke, become: Become) -> None:
    become("bob")
    later = asking(invoke, draft)
    become("ann")
    invoke("reject", later)
    status, out, _ = invoke("approvals")
    assert status == 0
    rows = [line for line in out.splitlines() if "21,213.41 USD" in line]
    assert [row.split()[0] for row in rows] == [asked, later]
    assert "rejected" in rows[1]


def test_approvals_of_an_id_lists_its_drafts(draft: dict[str, Any], asked: str, invoke: Invoke) -> None:
    (row,) = answer(invoke, "approvals", asked)
    assert (row["invoice_id"], row["origin"], row["status"]) == (draft["invoice_id"], "scheduled", "draft")
    assert (row["customer_name"], row["currency"], row["total_amount"]) == (
        draft["customer_name"],
        "USD",
        draft["total_amount"],
    )
    assert draft["invoice_id"] in invoke("approvals", asked)[1]


def test_nothing_waits_where_nobody_asked(billed: None, invoke: Invoke) -> None:
    assert invoke("approvals")[:2] == (0, "none\n")
