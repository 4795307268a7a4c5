"""What Airflow does with a failed task: outages are tried again, errors that somebody has to mend fail at once."""

from __future__ import annotations

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from invoicing.errors import TerminalError, TransientError

RETRIES = 6  # with the back-off of the DAGs: 15 seconds, doubled each time, some 15 minutes in all

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=TerminalError, action=RetryAction.FAIL, reason="Somebody has to mend something first."),
        RetryRule(exception=TransientError, action=RetryAction.RETRY, reason="The warehouse was not available."),
    ]
)
