"""On whose behalf a DAG run acts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pendulum
import pytest

from invoicing.settings import Settings


def context_of(triggering_user_name: str | None) -> dict[str, Any]:
    dag_run = SimpleNamespace(
        dag_id="confirm_invoices",
        run_id="run",
        run_type="manual",
        logical_date=None,
        run_after=pendulum.datetime(2026, 11, 20),
        clear_number=0,
        triggering_user_name=triggering_user_name,
    )
    return {"dag_run": dag_run, "params": {}}


def test_a_run_is_a_request_of_who_triggered_it() -> None:
    from invoicing.airflow.run_context import request_of  # noqa: PLC0415

    found = request_of(context_of("ann"), Settings())
    assert (found.by, found.key, found.is_person) == ("ann", "confirm_invoices/run", True)


@pytest.mark.parametrize("name", [None, ""])
def test_a_run_that_nobody_triggered_is_not_that_of_a_person(name: str | None) -> None:
    from invoicing.airflow.run_context import request_of  # noqa: PLC0415

    found = request_of(context_of(name), Settings())
    assert (found.by, found.is_person) == ("airflow", False)


def test_an_answer_is_a_request_of_who_answers() -> None:
    from invoicing.airflow.run_context import answer_of  # noqa: PLC0415

    found = answer_of(context_of("ann"), Settings(), {"id": "7", "name": "bob"})
    assert (found.by, found.key, found.is_person) == ("bob", "confirm_invoices/run", True)


def test_an_answer_of_who_is_not_known_is_not_that_of_a_person() -> None:
    from invoicing.airflow.run_context import answer_of  # noqa: PLC0415

    assert not answer_of(context_of("ann"), Settings(), None).is_person
