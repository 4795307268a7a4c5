"""Where the warehouse is: a URL, the Airflow connection `invoicing_warehouse`, or the embedded default."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from invoicing.errors import UsageError
from invoicing.settings import CONNECTION_VARIABLE, Settings
from invoicing.warehouse import embedded

DRIVER = "postgresql+psycopg"


def warehouse_url(settings: Settings, url: str | None = None) -> sa.URL:
    """The warehouse to work on: `url` when given, else the connection variable, else the embedded one (started).

    Raises:
        UsageError: the URL cannot be read or names another kind of database.
    """
    named = url or os.environ.get(CONNECTION_VARIABLE)
    return parse_url(named) if named else embedded.ensure_running(settings)


def parse_url(text: str) -> sa.URL:
    """A warehouse URL: SQLAlchemy's form, or one of the two forms of an Airflow connection (URI, JSON)."""
    if text.lstrip().startswith("{"):
        return _from_json(text)
    try:
        url = sa.make_url(text)
    except ArgumentError as error:
        raise UsageError(
            "the warehouse URL cannot be read; write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from error
    extras = {key: value for key, value in url.query.items() if key != "__extra__"}
    return _url(url.drivername, url.username, url.password, url.host, url.port, url.database, extras)


def _from_json(text: str) -> sa.URL:
    try:
        fields: dict[str, Any] = json.loads(text)
        extra = fields.get("extra") or {}
        extras = json.loads(extra) if isinstance(extra, str) else extra
    except ValueError as error:
        raise UsageError(f"{CONNECTION_VARIABLE} is neither a URI nor valid JSON: {error}") from error
    return connection_url(
        fields.get("conn_type", ""),
        fields.get("login"),
        fields.get("password"),
        fields.get("host"),
        fields.get("port"),
        fields.get("schema"),
        extras,
    )


def connection_url(
    kind: str,
    login: str | None,
    password: str | None,
    host: str | None,
    port: int | str | None,
    database: str | None,
    extras: dict[str, Any],
) -> sa.URL:
    """The URL that the fields of an Airflow connection mean. Extras that libpq knows (sslmode …) are passed on."""
    plain = {key: str(value) for key, value in extras.items() if not isinstance(value, dict | list)}
    return _url(kind, login, password, host, int(port) if port else None, database, plain)


def _url(
    kind: str,
    login: str | None,
    password: str | None,
    host: str | None,
    port: int | None,
    database: str | None,
    query: dict[str, Any],
) -> sa.URL:
    if kind.split("+", maxsplit=1)[0] not in ("postgres", "postgresql"):
        raise UsageError(f"the warehouse must be Postgres, and the connection says {kind or 'nothing'!r}")
    socket = unquote(host or "")
    if socket.startswith("/"):
        query, host = {**query, "host": socket}, None
    return sa.URL.create(DRIVER, login, password, host, port, database, query)


def create_engine(url: sa.URL) -> sa.Engine:
    """An engine whose sessions think in UTC. Connections are opened when needed and closed at once: a task has few."""
    return sa.create_engine(
        url,
        poolclass=sa.NullPool,
        connect_args={"application_name": "invoicing", "options": "-c timezone=UTC", "connect_timeout": 10},
    )
