"""The button `Invoices` on the pages of tasks."""

from __future__ import annotations

from typing import Any

import pendulum
import pytest

from tests.dags.conftest import known_to_airflow


@pytest.fixture(scope="module")
def run(airflow_database: None) -> Any:
    """A run of a DAG with the button on a task, on a mapped one, and not on a third."""
    from airflow.sdk import DAG, task  # noqa: PLC0415

    from invoicing.airflow.ui.decorators import task_with_invoices  # noqa: PLC0415

    with DAG("linked", start_date=pendulum.datetime(2026, 1, 1)) as dag:

        @task_with_invoices()  # type: ignore[untyped-decorator]
        def once() -> None:
            pass

        @task_with_invoices(map_index_template="{{ bucket }}")  # type: ignore[untyped-decorator]
        def mapped(bucket: int) -> None:
            pass

        @task
        def bare() -> None:
            pass

        once() >> mapped.expand(bucket=[0, 1]) >> bare()
    return known_to_airflow(dag).test()


def links(run: Any, task_id: str, map_index: int = -1) -> dict[str, str | None]:
    """The buttons of a task instance as the api-server finds them."""
    from airflow.models.dagbag import DBDagBag  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        stored = DBDagBag().get_latest_version_of_dag(run.dag_id, session=session).get_task(task_id)
    instance = run.get_task_instance(task_id, map_index=map_index)
    return {name: stored.get_extra_links(instance, name) for name in stored.extra_links}


@pytest.mark.parametrize(("task_id", "map_index"), [("once", -1), ("mapped", 0), ("mapped", 1)])
def test_a_task_has_the_button_mapped_or_not(run: Any, task_id: str, map_index: int) -> None:
    (address,) = links(run, task_id, map_index).values()
    assert str(address).startswith("/invoicing/dags/linked/runs/manual__")


def test_a_task_of_others_has_no_button(run: Any) -> None:
    assert links(run, "bare") == {}


def test_the_task_that_writes_invoices_has_the_button(dag_bag: Any) -> None:
    write = dag_bag.dags["create_invoices"].get_task("write_draft_invoices")
    assert [link.name for link in write.operator_extra_links] == ["Invoices"]
