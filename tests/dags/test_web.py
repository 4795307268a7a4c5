"""How the pages find the warehouse in Airflow's api-server."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from invoicing.settings import CONNECTION_VARIABLE


def test_the_pages_find_a_warehouse_that_airflow_s_database_names(
    airflow_database: None, url: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.models.connection import Connection  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    from invoicing.airflow.ui.web import _engine  # noqa: PLC0415

    monkeypatch.delenv(CONNECTION_VARIABLE, raising=False)
    socket = str(url.query.get("host", url.host))
    named = Connection(
        "invoicing_warehouse", "postgres", host=socket, port=url.port, login=url.username, schema=url.database
    )
    with create_session() as session:
        session.add(named)
    try:
        assert _engine().url.database == url.database
    finally:
        with create_session() as session:
            session.execute(sa.delete(Connection))
