"""What Airflow does with a failed task: outages are tried again, errors that somebody has to fix fail at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from invoicing.errors import TerminalError, TransientError

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=TerminalError, action=RetryAction.FAIL, reason="Somebody has to fix something first."),
        RetryRule(exception=TransientError, action=RetryAction.RETRY, reason="The warehouse was not available."),
    ]
)

# The default arguments of every DAG: six retries over some 15 minutes.
RETRYING: dict[str, Any] = {
    "retries": 6,
    "retry_delay": timedelta(seconds=15),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": RETRY_POLICY,
}
