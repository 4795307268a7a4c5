"""Schema of the warehouse: created and migrated by Alembic from the scripts in include/sql."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
import sqlparse

from invoicing.errors import SchemaError
from invoicing.money import currency_decimals
from invoicing.warehouse.locks import SLOTS, lock_slots
from invoicing.warehouse.statements import SQL_ROOT, Statement, execute
from invoicing.warehouse.transactions import reading, writing

LIST_USED_CURRENCIES = Statement("warehouse/migrations/list_used_currencies")
RECORD_CURRENCIES = Statement("warehouse/migrations/record_currencies")

VERSION_TABLE = "schema_version"
VERSIONS = Path(__file__).parent / "alembic" / "versions"
# A revision bears the name of its file, and the names are in order.
REVISIONS = sorted(path.stem for path in VERSIONS.glob("[0-9]*.py"))
HEAD = REVISIONS[-1]


def upgrade(engine: sa.Engine, wait_seconds: int = 60, other_decimals: Mapping[str, int] | None = None) -> str:
    """Brings the schema up to date, in one transaction, and returns its revision. Views and currencies are renewed.

    Args:
        other_decimals: of currencies whose amounts are not rounded to the minor units of ISO 4217.

    Raises:
        SchemaError: the schema is newer than this package.
    """
    from alembic import command  # noqa: PLC0415  (takes a second to import, and only this function needs it)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    with writing(engine, wait_seconds) as connection:
        lock_slots(connection, range(SLOTS))  # everybody who changes a contract, and another upgrade
        _refuse_newer(_revision(connection))
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


def run_scripts(connection: sa.Connection, folder: str) -> None:
    """Runs every script of include/sql/`folder`, in the order of their names, statement by statement, as Citus asks for."""
    driver = connection.connection.driver_connection
    assert driver is not None
    # Both are Citus settings; plain Postgres takes them as placeholders.
    driver.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
    driver.execute("SET LOCAL citus.enable_unsafe_triggers = on")
    for script in sorted((SQL_ROOT / folder).glob("*.sql")):
        for statement in sqlparse.split(script.read_text(encoding="utf-8")):
            driver.execute(statement)


def _record_currencies(connection: sa.Connection, decimals: Mapping[str, int]) -> None:
    # What a contract uses keeps the decimals it was recorded with: amounts were rounded to them.
    used = set(execute(connection, LIST_USED_CURRENCIES).scalars())
    free = [currency for currency in sorted(decimals) if currency not in used]
    execute(connection, RECORD_CURRENCIES, currencies=free, decimals=[decimals[currency] for currency in free])


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE, schema="public"):
        return None
    revision: str | None = connection.scalar(sa.text(f"SELECT version_num FROM public.{VERSION_TABLE}"))
    return revision
