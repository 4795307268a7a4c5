"""The pages of this package in Airflow's api-server, behind Airflow's login and its rights."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Depends

from invoicing.airflow.compat import may_see_runs, server_connection
from invoicing.airflow.warehouse import CONNECTION_ID, engine_of
from invoicing.settings import read_settings
from invoicing.web.app import create_app


def _engine() -> sa.Engine:
    return engine_of(server_connection(CONNECTION_ID), read_settings())


# Anyone who may see the runs of a DAG may see what they wrote. On the application, so that no route is forgotten.
app = create_app(_engine, [Depends(may_see_runs())])
