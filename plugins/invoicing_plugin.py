"""The one file that Airflow's plugin loader runs; .airflowignore keeps it out of the package beside it."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin


class InvoicingPlugin(AirflowPlugin):  # type: ignore[misc]  # untyped in Airflow
    name = "invoicing"
