"""Somebody who answers what a DAG run asks, through the function behind Airflow's REST API."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Question:
    """What a task asks."""

    dag_id: str
    run_id: str
    task_id: str
    subject: str
    body: str


@contextmanager
def somebody_who(
    answer: str, *, name: str = "bob", reason: str | None = None, before: Callable[[], None] | None = None
) -> Iterator[list[Question]]:
    """Within the block somebody answers the first question that waits, "Approve" or "Reject"; yields what was asked.

    Args:
        before: is done first, while the question waits.
    """
    asked: list[Question] = []
    errors: list[Exception] = []
    over = threading.Event()

    def wait_and_answer() -> None:
        try:
            asked.append(_wait_for_question(over))
            if before is not None:
                before()
            _answer(asked[0], answer, name, reason)
            _see_through(asked[0], over)
        except Exception as error:
            errors.append(error)
            _break_off()  # or the DAG run would wait for ever

    person = threading.Thread(target=wait_and_answer)
    person.start()
    try:
        yield asked
    finally:
        over.set()
        person.join()
    if errors:
        raise errors[0]


def _wait_for_question(over: threading.Event) -> Question:
    from airflow.models.hitl import HITLDetail  # noqa: PLC0415
    from airflow.models.taskinstance import TaskInstance as Instance  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    query = (
        sa.select(Instance.dag_id, Instance.run_id, Instance.task_id, HITLDetail.subject, HITLDetail.body)
        .join(HITLDetail, HITLDetail.ti_id == Instance.id)
        .where(Instance.state == "awaiting_input")
    )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not over.wait(0.1) and time.monotonic() < deadline:
        with create_session() as session:
            found = session.execute(query).first()
        if found is not None:
            return Question(*found)
    raise AssertionError("nobody asked")


def _answer(question: Question, answer: str, name: str, reason: str | None) -> None:
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser  # noqa: PLC0415
    from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload  # noqa: PLC0415
    from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        update_hitl_detail(
            dag_id=question.dag_id,
            dag_run_id=question.run_id,
            task_id=question.task_id,
            update_hitl_detail_payload=UpdateHITLDetailPayload(
                chosen_options=[answer], params_input={} if reason is None else {"reason": reason}
            ),
            user=SimpleAuthManagerUser(username=name, role="admin"),
            session=session,
        )


def _see_through(question: Question, over: threading.Event) -> None:
    """`dag.test` may still be writing that the task waits when it is answered, and would wait for ever."""
    from airflow.models.taskinstance import TaskInstance as Instance  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    waits_still = (
        sa.update(Instance)
        .where(
            Instance.dag_id == question.dag_id,
            Instance.run_id == question.run_id,
            Instance.task_id == question.task_id,
            Instance.state == "awaiting_input",
        )
        .values(state="scheduled")
    )
    while not over.wait(2):
        with create_session() as session:
            session.execute(waits_still)


def _break_off() -> None:
    from airflow.models.taskinstance import TaskInstance as Instance  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        session.execute(sa.update(Instance).where(Instance.state == "awaiting_input").values(state="failed"))
