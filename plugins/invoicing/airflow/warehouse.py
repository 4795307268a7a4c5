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
    engine = create_engine(_url(settings))
    check(engine)
    return engine


def _url(settings: Settings) -> sa.URL:
    try:
        connection: Any = Connection.get(CONNECTION_ID)
    except AirflowNotFoundException:
        return embedded.ensure_running(settings)
    return connection_url(
        connection.conn_type,
        connection.login,
        connection.password,
        connection.host,
        connection.port,
        connection.schema,
        connection.extra_dejson,
    )
