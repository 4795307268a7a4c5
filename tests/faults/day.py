"""The day that the faults strike, and its steps: one for each task of the DAG, and each bucket."""

from __future__ import annotations

from collections.abc import Callable

from invoicing.process.buckets import Bucket
from invoicing.process.day import Opened, open_day
from tests.process.steps import Steps
from tests.process.warehouse import october

DAY = october(12)
RUN_KEY = "scheduled"
NEXT_RUN_KEY = "next run"
BUCKETS = 2


def _find_due(steps: Steps) -> Opened:
    return open_day(
        steps.engine,
        steps.run_date,
        run_key=steps.run_key,
        trigger="scheduled",
        settings=steps.settings,
        has_ended=lambda run_key: run_key == RUN_KEY,  # what Airflow says of it when the next run comes
    )


STEPS: dict[str, Callable[[Steps], object]] = {
    "find_due": _find_due,
    "filter_ready": Steps.filter_ready,
    "write_bucket_1": lambda steps: steps.write_bucket(Bucket(0, BUCKETS)),
    "write_bucket_2": lambda steps: steps.write_bucket(Bucket(1, BUCKETS)),
    "close": Steps.close,
}
WHOLE_DAY = "run_day"  # all of them in one process, as the command line runs them
