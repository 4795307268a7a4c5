"""Schema of the warehouse: created and migrated by Alembic from the scripts in include/sql."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
import sqlparse
from psycopg import sql

from invoicing.errors import NotFoundError, SchemaError
from invoicing.money import currency_decimals
from invoicing.warehouse.locks import SLOTS, lock_slots
from invoicing.warehouse.statements import SQL_ROOT, Statement, execute
from invoicing.warehouse.transactions import reading, writing

FIND_FOREIGN_OBJECTS = Statement("warehouse/migrations/find_foreign_objects")
FIND_ROLE = Statement("warehouse/migrations/find_role")
LIST_USED_CURRENCIES = Statement("warehouse/migrations/list_used_currencies")
RECORD_CURRENCIES = Statement("warehouse/migrations/record_currencies")

VERSION_TABLE = "schema_version"
VERSIONS = Path(__file__).parent / "alembic" / "versions"
# A revision bears the name of its file, and the names are in order.
REVISIONS = sorted(path.stem for path in VERSIONS.glob("[0-9]*.py"))
HEAD = REVISIONS[-1]

ANALYST = "invoicing_analyst"
_VIEW = re.compile(r"^CREATE OR REPLACE VIEW (\w+\.\w+)", re.MULTILINE)
_MOST_NAMED = 5


def upgrade(engine: sa.Engine, wait_seconds: int = 60, other_decimals: Mapping[str, int] | None = None) -> str:
    """Brings the schema up to date, in one transaction, and returns its revision. Views and currencies are renewed.

    Args:
        other_decimals: of currencies whose amounts are not rounded to the minor units of ISO 4217.

    Raises:
        SchemaError: the schema is newer than this package, or something of somebody else stands in its place.
    """
    from alembic import command  # noqa: PLC0415  (takes a second to import, and only this function needs it)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    with writing(engine, wait_seconds) as connection:
        lock_slots(connection, range(SLOTS))  # everybody who changes a contract, and another upgrade
        found = _revision(connection)
        _refuse_newer(found)
        _refuse_foreign(connection, is_new=found is None)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _record_currencies(connection, {**currency_decimals(), **(other_decimals or {})})
        run_scripts(connection, "rules")
        run_scripts(connection, "analytics")
    return HEAD


def check(engine: sa.Engine) -> str:
    """The revision of the schema, when it is the one this package works with.

    Raises:
        SchemaError: the schema is missing, older or newer.
    """
    with reading(engine) as connection:
        found = _revision(connection)
    if found == HEAD:
        return found
    if found is None:
        raise SchemaError("the warehouse has no schema yet; run `invoicing db upgrade`")
    _refuse_newer(found)
    raise SchemaError(f"the warehouse has schema {found}, this package needs {HEAD}; run `invoicing db upgrade`")


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in REVISIONS:
        raise SchemaError(f"the warehouse has schema {found}, which is newer than this package; upgrade the package")


def _refuse_foreign(connection: sa.Connection, *, is_new: bool) -> None:
    views = [
        name
        for folder in ("rules", "analytics")
        for path in _scripts(folder)
        for name in _VIEW.findall(path.read_text("utf-8"))
    ]
    found = execute(connection, FIND_FOREIGN_OBJECTS, views=views, is_new=is_new).scalars().all()
    if found:
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise SchemaError(
            f"not of this package, and in its place: {', '.join(found[:_MOST_NAMED])}{more}; rename it, or name another database"
        )


def grant_analyst(engine: sa.Engine, role: str, wait_seconds: int = 60) -> None:
    """Lets a role of the server read the views for analysts, and nothing else.

    Raises:
        NotFoundError: there is no such role.
    """
    with writing(engine, wait_seconds) as connection:
        if execute(connection, FIND_ROLE, role=role).one_or_none() is None:
            raise NotFoundError(f"the server has no role {role}; have it made: CREATE ROLE … LOGIN PASSWORD …")
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(ANALYST), sql.Identifier(role)))


def _scripts(folder: str) -> list[Path]:
    return sorted((SQL_ROOT / folder).glob("*.sql"))


def run_scripts(connection: sa.Connection, folder: str) -> None:
    """Runs every script of include/sql/`folder`, in the order of their names, statement by statement, as Citus asks for."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("SET LOCAL citus.enable_unsafe_triggers = on")  # a placeholder to plain Postgres
    for script in _scripts(folder):
        for statement in sqlparse.split(script.read_text(encoding="utf-8")):
            driver.execute(statement)


def _record_currencies(connection: sa.Connection, decimals: Mapping[str, int]) -> None:
    # What a contract uses keeps the decimals it was recorded with: amounts were rounded to them.
    used = set(execute(connection, LIST_USED_CURRENCIES).scalars())
    free = [currency for currency in sorted(decimals) if currency not in used]
    execute(connection, RECORD_CURRENCIES, currencies=free, decimals=[decimals[currency] for currency in free])


def _revision(connection: sa.Connection) -> str | None:
    inspector = sa.inspect(connection)
    if not inspector.has_table(VERSION_TABLE, schema="public"):
        return None
    if "version_num" not in {column["name"] for column in inspector.get_columns(VERSION_TABLE, schema="public")}:
        raise SchemaError(
            f"public.{VERSION_TABLE} is not of this package, and in its place; rename it, or name another database"
        )
    revision: str | None = connection.scalar(sa.text(f"SELECT version_num FROM public.{VERSION_TABLE}"))
    return revision
