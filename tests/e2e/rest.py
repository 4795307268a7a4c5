"""What an operator does in Airflow's UI, through its REST API: trigger, clear, mark, backfill, look."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import httpx

DAG_ID = "create_invoices"
ENDED = frozenset({"success", "failed"})  # of runs


class Rest:
    """One DAG of an Airflow that answers at `url`. Days and moments are written as ISO 8601."""

    def __init__(self, url: str, user: str, password: str, dag_id: str = DAG_ID) -> None:
        self._dag = f"/api/v2/dags/{dag_id}"
        self._dag_id = dag_id
        # Connections are tried again: a component may just be coming up.
        self._client = httpx.Client(base_url=url, timeout=120, transport=httpx.HTTPTransport(retries=3))
        answer = self._client.post("/auth/token", json={"username": user, "password": password})
        self._client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    def close(self) -> None:
        self._client.close()

    def set_connection(self, connection_id: str, **fields: Any) -> None:
        """Makes a connection, or changes it; `fields` as the API names them: conn_type, host, login, schema …"""
        body = {"connection_id": connection_id, **fields}
        path = "/api/v2/connections"
        known = self._client.get(f"{path}/{connection_id}").is_success
        self._call("PATCH", f"{path}/{connection_id}", body) if known else self._call("POST", path, body)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Whatever else the api-server has to say."""
        return self._call("GET", path, params=params)

    # The DAG

    def is_known(self) -> bool:
        """Whether the dag-processor has read the DAG."""
        return self._client.get(self._dag).status_code == httpx.codes.OK

    def timetable(self) -> str:
        """The schedule, as Airflow last read it."""
        return str(self._call("GET", self._dag)["timetable_summary"])

    def reparse(self) -> None:
        """Has the dag-processor read the DAG again now."""
        self._call("PUT", f"/api/v2/parseDagFile/{self._call('GET', self._dag)['file_token']}")

    def pause(self) -> None:
        self._call("PATCH", self._dag, {"is_paused": True})

    def unpause(self) -> None:
        self._call("PATCH", self._dag, {"is_paused": False})

    # Runs

    def trigger(
        self, logical_date: str | None = None, conf: Mapping[str, Any] | None = None, *, run_id: str | None = None
    ) -> str:
        """Starts a run by hand, as the form does, and returns its id; `conf` are the parameters of the form."""
        body = {"logical_date": logical_date, "conf": dict(conf or {}), "dag_run_id": run_id}
        return str(self._call("POST", f"{self._dag}/dagRuns", body)["dag_run_id"])

    def refused_trigger(self, conf: Mapping[str, Any]) -> str:
        """What the form says to parameters that it does not take."""
        body = {"logical_date": None, "conf": dict(conf)}
        answer = self._client.post(f"{self._dag}/dagRuns", json=body)
        assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
        return str(answer.json()["detail"])

    def backfill(self, first: str, last: str, *, reprocess: str = "none", max_active_runs: int = 1) -> None:
        """Makes the runs of all days from `first` to `last`; `reprocess` of a day that ran: none, failed, completed."""
        body = {
            "dag_id": self._dag_id,
            "from_date": f"{first}T00:00:00Z",
            "to_date": f"{last}T23:59:59Z",
            "reprocess_behavior": reprocess,
            "max_active_runs": max_active_runs,
        }
        # One at a time; Airflow looks every half minute whether the one before is over.
        wait_until(lambda: all(one["completed_at"] for one in self._backfills()), otherwise="another backfill runs")
        self._call("POST", "/api/v2/backfills", body)

    def runs(self, **filters: Any) -> list[dict[str, Any]]:
        """All runs, oldest first; `filters` as the API names them, such as run_type="scheduled"."""
        found = self._call("GET", f"{self._dag}/dagRuns", params={"order_by": "run_after", "limit": 200, **filters})
        runs: list[dict[str, Any]] = found["dag_runs"]
        return runs

    def run(self, run_id: str) -> dict[str, Any]:
        return self._call("GET", self._run(run_id))

    def state(self, run_id: str) -> str:
        return str(self.run(run_id)["state"])

    def write_note(self, run_id: str, note: str) -> None:
        """What a person writes on a run."""
        self._call("PATCH", self._run(run_id), {"note": note}, params={"update_mask": "note"})

    def clear_run(self, run_id: str, *, only_failed: bool = False) -> None:
        self._call("POST", f"{self._run(run_id)}/clear", {"dry_run": False, "only_failed": only_failed})

    def clear_runs(self, *run_ids: str) -> None:
        """Clears several runs in one go."""
        runs = [{"dag_run_id": run_id} for run_id in run_ids]
        self._call("POST", f"{self._dag}/clearDagRuns", {"dry_run": False, "dag_runs": runs})

    def end(self, run_id: str, state: str) -> None:
        """Marks a whole run as success or failed."""
        self._call("PATCH", self._run(run_id), {"state": state})

    def end_all(self) -> None:
        """Ends whatever runs, sleeps or waits, in a DAG that is paused from then on."""
        self.pause()
        for run in self.runs():
            if run["state"] not in ENDED:
                self.end(run["dag_run_id"], "failed")

    def delete(self, run_id: str) -> None:
        """Forgets a run, which must have ended."""
        answer = self._client.delete(self._run(run_id))
        assert answer.is_success, answer.text

    # Tasks

    def tasks(self, run_id: str) -> dict[str, str | None]:
        """State of every task; the instances of a mapped one stand as write_draft_invoices[0], [1] …"""
        return {
            task["task_id"] if task["map_index"] < 0 else f"{task['task_id']}[{task['map_index']}]": task["state"]
            for task in self._instances(run_id)
        }

    def task(self, run_id: str, task_id: str, map_index: int | None = None) -> dict[str, Any]:
        """An instance of a task: its state, try_number, pid, start_date …; no index: the only one there is."""
        (found,) = (
            task
            for task in self._instances(run_id)
            if task["task_id"] == task_id and map_index in (None, task["map_index"])
        )
        return found

    def clear_tasks(self, run_id: str, *task_ids: str | tuple[str, int], downstream: bool = True) -> None:
        """Clears tasks, or single instances of mapped ones, and, unless told otherwise, what follows them."""
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": task_ids,
            "only_failed": False,
            "include_downstream": downstream,
            "reset_dag_runs": True,
        }
        self._call("POST", f"{self._dag}/clearTaskInstances", body)

    def mark(self, run_id: str, task_id: str, state: str) -> None:
        """Marks a task as success, failed or skipped."""
        self._call("PATCH", f"{self._run(run_id)}/taskInstances/{task_id}", {"new_state": state})

    def answer(self, run_id: str, task_id: str, option: str) -> None:
        """What a person says to a task that asks, under Required Actions."""
        path = f"{self._run(run_id)}/taskInstances/{task_id}/-1/hitlDetails"
        self._call("PATCH", path, {"chosen_options": [option], "params_input": {}})

    def result(self, run_id: str, task_id: str, map_index: int = -1, key: str = "return_value") -> Any:
        """What a task returned, or another of its XComs."""
        path = f"{self._run(run_id)}/taskInstances/{task_id}/xcomEntries/{key}"
        return self._call("GET", path, params={"map_index": map_index, "deserialize": True})["value"]

    def log(self, run_id: str, task_id: str, try_number: int = 1, map_index: int = -1) -> str:
        """The log of one try, as text."""
        path = f"{self._run(run_id)}/taskInstances/{task_id}/logs/{try_number}"
        found = self._call("GET", path, params={"map_index": map_index, "full_content": True})
        lines = found["content"]
        return "\n".join(str(line.get("event", line)) + _details(line) for line in lines)

    def links(self, run_id: str, task_id: str) -> dict[str, str]:
        """The buttons of the only instance of a task, with where they lead."""
        instance = self.task(run_id, task_id)
        path = f"{self._run(run_id)}/taskInstances/{task_id}/links"
        links: dict[str, str] = self._call("GET", path, params={"map_index": instance["map_index"]})["extra_links"]
        return links

    def pool(self) -> dict[str, Any]:
        """Slots of the pool that all tasks are in: occupied, deferred …"""
        return self._call("GET", "/api/v2/pools/default_pool")

    # Waiting

    def wait_for(self, run_id: str, states: Collection[str] = ENDED, seconds: float = 300) -> str:
        """Waits until the run has one of the states, and returns which."""
        last: list[str] = []

        def reached() -> bool:
            last[:] = [self.state(run_id)]
            return last[0] in states

        wait_until(reached, seconds, lambda: f"{run_id} is {last[0]}, not {sorted(states)}: {self.tasks(run_id)}")
        return last[0]

    def wait_for_task(self, run_id: str, task_id: str, states: Collection[str], seconds: float = 300) -> str:
        """Waits until the only instance of a task has one of the states, and returns which."""
        wait_until(
            lambda: self.task(run_id, task_id)["state"] in states,
            seconds,
            lambda: f"{task_id} of {run_id} is not {sorted(states)}: {self.tasks(run_id)}",
        )
        return str(self.task(run_id, task_id)["state"])

    def _run(self, run_id: str) -> str:
        return f"{self._dag}/dagRuns/{run_id.replace('+', '%2B')}"

    def _instances(self, run_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", f"{self._run(run_id)}/taskInstances")["task_instances"]
        return found

    def _backfills(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", "/api/v2/backfills", params={"dag_id": self._dag_id})[
            "backfills"
        ]
        return found

    def _call(
        self, method: str, path: str, body: Any = None, *, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        answer = self._client.request(method, path, json=body, params=params)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        answered: dict[str, Any] = answer.json()
        return answered


def _details(line: Any) -> str:
    """What failed, or why a task was skipped, which the API tells beside the text of the line."""
    told = line if isinstance(line, dict) else {}
    errors = "".join(f"\n{error['exc_type']}: {error['exc_value']}" for error in told.get("error_detail") or [])
    return f"{errors}\n{told['reason']}" if "reason" in told else errors


def wait_until(
    condition: Callable[[], bool], seconds: float = 300, otherwise: str | Callable[[], str] = "it did not come true"
) -> None:
    """Asks until the condition holds; fails with `otherwise` when it does not within the seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s: {otherwise if isinstance(otherwise, str) else otherwise()}")
        time.sleep(0.3)
