"""The files of include/sql as the tests of their form look at them."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

import invoicing
from invoicing.warehouse.statements import SQL_ROOT, Statement

logging.getLogger("sqlglot").setLevel(logging.ERROR)

# Scripts of several statements, run in the order of their names when a warehouse is created or migrated.
SCRIPTS = ("migrations", "rules", "analytics")

# Modules that need an extra which is not always there, or do something when they are imported.
_NOT_IMPORTED = ("alembic", "__main__")

_BIND = re.compile(r"(?<![:\w']):([a-z_]+)")


def name_of(path: Path) -> str:
    """As `Statement` names it."""
    return path.relative_to(SQL_ROOT).with_suffix("").as_posix()


def all_files() -> list[Path]:
    return sorted(SQL_ROOT.rglob("*.sql"))


def statement_files() -> list[Path]:
    """Files that hold one statement each."""
    return [path for path in all_files() if path.relative_to(SQL_ROOT).parts[0] not in SCRIPTS]


@cache
def parsed(path: Path) -> tuple[Any, ...]:
    """The statements of a file. What sqlglot does not know, such as DO blocks, comes as a `Command`."""
    text = path.read_text(encoding="utf-8").replace("OVERRIDING SYSTEM VALUE", "")
    trees = sqlglot.parse(_BIND.sub("CAST(NULL AS text)", text), read="postgres")
    return tuple(tree for tree in trees if tree is not None)


def tables_of(path: Path) -> Iterator[exp.Table]:
    for tree in parsed(path):
        yield from tree.find_all(exp.Table)


@cache
def constants() -> dict[str, list[str]]:
    """The statements that modules keep as constants, one by one or all of a folder, and where, as `module.NAME`."""
    found = defaultdict(list)
    for module in _modules():
        for name, value in vars(module).items():
            for statement in value if isinstance(value, tuple) else (value,):
                if isinstance(statement, Statement) and _is_made(module, name):
                    found[statement.name].append(f"{module.__name__}.{name}")
    return dict(found)


def _modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(invoicing.__path__, "invoicing."):
        if not any(part in info.name for part in _NOT_IMPORTED):
            yield importlib.import_module(info.name)


def _is_made(module: Any, name: str) -> bool:
    """Whether the constant is made in the module, not imported into it or listed again."""
    source = Path(module.__file__).read_text(encoding="utf-8")
    return re.search(rf"^{name} = (Statement|statements_in)\(", source, re.MULTILINE) is not None
