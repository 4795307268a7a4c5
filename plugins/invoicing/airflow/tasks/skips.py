"""Tasks that have nothing to do: skipped, with the reason where people look for it."""

from __future__ import annotations

import logging
from typing import NoReturn

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from invoicing.airflow.notify.notes import SKIPPED_KEY

logger = logging.getLogger(__name__)


def skip(reason: str) -> NoReturn:
    """Ends the task as skipped. Airflow says why within a fold of its log; here the log says it openly, and the task's note."""
    logger.info("Skipped: %s", reason)
    get_current_context()["ti"].xcom_push(SKIPPED_KEY, reason)
    raise AirflowSkipException(reason)
