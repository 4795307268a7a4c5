"""The button `Invoices` on a task's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseOperatorLink

from invoicing.airflow.compat import DecoratedOperator, task_decorator
from invoicing.airflow.ui.addresses import invoices_page


class RunInvoicesLink(BaseOperatorLink):  # type: ignore[misc]  # untyped in Airflow
    """Leads to the invoices of the run."""

    name = "Invoices"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Airflow keeps it as an XCom when the task ends."""
        return invoices_page(ti_key.dag_id, ti_key.run_id)


class _InvoicesOperator(DecoratedOperator):  # type: ignore[misc]
    # On the class: a link that the plugin registers would appear on the `@task` tasks of every DAG.
    operator_extra_links = (RunInvoicesLink(),)


def task_with_invoices(python_callable: Callable[..., Any] | None = None, **settings: Any) -> Any:
    """`@task` of Airflow, mapped or not, with the button `Invoices`."""
    return task_decorator(python_callable=python_callable, decorated_operator_class=_InvoicesOperator, **settings)
