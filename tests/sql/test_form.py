"""Every file of include/sql keeps to the house's form, and to what a distributed Postgres understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlglot import exp

from invoicing.warehouse.statements import SQL_ROOT
from tests.sql.files import SCRIPTS, all_files, constants, name_of, parsed, statement_files, tables_of

# One alias per table. Another name says what role a second look at a table plays, in a whole word.
ALIASES = {
    "approval": "a",
    "approval_invoice": "ai",
    "billable": "b",
    "billing_exception": "e",
    "change": "ch",
    "contract_line": "cl",
    "contract_line_customer": "lc",
    "currency": "cu",
    "customer": "u",
    "invoice": "i",
    "invoice_change": "ic",
    "invoice_line": "line",
    "invoice_line_detail": "d",
    "invoice_number": "n",
    "invoice_run": "r",
    "milestone": "m",
    "opening_balance": "ob",
    "posting": "p",
    "project_contract": "c",
    "run_bucket": "rb",
    "run_due_row": "l",
    "run_line": "rl",
    "schedule_row": "s",
    "transaction": "t",
}
_SHORTEST_WORD = 4

# On every node of a cluster, or on its coordinator alone: joined by their own keys.
NOT_DISTRIBUTED = {
    "approval",
    "change",
    "currency",
    "customer",
    "invoice_frequency",
    "invoice_number",
    "invoice_run",
    "resource",
    "resource_capacity",
    "role",
    "run_accounting",
    "run_amount",
    "run_bucket",
}

_files = pytest.mark.parametrize("path", all_files(), ids=name_of)
_statements = pytest.mark.parametrize("path", statement_files(), ids=name_of)


@_statements
def test_file_holds_one_statement(path: Path) -> None:
    assert len(parsed(path)) == 1


@_files
def test_table_has_the_one_alias(path: Path) -> None:
    wrong = [
        f"{table.name} AS {table.alias}"
        for table in tables_of(path)
        if table.db == "invoicing" and table.alias and not _is_proper_alias(table.name, table.alias)
    ]
    assert wrong == []


def _is_proper_alias(table: str, alias: str) -> bool:
    return alias == ALIASES.get(table, alias) or len(alias) >= _SHORTEST_WORD


@_files
def test_joins_of_spread_tables_name_the_contract(path: Path) -> None:
    wrong = [
        join.this.name
        for tree in parsed(path)
        for select in tree.find_all(exp.Select)
        if (source := select.args.get("from_")) and _is_spread(source.this)
        for join in select.args.get("joins", [])
        if _is_spread(join.this) and "contract_id" not in (join.args["on"].sql() if join.args.get("on") else "")
    ]
    assert wrong == []


def _is_spread(source: exp.Expression) -> bool:
    return isinstance(source, exp.Table) and source.db == "invoicing" and source.name not in NOT_DISTRIBUTED


@_files
def test_nothing_that_a_cluster_refuses(path: Path) -> None:
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    refused = r"\b(WITH RECURSIVE|FOR UPDATE|FOR SHARE|SKIP LOCKED|ROLLUP|CUBE|GROUPING SETS|ctid|ON DELETE SET NULL)\b"
    assert re.findall(refused, text) == []


@_statements
def test_condition_asks_no_table_of_another_kind(path: Path) -> None:
    """Citus plans no EXISTS of a spread table about rows that are temporary alone, and no other way round in what changes rows."""
    wrong = [
        inner.this.sql()
        for tree in parsed(path)
        for inner in tree.find_all(exp.Exists)
        if (outer := inner.find_ancestor(exp.Select, exp.Delete, exp.Update))
        if _mixes(_kinds_read_by(outer), _kinds_read_by(inner.this), is_change=not isinstance(outer, exp.Select))
    ]
    assert wrong == []


def _mixes(outer: set[str], inner: set[str], *, is_change: bool) -> bool:
    if is_change:
        return "temporary" in inner
    return outer == {"temporary"} and "spread" in inner


def _kinds_read_by(reader: exp.Expression) -> set[str]:
    """Whether what stands in FROM, and is joined to it, is temporary or spread."""
    sources = [reader.this] if not isinstance(reader, exp.Select) else []
    sources += [part.this for part in (reader.args.get("from_"), *reader.args.get("joins", [])) if part]
    temporary = {"temporary" for source in sources if isinstance(source, exp.Table) and source.db == "pg_temp"}
    return temporary | {"spread" for source in sources if _is_spread(source)}


@pytest.mark.parametrize("path", sorted((SQL_ROOT / "migrations").rglob("*.sql")), ids=name_of)
def test_alter_has_one_subcommand(path: Path) -> None:
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    many = [
        part for part in text.split(";") if "ALTER TABLE" in part and len(re.findall(r"\bADD\b|\bDROP\b", part)) > 1
    ]
    assert many == []


def test_every_statement_is_a_constant_of_one_module() -> None:
    named = {name_of(path): constants().get(name_of(path), []) for path in statement_files()}
    assert {name: places for name, places in named.items() if len(places) != 1} == {}


def test_every_constant_has_its_file() -> None:
    files = {name_of(path) for path in statement_files()}
    assert sorted(constants().keys() - files) == []


def test_statement_lies_in_the_folder_of_its_module() -> None:
    wrong = {
        name: place
        for name, places in constants().items()
        for place in places
        if place.split(".")[1] != name.split("/")[0]
    }
    assert wrong == {}


@pytest.mark.parametrize("folder", SCRIPTS)
def test_scripts_are_numbered_in_the_order_they_run(folder: str) -> None:
    assert [path.name for path in (SQL_ROOT / folder).rglob("*.sql") if not re.match(r"\d{3}_", path.name)] == []
