"""`@task` of Airflow as the DAGs of this package use it: with a runbook, and with the button `Invoices`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseOperatorLink
from airflow.sdk import task as airflow_task

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


def task(**settings: Any) -> Any:
    """`@task` of Airflow whose docstring is its runbook.

    Airflow would show a docstring with its indentation, which Python keeps up to 3.12 and Markdown reads as code; and that of a
    mapped task not at all.
    """

    def decorate(python_callable: Callable[..., Any]) -> Any:
        return airflow_task(**{"doc_md": inspect.getdoc(python_callable), **settings})(python_callable)

    return decorate


def task_with_invoices(**settings: Any) -> Any:
    """The same, with the button `Invoices`."""

    def decorate(python_callable: Callable[..., Any]) -> Any:
        return task_decorator(
            python_callable=python_callable,
            decorated_operator_class=_InvoicesOperator,
            **{"doc_md": inspect.getdoc(python_callable), **settings},
        )

    return decorate
