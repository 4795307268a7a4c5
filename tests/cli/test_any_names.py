"""A firm whose names are markup, escapes and line ends, through every command that there is."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from invoicing import cli
from invoicing.settings import PROJECT_ROOT
from tests.cli.conftest import Invoke

# What a reader sees of it, whatever shows it.
SEEN = "[/]:smile:<b>%s{x}"
NAME = f"{SEEN}\x1b[31m\u202e\x9b"
BROKEN_NAME = f"{NAME}\r\nINV-1: done"  # which no name may be, but a text
DAY = "2020-10-05"

# Of a list in several lines, each line is looked at alone.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def named(name: str) -> str:
    return f"{name} {NAME}"


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """The sample adatum, where everything that the source names itself is named so."""
    folder = tmp_path / "firm [red]\x1b[31m"
    folder.mkdir()
    for path in (PROJECT_ROOT / "samples" / "adatum").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file, (folder / path.name).open("w", newline="") as copy:
            rows = csv.DictReader(file)
            assert rows.fieldnames
            written = csv.DictWriter(copy, rows.fieldnames)
            written.writeheader()
            written.writerows({column: _of_the_firm(column, value) for column, value in row.items()} for row in rows)
    return folder


def _of_the_firm(column: str, value: str) -> str:
    if column == "description":
        return BROKEN_NAME
    if column == "not_to_exceed_limit":
        return "1000000"
    free = column.endswith("_id") or column in {"name", "category", "unit"}
    return named(value) if free and value else value


@pytest.fixture
def seen(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Seen:
    """Calls commands, and looks at what they print."""
    monkeypatch.setenv("INVOICING_WAREHOUSE_DIR", str(tmp_path / "embedded [red]\x1b[31m"))
    monkeypatch.setenv("INVOICING_APPROVAL_BY_ANOTHER", "false")
    return Seen(invoke)


class Seen:
    def __init__(self, invoke: Invoke) -> None:
        self.invoke = invoke
        self.commands: set[str] = set()

    def __call__(self, command: str, *arguments: str, status: int = 0) -> str:
        """What a command prints, on both ways out."""
        self.commands.add(command)
        found, out, err = self.invoke(*command.split(), *arguments)
        assert found == status, err
        assert not _UNSEEN.search(out + err), repr(out + err)
        assert not re.search("^INV-1: done", out + err, re.MULTILINE)
        return out + err

    def json(self, command: str, *arguments: str) -> Any:
        return json.loads(self(command, *arguments, "--json"))


def commands() -> dict[str, Any]:
    """Every command of the console script, as it is typed."""
    return dict(_commands(typer.main.get_command(cli.app), ()))


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def test_any_name_is_shown_as_it_stands_by_every_command(
    firm: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = ("--contract", named("adatum-implementation"))
    assert "transactions: 78 rows, 78 new" in seen("load", str(firm))
    for command in ("db upgrade", "db check", "db url", "db stop"):
        seen(command)
    assert SEEN in seen("db grant-analyst", NAME, status=1)
    assert r"There is no embedded warehouse in" in seen("db remove", "--yes")
    seen("schedule", *contract)
    for listed in ("forecast", "limits"):
        assert SEEN in seen(listed, *contract)
        assert SEEN in seen(listed, "--contract", NAME, status=1)
    assert SEEN in seen("schedule", "--contract", NAME, status=1)
    assert SEEN in seen("milestones", *contract)
    generating = ("--line", named("prototype"), "--every", "month", "--from", DAY, "--count", "2")
    assert SEEN in seen("milestones", *contract, *generating, status=1)
    assert SEEN in seen("milestones", "--contract", NAME, *generating, status=1)
    assert SEEN in seen("run", "--run-date", DAY, *contract, "--preview")
    assert SEEN in seen("run", "--run-date", DAY, *contract)
    assert SEEN in seen("run", "--run-date", DAY, "--contract", NAME, status=1)
    assert "21130.01 USD" in seen("runs", *contract)
    for listed in ("invoices", "exceptions", "backlog"):
        assert SEEN in seen(listed)
    (draft,) = seen.json("invoices")
    assert draft["contract_id"] == contract[1]
    assert SEEN in seen("explain", named("T-001"), "--run-date", DAY)
    assert SEEN in seen("explain", NAME, "--run-date", DAY, status=1)
    waiting = seen.json("backlog")[0]["transaction_id"]
    seen("ready", *contract, "--transaction", waiting)
    seen("billing-type", "complimentary", *contract, "--transaction", waiting)
    seen("not-ready", *contract, "--transaction", waiting)
    seen("reevaluate", *contract, "--reset")
    assert SEEN in seen("reevaluate", "--contract", NAME, status=1)
    assert SEEN in seen("not-ready", "--contract", NAME, status=1)
    detail = seen.json("show", draft["invoice_id"])["details"][0]["detail_id"]
    seen("edit", draft["invoice_id"], "--detail", str(detail), "--description", BROKEN_NAME, "--quantity", "1")
    assert SEEN in seen("edit", draft["invoice_id"], "--remove-line", NAME, status=1)
    assert rf"{SEEN}\u001b[31m\u202e\u009b\r\nINV-1: done" in seen("show", draft["invoice_id"])
    monkeypatch.setenv("INVOICING_APPROVAL_AMOUNT", "1")
    assert "INV-503" in seen("confirm", *contract, status=1)
    assert SEEN in seen("confirm", NAME, status=1)
    seen("approvals")
    assert SEEN in seen("approvals", "1")
    seen("reject", "1", "--reason", BROKEN_NAME)
    assert SEEN in seen("approvals")
    seen("confirm", *contract, status=1)
    seen("approve", "2", "--reason", BROKEN_NAME)
    assert SEEN in seen("confirm", *contract)
    assert SEEN in seen("pay", draft["invoice_id"])
    assert SEEN in seen("correct", draft["invoice_id"])
    seen("ready", *contract)
    assert SEEN in seen("create", *contract)
    assert SEEN in seen("create", "--contract", NAME, status=1)
    seen("verify")
    assert commands().keys() == seen.commands


@pytest.mark.parametrize("name", [BROKEN_NAME, "T\udcff"], ids=["strange", "no character"])
@pytest.mark.parametrize("command", commands())
def test_any_value_of_an_option_is_answered_in_a_line(invoke: Invoke, command: str, name: str) -> None:
    parameters = [
        one for one in commands()[command].params if not getattr(one, "is_flag", False) and one.name != "help"
    ]
    for parameter in parameters:
        needed = [one for one in parameters if one.required and one is not parameter]
        arguments = [text for one in needed for text in _given(one, _usual(one))]
        status, out, err = invoke(*command.split(), *arguments, *_given(parameter, name))
        assert status in (0, 1, 2)
        assert not _UNSEEN.search(out + err), repr(out + err)
        assert all(line.startswith("  ") for line in err.splitlines()[1:]), err


def _given(parameter: Any, value: str) -> list[str]:
    return [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]


def _usual(parameter: Any) -> str:
    return {"run_date": DAY, "billing_type": "chargeable", "approval_id": "1"}.get(parameter.name, "any")


def test_zero_byte_in_a_detail_is_refused_in_a_line(billed: None, invoke: Invoke, tmp_path: Path) -> None:
    (draft,) = json.loads(invoke("invoices", "--json")[1])
    detail = tmp_path / "detail.json"
    detail.write_text(
        r'{"contract_line_id": "implementation", "transaction_class": "time", "quantity": 1, "unit_price": 1,'
        r' "description": "a\u0000b"}'
    )
    status, _, err = invoke("edit", draft["invoice_id"], "--add-detail", str(detail))
    assert (status, len(err.splitlines())) == (1, 1)
