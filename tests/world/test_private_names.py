"""The tables may be designed anew: no test knows their names, but those that inflict damage and those that are about them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

TESTS = Path(__file__).parents[1]

# What goes wrong is done to tables; what no view shows is looked up in them; a migration is about them.
MAY = ("world/damage/", "world/stored.py", "warehouse/test_migrations.py")


def named(path: Path, private: frozenset[str]) -> Iterator[str]:
    """The private names in the texts of a module; `{}`: one that is put together."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        texts = node.values if isinstance(node, ast.JoinedStr) else [node]
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found = re.findall(r"\binvoicing\.(\w*)", text.value)
                yield from (name or "{}" for name in found if name in private or (not name and len(texts) > 1))


@pytest.fixture(scope="module")
def private(module_engine: sa.Engine) -> frozenset[str]:
    """Tables, views, indexes, sequences and types of the private schema."""
    query = """
        SELECT relname AS name FROM pg_catalog.pg_class WHERE relnamespace = 'invoicing'::regnamespace
        UNION SELECT typname FROM pg_catalog.pg_type WHERE typnamespace = 'invoicing'::regnamespace
    """
    with module_engine.connect() as connection:
        return frozenset(connection.exec_driver_sql(query).scalars())


@pytest.fixture(scope="module")
def naming(private: frozenset[str]) -> dict[str, list[str]]:
    """What each module that names private tables names."""
    modules = {path.relative_to(TESTS).as_posix(): path for path in sorted(TESTS.rglob("*.py"))}
    found = {name: sorted(set(named(path, private))) for name, path in modules.items() if not name.startswith(MAY)}
    return {name: tables for name, tables in found.items() if tables}


def test_no_test_names_a_private_table(naming: dict[str, list[str]]) -> None:
    assert naming == {}


def test_names_are_found_in_plain_text_and_in_what_is_put_together(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import invoicing.secret\nA = 'SELECT FROM invoicing.secret'\nB = f'FROM invoicing.{A}, x'\n")
    assert sorted(named(module, frozenset({"secret"}))) == ["secret", "{}"]
