"""The statements in include/sql: one per file, with a header that tells the truth, bound parameters, and a use."""

from __future__ import annotations

import ast
import logging
import re
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.statements import SQL_ROOT, execute, statement_text

HEADER = ("Purpose", "Parameters", "Grain", "May be repeated")
SCRIPTS = ("migrations", "analytics")  # several statements each, run whole by the driver
NAMES = sorted(
    path.relative_to(SQL_ROOT).with_suffix("").as_posix()
    for path in SQL_ROOT.rglob("*.sql")
    if path.relative_to(SQL_ROOT).parts[0] not in SCRIPTS
)
# Folders whose files are found by looking: each file is a rule or a check of its own.
LISTED = ("process/exceptions", "verify")
EACH = pytest.mark.parametrize("name", NAMES)


def header_of(name: str) -> dict[str, str]:
    """The header lines by their titles; what follows a title to the next one belongs to it."""
    parts: dict[str, str] = {}
    title = ""
    for line in statement_text(name).splitlines():
        if not line.startswith("--"):
            return parts
        words = line.removeprefix("--").strip()
        found = re.match(rf"({'|'.join(HEADER)}): ", words)
        if found:
            title, words = found[1], words.removeprefix(found[0])
        parts[title] = f"{parts.get(title, '')} {words}".strip()
    return parts


def body_of(name: str) -> str:
    """The statement without comments and without what stands between quotes."""
    text = re.sub(r"--[^\n]*", "", statement_text(name))
    return re.sub(r"'(?:[^']|'')*'", "''", text)


def parameters_of(name: str) -> set[str]:
    return set(sa.text(statement_text(name)).compile().params)


# The files


@EACH
def test_header_has_its_four_lines_in_order(name: str) -> None:
    assert tuple(header_of(name)) == HEADER


@EACH
def test_header_says_something_under_each_title(name: str) -> None:
    assert all(header_of(name).values())


@EACH
def test_file_is_one_statement(name: str) -> None:
    assert ";" not in body_of(name).strip().removesuffix(";")


@EACH
def test_header_names_the_parameters_that_the_statement_binds(name: str) -> None:
    told = re.sub(r"\([^)]*\)", "", header_of(name)["Parameters"]).split(".")[0].split(";")[0]
    named = set() if told.strip() == "none" else {word.strip() for word in told.split(",")}
    assert named == parameters_of(name)


@EACH
def test_statement_has_no_place_for_text_to_be_put_in(name: str) -> None:
    assert re.search(r"%\(|%s|\{\w*\}|\$\{|\$\d", body_of(name)) is None


# Their use

SOURCES = sorted([*PROJECT_ROOT.glob("plugins/**/*.py"), *PROJECT_ROOT.glob("scripts/**/*.py")])


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def texts() -> frozenset[str]:
    """Every text constant of the sources."""
    return frozenset(
        node.value
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Every f-string of the sources that could name a statement."""
    found = []
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                parts = (
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"(\w+)" for part in node.values
                )
                found.append(re.compile("".join(parts)))
    return tuple(found)


def is_used(name: str) -> bool:
    if name in texts() or name.rpartition("/")[0] in LISTED:
        return True
    matches = (pattern.fullmatch(name) for pattern in patterns())
    return any(match and match.groups() and set(match.groups()) <= texts() for match in matches)


@EACH
def test_statement_is_used(name: str) -> None:
    assert is_used(name)


def test_statement_that_nobody_wrote_is_not_used() -> None:
    """Or the test above would prove nothing."""
    assert not is_used("process/no_such_statement")


def calls_of_execute(path: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) or getattr(node.func, "id", None))
        in ("execute", "exec_driver_sql", "text")
    ]


def test_no_value_is_formatted_into_sql() -> None:
    """What is put into a text of SQL is the name of a table or a statement, never a value."""
    keywords = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|VALUES|SET|ANALYZE|CREATE|TRUNCATE)\b")
    found = []
    for path in SOURCES:
        for call in calls_of_execute(path):
            for argument in call.args:
                if isinstance(argument, ast.BinOp) or (
                    isinstance(argument, ast.Call)
                    and getattr(argument.func, "attr", None) == "format"
                    and isinstance(getattr(argument.func, "value", None), ast.Constant)
                ):
                    found.append(f"{path.name}:{call.lineno}: {ast.unparse(argument)}")
                if isinstance(argument, ast.JoinedStr) and keywords.search(ast.unparse(argument)):
                    put_in = [
                        ast.unparse(part.value) for part in argument.values if isinstance(part, ast.FormattedValue)
                    ]
                    if not set(put_in) <= IDENTIFIERS:
                        found.append(f"{path.name}:{call.lineno}: {put_in}")
    assert found == []


# What may be put into SQL: names of the package's own tables.
IDENTIFIERS = {"table", "VERSION_TABLE", "DATABASE"}


# Executing


@pytest.fixture
def connection(server_url: sa.URL) -> sa.Connection:
    return create_engine(server_url).connect()


def test_parameters_that_a_statement_does_not_name_are_left_out(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoicing.warehouse.statements._statement", lambda _: sa.text("SELECT :a + 1"))
    monkeypatch.setattr("invoicing.warehouse.statements.statement_text", lambda _: "")
    with connection:
        assert execute(connection, "any", a=1, b=2).scalar_one() == 2


def test_statement_is_logged_under_a_line_with_its_rows_and_seconds(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    text = "SELECT generate_series(1, :last)"
    monkeypatch.setattr("invoicing.warehouse.statements._statement", lambda _: sa.text(text))
    monkeypatch.setattr("invoicing.warehouse.statements.statement_text", lambda _: text)
    with caplog.at_level(logging.INFO, "invoicing.warehouse.statements"), connection:
        execute(connection, "any/name", last=3)
    first, parameters, statement, last = caplog.messages
    assert re.fullmatch(r"::group::any/name: 3 rows in \d+\.\d{3} s", first)
    assert (parameters, statement, last) == ("parameters: {'last': 3}", text, "::endgroup::")
