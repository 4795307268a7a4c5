"""Where the warehouse is: a URL, the Airflow connection `invoicing_warehouse`, or the embedded default."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from psycopg import pq
from sqlalchemy.exc import ArgumentError

from invoicing.errors import UsageError
from invoicing.settings import CONNECTION_VARIABLE, Settings
from invoicing.warehouse import embedded

DRIVER = "postgresql+psycopg"
_NESTED_EXTRAS = "__extra__"  # where Airflow's URIs put extras that are not all text

# A line that breaks without a word, as when a firewall forgets it, is noticed by both of its ends within a minute: here a
# task would wait for its answer for hours, there its locks would stay as long. A URL may say otherwise for this end.
_CLIENT_PROBES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
_SERVER_PROBES = {
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# Large statements of many expressions, each run once: compiling one takes longer than it saves (2 s of a day of 18).
_SESSION = {"timezone": "UTC", "jit": "off"}


def warehouse_url(settings: Settings, url: str | None = None) -> sa.URL:
    """The warehouse to work on: `url` when given, else the connection variable, else the embedded one (started).

    Raises:
        UsageError: the URL cannot be read or names another kind of database.
    """
    named = url or os.environ.get(CONNECTION_VARIABLE)
    return parse_url(named) if named else embedded.ensure_running(settings)


def parse_url(text: str) -> sa.URL:
    """A warehouse URL: SQLAlchemy's form, or one of the two forms of an Airflow connection (URI, JSON).

    Raises:
        UsageError: it cannot be read, or names another kind of database. The message shows nothing of it: it may hold a
            password.
    """
    if text.lstrip().startswith("{"):
        return _from_json(text)
    try:
        url = sa.make_url(text)
        nested = json.loads(str(url.query.get(_NESTED_EXTRAS, "{}")))
        extras = {**url.query, **nested}
    except (ArgumentError, ValueError, TypeError):
        form = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with @ : / in the password as %40 %3A %2F"
        raise UsageError(f"the warehouse URL cannot be read; write {form}") from None
    return connection_url(url.drivername, url.username, url.password, url.host, url.port, url.database, extras)


def _from_json(text: str) -> sa.URL:
    try:
        fields: dict[str, Any] = json.loads(text)
        extra = fields.get("extra") or {}
        extras = dict(json.loads(extra) if isinstance(extra, str) else extra)
        port = int(fields["port"]) if fields.get("port") else None
    except (ValueError, TypeError):
        raise UsageError(f"{CONNECTION_VARIABLE} is not a connection in JSON; see Airflow's documentation") from None
    kind = str(fields.get("conn_type") or "")
    return connection_url(
        kind, fields.get("login"), fields.get("password"), fields.get("host"), port, fields.get("schema"), extras
    )


def connection_url(
    kind: str,
    login: str | None,
    password: str | None,
    host: str | None,
    port: int | None,
    database: str | None,
    extras: Mapping[str, Any],
) -> sa.URL:
    """The URL that the fields of an Airflow connection mean. Of its extras, those that libpq knows (sslmode …) are passed
    on; others are meant for Airflow's own hooks.
    """
    if kind.split("+", maxsplit=1)[0] not in ("postgres", "postgresql"):
        raise UsageError(f"the warehouse must be Postgres, and the connection says {kind or 'nothing'!r}")
    query = {key: str(value) for key, value in extras.items() if key in _libpq_parameters()}
    socket = unquote(host or "")
    if socket.startswith("/"):
        query["host"], host = socket, None
    return sa.URL.create(DRIVER, login, password, host, port, database, query)


@cache
def _libpq_parameters() -> frozenset[str]:
    return frozenset(option.keyword.decode() for option in pq.Conninfo.get_defaults())


def create_engine(url: sa.URL) -> sa.Engine:
    """An engine whose sessions use UTC. Connections are opened when needed and closed at once: a task has few."""
    server_side = " ".join(f"-c {name}={value}" for name, value in {**_SESSION, **_SERVER_PROBES}.items())
    own = {"application_name": "invoicing", "options": server_side, "connect_timeout": 10}
    probes = {name: value for name, value in _CLIENT_PROBES.items() if name not in url.query}
    return sa.create_engine(
        url,
        poolclass=sa.NullPool,
        connect_args={**own, **probes},
        json_deserializer=partial(json.loads, parse_float=Decimal),  # amounts keep their digits
    )
