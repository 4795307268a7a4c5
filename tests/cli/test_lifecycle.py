"""The commands of an invoice's life: what they print, and their exit status."""

from __future__ import annotations

import getpass
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cli.conftest import Invoke

CONTRACT = "adatum-implementation"


def answer(invoke: Invoke, *arguments: str) -> Any:
    """What a command that is done says in JSON."""
    status, out, err = invoke(*arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def draft(billed: None, invoke: Invoke) -> dict[str, Any]:
    """The invoice of 5 October with its details."""
    (invoice,) = answer(invoke, "invoices")
    shown: dict[str, Any] = answer(invoke, "show", invoice["invoice_id"])
    return shown


@pytest.fixture
def confirmed(draft: dict[str, Any], invoke: Invoke) -> dict[str, Any]:
    (invoice,) = answer(invoke, "confirm", draft["invoice_id"])["invoices"]
    confirmed: dict[str, Any] = invoice
    return confirmed


def work_of(shown: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(detail for detail in shown["details"] if detail["transaction_class"] == "time")
    return found


def test_show_prints_details_and_changes(draft: dict[str, Any], invoke: Invoke) -> None:
    detail = work_of(draft)["detail_id"]
    invoke("edit", draft["invoice_id"], "--in-review")
    status, out, _ = invoke("show", draft["invoice_id"])
    assert status == 0
    assert re.search(r"scheduled, in_review, version \d+", out)
    assert f"{detail} " in out
    assert getpass.getuser() in out


def test_show_prints_number_origin_and_names(confirmed: dict[str, Any], invoke: Invoke) -> None:
    _, out, _ = invoke("show", confirmed["invoice_id"])
    first, contract, customer, *_ = out.splitlines()
    assert first.startswith(f"Invoice {confirmed['invoice_number']} {confirmed['invoice_id']} of 2020-")
    assert "scheduled, confirmed" in first
    assert contract == "Contract adatum-implementation, Implementation services for Adatum"
    assert customer == "Customer adatum, Adatum Corporation"


def test_show_takes_the_number_of_an_invoice(confirmed: dict[str, Any], invoke: Invoke) -> None:
    assert answer(invoke, "show", confirmed["invoice_number"])["invoice_id"] == confirmed["invoice_id"]


def test_unknown_invoice_is_exit_status_1(adatum: None, invoke: Invoke) -> None:
    status, out, err = invoke("show", "nothing")
    assert (status, out) == (1, "")
    assert err.startswith("INV-102: no invoice nothing")


def test_edit_changes_a_detail(draft: dict[str, Any], invoke: Invoke) -> None:
    detail = work_of(draft)
    done = answer(invoke, "edit", draft["invoice_id"], "--detail", str(detail["detail_id"]), "--quantity", "0.5")
    assert done["version"] > draft["version"]
    assert work_of(answer(invoke, "show", draft["invoice_id"]))["amount"] == pytest.approx(detail["unit_price"] / 2)


def test_edit_says_what_the_invoice_comes_to(draft: dict[str, Any], invoke: Invoke) -> None:
    status, out, _ = invoke("edit", draft["invoice_id"], "--remove-line", "prototype")
    left = draft["total_amount"] - 5000
    assert status == 0
    assert re.search(rf"draft, version \d+, {left:,.2f} USD in all\.", out)


def test_edit_of_another_version_is_refused(draft: dict[str, Any], invoke: Invoke) -> None:
    status, _, err = invoke("edit", draft["invoice_id"], "--in-review", "--version", "7")
    assert (status, err.startswith("INV-502")) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "say one thing to do"),
        (["--refresh", "--delete"], "say one thing to do"),
        (["--quantity", "1"], "which detail to change"),
        (["--detail", "1"], "what to change of the detail"),
    ],
)
def test_edit_of_nothing_or_of_two_things_is_wrong_usage(
    draft: dict[str, Any], invoke: Invoke, arguments: list[str], reason: str
) -> None:
    status, _, err = invoke("edit", draft["invoice_id"], *arguments)
    assert (status, reason in err) == (2, True)


@pytest.mark.parametrize(
    "arguments", [["--detail", "1", "--quantity", "much"], ["--detail", "1", "--billing-type", "x"]]
)
def test_value_that_cannot_be_is_wrong_usage(draft: dict[str, Any], invoke: Invoke, arguments: list[str]) -> None:
    assert invoke("edit", draft["invoice_id"], *arguments)[0] == 2


