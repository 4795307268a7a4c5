"""The statements in include/sql: one per file, read once, executed with bind parameters, logged with rows and seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT

SQL_ROOT = PROJECT_ROOT / "include" / "sql"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Statement:
    """The statement of include/sql/`name`.sql: a constant of the one module that runs it, so that a search finds both ends."""

    name: str

    @property
    def short_name(self) -> str:
        """The name without its folder."""
        return self.name.rpartition("/")[2]

    @cached_property
    def text(self) -> str:
        """What stands in the file, header comment included."""
        return (SQL_ROOT / f"{self.name}.sql").read_text(encoding="utf-8")

    @cached_property
    def clause(self) -> sa.TextClause:
        return sa.text(self.text)

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of its bind parameters."""
        return frozenset(self.clause._bindparams)


def statements_in(folder: str) -> tuple[Statement, ...]:
    """The statements of a folder of include/sql that are found by their place, by name: a new file is enough."""
    paths = sorted((SQL_ROOT / folder).glob("*.sql"))
    return tuple(Statement(f"{folder}/{path.stem}") for path in paths)


def execute(connection: sa.Connection, statement: Statement, **parameters: Any) -> sa.CursorResult[Any]:
    """Runs a statement with exactly its parameters. The log folds it under one line with its rows and seconds.

    Raises:
        TypeError: a parameter is missing, or the statement has none of that name.
    """
    if parameters.keys() != statement.parameters:
        wrong = sorted(parameters.keys() ^ statement.parameters)
        raise TypeError(f"statement {statement.name}: parameters {', '.join(wrong)} are missing or not its own")
    started = time.perf_counter()
    result = connection.execute(statement.clause, parameters)
    _log(statement, parameters, result, time.perf_counter() - started)
    return result


def _log(statement: Statement, parameters: Mapping[str, Any], result: sa.CursorResult[Any], seconds: float) -> None:
    # The markers are those of Airflow's log view, which folds what stands between them.
    logger.info("::group::%s: %d rows in %.3f s", statement.name, max(result.rowcount, 0), seconds)
    logger.info("parameters: %s", dict(parameters))
    logger.info("%s", statement.text)
    logger.info("::endgroup::")
