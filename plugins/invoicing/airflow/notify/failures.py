"""The first line of what went wrong in a task, kept where people look for it.

Airflow keeps the error of a task in its log alone, above its traceback. Each task therefore says one line of it at the end of its
log, and leaves it as an XCom for the run's note and its alert, which goes when the task is run again.
"""

from __future__ import annotations

import logging
from textwrap import shorten
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from invoicing.errors import InvoicingError
from invoicing.escapes import printable

FAILURE_KEY = "failure"
_LONGEST = 400

logger = logging.getLogger(__name__)


def remember_failure(context: Any) -> None:
    """`on_failure_callback` of every task."""
    # Airflow itself calls it, without an error, for a task whose process is gone.
    if "exception" in context:
        told = first_line(context["exception"])
        context["ti"].xcom_push(key=FAILURE_KEY, value=told)
        logger.info("::endgroup::")  # of the fold in which Airflow calls this
        logger.error("%s", told)


def first_line(error: object) -> str:
    """The first line of an error, no longer than a chat can show; one that this package did not raise is led by its type."""
    lines = str(error).strip().splitlines()
    told = printable(shorten(lines[0], _LONGEST, placeholder=" …")) if lines else ""
    if isinstance(error, InvoicingError | AirflowFailException) or not isinstance(error, BaseException):
        return told
    return f"{type(error).__name__}: {told}" if told else type(error).__name__
