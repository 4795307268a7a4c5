"""What Airflow does with a failed task: outages are tried again, errors that somebody has to mend fail at once."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from invoicing.errors import TerminalError, TransientError

RETRIES = 5

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=TerminalError, action=RetryAction.FAIL, reason="Somebody has to mend something first."),
        RetryRule(
            exception=TransientError,
            action=RetryAction.RETRY,
            retry_delay=timedelta(minutes=1),
            reason="The warehouse was not available.",
        ),
    ]
)
