"""Logs of tasks that run in this process, in the files where Airflow's UI looks for them: `test` of a DAG writes none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from airflow.configuration import conf
from airflow.sdk.log import configure_logging

_STARTS = re.compile(r"\[DAG TEST\] starting task_id=(\S+) map_index=(-?\d+)")
_ENDS = "[DAG TEST] end task "
_OF_NO_TASK = ("[DAG TEST]", "airflow.api_fastapi")  # how lines begin, or their loggers, that no task would write


class TaskLogs:
    """A stream of log lines, each a JSON object: those of a task go into its file, the others to `rest`."""

    def __init__(self, rest: Any) -> None:
        self._folder = Path(conf.get("logging", "base_log_folder"))
        self._rest = rest
        self._run: Path | None = None
        self._task: Any = None

    def begin(self, dag_id: str, run_id: str) -> None:
        """What is written from now on is of this run."""
        self._run = self._folder / f"dag_id={dag_id}" / f"run_id={run_id}"

    def write(self, line: bytes) -> int:
        told = json.loads(line)
        event, logger = str(told.get("event", "")), str(told.get("logger", ""))
        if starts := _STARTS.match(event):
            self._open(starts[1], int(starts[2]))
        elif event.startswith(_ENDS):
            self._close()
        elif self._task is not None and not event.startswith(_OF_NO_TASK) and not logger.startswith(_OF_NO_TASK):
            return int(self._task.write(line))
        return int(self._rest.write(line))

    def flush(self) -> None:
        self._rest.flush()

    def _open(self, task_id: str, map_index: int) -> None:
        assert self._run is not None
        folder = self._run / f"task_id={task_id}" / (f"map_index={map_index}" if map_index >= 0 else "")
        folder.mkdir(parents=True, exist_ok=True)
        self._task = (folder / "attempt=1.log").open("wb")

    def _close(self) -> None:
        self._task.close()
        self._task = None


def write_task_logs(rest: Any) -> TaskLogs:
    """Has everything in this process log to such a stream."""
    logs = TaskLogs(rest)
    configure_logging(json_output=True, output=logs, cache_logger_on_first_use=False)
    return logs