def test_edit_adds_the_detail_of_a_file(draft: dict[str, Any], invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "taxi.json"
    file.write_text(
        '{"contract_line_id": "expenses", "transaction_class": "expense", "quantity": 3, "unit_price": 0.1,'
        ' "description": "Taxi"}'
    )
    answer(invoke, "edit", draft["invoice_id"], "--add-detail", str(file))
    added = answer(invoke, "show", draft["invoice_id"])["details"]
    assert [detail["amount"] for detail in added if detail["description"] == "Taxi"] == [0.3]


def test_edit_adds_the_detail_of_standard_input(
    draft: dict[str, Any], invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '{"contract_line_id": "expenses", "transaction_class": "expense", "quantity": 1, "unit_price": 5}'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert answer(invoke, "edit", draft["invoice_id"], "--add-detail", "-")["version"] > draft["version"]


@pytest.mark.parametrize(
    ("text", "reason"), [("{", "is not JSON"), ("[]", "one JSON object"), ("{}", "needs the field contract_line_id")]
)
def test_file_that_is_no_detail_is_refused(
    draft: dict[str, Any], invoke: Invoke, tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "taxi.json"
    file.write_text(text)
    status, _, err = invoke("edit", draft["invoice_id"], "--add-detail", str(file))
    assert (status, reason in err) == (1, True)


def test_deleted_draft_is_gone_and_its_work_waits(draft: dict[str, Any], invoke: Invoke) -> None:
    assert answer(invoke, "edit", draft["invoice_id"], "--delete") == {"deleted": draft["invoice_id"]}
    assert answer(invoke, "invoices") == []
    assert work_of(draft)["transaction_id"] in {row["transaction_id"] for row in answer(invoke, "backlog")}


def test_create_prints_the_ids(draft: dict[str, Any], invoke: Invoke) -> None:
    (created,) = answer(invoke, "create", "--contract", CONTRACT)["invoices"]
    assert {row["invoice_id"] for row in answer(invoke, "invoices")} == {draft["invoice_id"], created["invoice_id"]}


def test_contract_that_is_refused_is_exit_status_1_and_the_others_are_done(
    draft: dict[str, Any], invoke: Invoke
) -> None:
    status, out, err = invoke("create", "--contract", CONTRACT, "--contract", "nobody", "--json")
    assert (status, len(json.loads(out)["invoices"])) == (1, 1)
    assert err == "INV-501: 1 refused: nobody: there is no such contract in the warehouse\n"


def test_confirm_gives_numbers(confirmed: dict[str, Any]) -> None:
    assert confirmed["status"] == "confirmed"
    assert confirmed["invoice_number"].endswith("-000001")


@pytest.mark.parametrize("choice", [["--run-date", "2020-10-05"], ["--contract", CONTRACT]])
def test_confirm_takes_all_drafts_of_a_day_or_a_contract(
    draft: dict[str, Any], invoke: Invoke, choice: list[str]
) -> None:
    (done,) = answer(invoke, "confirm", *choice)["invoices"]
    assert done["invoice_id"] == draft["invoice_id"]


def test_confirm_of_a_day_without_drafts_says_so(draft: dict[str, Any], invoke: Invoke) -> None:
    assert invoke("confirm", "--run-date", "2020-10-06")[:2] == (0, "There is no such draft.\n")


@pytest.mark.parametrize("arguments", [[], ["some id", "--run-date", "2020-10-05"]])
def test_confirm_without_a_choice_or_with_two_is_wrong_usage(invoke: Invoke, arguments: list[str]) -> None:
    status, _, err = invoke("confirm", *arguments)
    assert (status, "say which drafts in one way" in err) == (2, True)


def test_confirm_of_another_version_is_refused(draft: dict[str, Any], invoke: Invoke) -> None:
    status, _, err = invoke("confirm", draft["invoice_id"], "--version", "999")
    assert (status, f"is at version {draft['version']} and you saw 999" in err) == (1, True)


def test_confirm_names_the_unknown_and_does_the_others(draft: dict[str, Any], invoke: Invoke) -> None:
    status, out, err = invoke("confirm", "nothing", draft["invoice_id"], "--json")
    assert (status, json.loads(out)["invoices"][0]["status"]) == (1, "confirmed")
    assert "no invoice nothing" in err


def test_pay(confirmed: dict[str, Any], invoke: Invoke) -> None:
    assert answer(invoke, "pay", confirmed["invoice_number"])["invoices"][0]["status"] == "paid"


def test_correct_prints_the_id_of_the_draft(confirmed: dict[str, Any], invoke: Invoke) -> None:
    (drafted,) = answer(invoke, "correct", confirmed["invoice_number"])["invoices"]
    assert drafted["total_amount"] == -confirmed["total_amount"]


def test_correct_takes_chosen_details(draft: dict[str, Any], confirmed: dict[str, Any], invoke: Invoke) -> None:
    detail = work_of(draft)
    done = answer(invoke, "correct", confirmed["invoice_number"], "--detail", str(detail["detail_id"]))
    assert done["invoices"][0]["total_amount"] == -detail["amount"]


def test_ready_and_not_ready_say_how_many(draft: dict[str, Any], invoke: Invoke) -> None:
    waiting = len(answer(invoke, "backlog"))
    selection = ["--contract", CONTRACT, "--class", "time", "--class", "expense", "--class", "material"]
    answer(invoke, "ready", *selection)
    assert answer(invoke, "not-ready", *selection) == {"changed": waiting, "failed": 0}


def test_ready_takes_one_transaction(draft: dict[str, Any], invoke: Invoke, engine: sa.Engine) -> None:
    name = answer(invoke, "backlog")[0]["transaction_id"]
    answer(invoke, "not-ready", "--contract", CONTRACT)
    assert answer(invoke, "ready", "--contract", CONTRACT, "--transaction", name) == {"changed": 1, "failed": 0}


def test_class_that_there_is_not_is_wrong_usage(draft: dict[str, Any], invoke: Invoke) -> None:
    assert invoke("ready", "--contract", CONTRACT, "--class", "milestone")[0] == 2


def test_billing_type_is_set(draft: dict[str, Any], invoke: Invoke) -> None:
    name = answer(invoke, "backlog")[0]["transaction_id"]
    changed = answer(invoke, "billing-type", "complimentary", "--contract", CONTRACT, "--transaction", name)
    assert changed == {"changed": 1, "failed": 0}


def test_everything_adds_up_after_a_whole_life(draft: dict[str, Any], invoke: Invoke) -> None:
    detail = str(work_of(draft)["detail_id"])
    answer(invoke, "edit", draft["invoice_id"], "--detail", detail, "--quantity", "1")
    answer(invoke, "confirm", draft["invoice_id"])
    (drafted,) = answer(invoke, "correct", draft["invoice_id"])["invoices"]
    answer(invoke, "confirm", drafted["invoice_id"])
    answer(invoke, "ready", "--contract", CONTRACT)
    answer(invoke, "create", "--contract", CONTRACT)
    assert invoke("verify")[:2] == (0, "Everything adds up.\n")
