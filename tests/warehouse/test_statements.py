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
from invoicing.warehouse.statements import Statement, execute
from tests.sql.files import name_of, statement_files

HEADER = ("Purpose", "Parameters", "Grain", "May be repeated")
NAMES = [name_of(path) for path in statement_files()]
EACH = pytest.mark.parametrize("name", NAMES)


def header_of(name: str) -> dict[str, str]:
    """The header lines by their titles; what follows a title to the next one belongs to it."""
    parts: dict[str, str] = {}
    title = ""
    for line in Statement(name).text.splitlines():
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
    text = re.sub(r"--[^\n]*", "", Statement(name).text)
    return re.sub(r"'(?:[^']|'')*'", "''", text)


def parameters_of(name: str) -> set[str]:
    return set(sa.text(Statement(name).text).compile().params)


# The files


@EACH
def test_header_has_its_four_lines_in_order(name: str) -> None:
    assert tuple(header_of(name)) == HEADER


@EACH
def test_header_says_something_under_each_title(name: str) -> None:
    assert all(header_of(name).values())


@EACH
def test_header_names_the_parameters_that_the_statement_binds(name: str) -> None:
    told = re.sub(r"\([^)]*\)", "", header_of(name)["Parameters"]).split(".")[0].split(";")[0]
    named = set() if told.strip() == "none" else {word.strip() for word in told.split(",")}
    assert named == parameters_of(name)


@EACH
def test_statement_has_no_place_for_text_to_be_put_in(name: str) -> None:
    assert re.search(r"%\(|%s|\{\w*\}|\$\{|\$\d", body_of(name)) is None


# What is sent besides them

SOURCES = sorted([*PROJECT_ROOT.glob("plugins/**/*.py"), *PROJECT_ROOT.glob("scripts/**/*.py")])


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


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


# What may be put into SQL: names of the package's own tables, and the statements of rules (`invoicing.audit.exceptions`).
IDENTIFIERS = {"table", "VERSION_TABLE", "DATABASE", "found"}


# Executing


@pytest.fixture
def connection(server_url: sa.URL) -> sa.Connection:
    return create_engine(server_url).connect()


class Inline(Statement):
    """A statement that is no file: its name is its text."""

    @property
    def text(self) -> str:
        return self.name


def test_parameter_that_a_statement_does_not_have_is_refused(connection: sa.Connection) -> None:
    with connection, pytest.raises(TypeError, match="parameters b are missing or not its own"):
        execute(connection, Inline("SELECT :a + 1"), a=1, b=2)


def test_parameter_that_is_missing_is_refused(connection: sa.Connection) -> None:
    with connection, pytest.raises(TypeError, match="parameters a are missing or not its own"):
        execute(connection, Inline("SELECT :a + 1"))


def test_statement_is_logged_under_a_line_with_its_rows_and_seconds(
    connection: sa.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    text = "SELECT generate_series(1, :last)"
    with caplog.at_level(logging.INFO, "invoicing.warehouse.statements"), connection:
        execute(connection, Inline(text), last=3)
    first, parameters, statement, last = caplog.messages
    assert re.fullmatch(rf"::group::{re.escape(text)}: 3 rows in \d+\.\d{{3}} s", first)
    assert (parameters, statement, last) == ("parameters: {'last': 3}", text, "::endgroup::")
