"""The warehouse as Airflow's tasks see it: the connection `invoicing_warehouse`, or the embedded default."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from invoicing.settings import Settings
from invoicing.warehouse import embedded
from invoicing.warehouse.connection import connection_url, create_engine
from invoicing.warehouse.migrations import check

CONNECTION_ID = "invoicing_warehouse"


def warehouse_engine(settings: Settings) -> sa.Engine:
    """Engine of the warehouse, found to have the schema that this package needs.

    Raises:
        SchemaError: `invoicing db upgrade` has not been run.
    """
    return engine_of(_connection(), settings)


def engine_of(connection: Any | None, settings: Settings) -> sa.Engine:
    """Engine of the warehouse that an Airflow connection names; None: the embedded one.

    Raises:
        SchemaError: `invoicing db upgrade` has not been run.
    """
    engine = create_engine(embedded.ensure_running(settings) if connection is None else _url(connection))
    check(engine)
    return engine


def _connection() -> Any | None:
    try:
        return Connection.get(CONNECTION_ID)
    except AirflowNotFoundException:
        return None


def _url(connection: Any) -> sa.URL:
    return connection_url(
        connection.conn_type,
        connection.login,
        connection.password,
        connection.host,
        connection.port,
        connection.schema,
        connection.extra_dejson,
    )
