"""The warehouse that a command works on."""

from __future__ import annotations

import getpass
from contextvars import ContextVar
from uuid import uuid4

import sqlalchemy as sa

from invoicing.ledger.changes import Request
from invoicing.settings import Settings
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, warehouse_url

# Named before the command, for all of them; an option of the command itself goes before it.
_warehouse: ContextVar[str | None] = ContextVar("warehouse", default=None)


def name_warehouse(url: str | None) -> None:
    """Sets the warehouse of a command that names none itself."""
    _warehouse.set(url)


def chosen_url(settings: Settings, url: str | None) -> sa.URL:
    """The warehouse to work on: `url`, else the one named before the command, else as `warehouse_url` finds it.

    Raises:
        UsageError: the URL cannot be read or names another kind of database.
    """
    return warehouse_url(settings, url or _warehouse.get())


def open_engine(settings: Settings, url: str | None) -> sa.Engine:
    """An engine on `chosen_url`, whose schema is current.

    Raises:
        UsageError: the URL cannot be read or names another kind of database.
        SchemaError: the schema is missing, older or newer.
        WarehouseUnavailableError: the warehouse does not answer.
    """
    engine = create_engine(chosen_url(settings, url))
    migrations.check(engine)
    return engine


def new_request(command: str) -> Request:
    """On behalf of the user of this machine; each command is a request of its own."""
    return Request(by=getpass.getuser(), key=f"cli/{command}/{uuid4()}")
