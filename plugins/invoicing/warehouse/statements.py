"""The statements in include/sql: one per file, read once, executed with bind parameters, logged with rows and seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT

SQL_ROOT = PROJECT_ROOT / "include" / "sql"

logger = logging.getLogger(__name__)


@cache
def statement_text(name: str) -> str:
    """The text of include/sql/`name`.sql, header comment included."""
    return (SQL_ROOT / f"{name}.sql").read_text(encoding="utf-8")


@cache
def _statement(name: str) -> sa.TextClause:
    return sa.text(statement_text(name))


def execute(connection: sa.Connection, name: str, **parameters: Any) -> sa.CursorResult[Any]:
    """Runs include/sql/`name`.sql. The log folds each statement under one line with its rows and seconds.

    Parameters that the statement does not name are left out, so that a step can hand all of its values to each.
    """
    statement = _statement(name)
    wanted = {key: value for key, value in parameters.items() if key in statement._bindparams}
    started = time.perf_counter()
    result = connection.execute(statement, wanted)
    seconds = time.perf_counter() - started
    _log(name, wanted, result, seconds)
    return result


def _log(name: str, parameters: Mapping[str, Any], result: sa.CursorResult[Any], seconds: float) -> None:
    # The markers are those of Airflow's log view, which folds what stands between them.
    logger.info("::group::%s: %d rows in %.3f s", name, max(result.rowcount, 0), seconds)
    logger.info("parameters: %s", dict(parameters))
    logger.info("%s", statement_text(name))
    logger.info("::endgroup::")
