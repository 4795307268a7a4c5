"""The one file that Airflow's plugin loader runs; .airflowignore keeps it out of the package beside it."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from invoicing.airflow.notify import endings, notes
from invoicing.airflow.ui.addresses import WEB_PREFIX, invoices_tab


class InvoicingPlugin(AirflowPlugin):  # type: ignore[misc]  # untyped in Airflow
    name = "invoicing"
    listeners: ClassVar = [notes, endings]
    external_views: ClassVar = [
        {"name": "Invoices", "href": invoices_tab(), "destination": "dag_run", "url_route": "invoices"}
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        # Every process of Airflow reads the plugin, each task's, too; only the api-server needs the web application.
        from invoicing.airflow.ui.web import app  # noqa: PLC0415

        return [{"app": app, "url_prefix": WEB_PREFIX, "name": "Invoicing"}]
