"""The pages of this package in Airflow's api-server, behind Airflow's login and its rights."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.exceptions import AirflowNotFoundException
from airflow.models.connection import Connection
from fastapi import Depends

from invoicing.airflow.warehouse import CONNECTION_ID, engine_of
from invoicing.settings import read_settings
from invoicing.web.app import create_app


def _engine() -> sa.Engine:
    return engine_of(_connection(), read_settings())


def _connection() -> Any | None:
    # The connection as a server finds it, in Airflow's database, too: a task's way to it leads through this very server.
    try:
        return Connection.get_connection_from_secrets(CONNECTION_ID)
    except AirflowNotFoundException:
        return None


# Whoever may see the runs of a DAG may see what they wrote. On the application, so that no route is forgotten.
app = create_app(_engine, [Depends(requires_access_dag("GET", DagAccessEntity.RUN))])
