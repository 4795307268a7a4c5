"""The note on a DAG run: the summary of its day, and what people wrote beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa

from invoicing.airflow.notify.notes import with_summary
from tests.dags.conftest import known_to_airflow
from tests.world import damage
from tests.world.desk import Desk
from tests.world.reads import invoice_of
from tests.world.world import World

RunDag = Callable[..., Any]

ADATUM = "adatum-implementation"


def note_of(run: Any, before: str | None = None) -> str | None:
    """The note after the scheduler has seen the end of the run, in a session that may not commit, as the scheduler's."""
    from airflow.models.dagrun import DagRun  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415
    from airflow.utils.sqlalchemy import prohibit_commit  # noqa: PLC0415

    with create_session() as session:
        ended = session.get_one(DagRun, run.id)
        ended.dag, ended.note = run.dag, before
        session.commit()
        with prohibit_commit(session) as guard:
            ended.notify_dagrun_state_changed(msg="")
            guard.commit()
        session.expire_all()
        note: str | None = ended.note
        return note


def task_notes(run: Any) -> dict[str, str]:
    """What stands on the tasks of a run."""
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        found = run.get_task_instances(session=session)
        return {instance.task_id: instance.note for instance in found if instance.note}


def write_task_note(run: Any, task_id: str, note: str) -> None:
    """What a person writes on the only instance of a task."""
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        (instance,) = (one for one in run.get_task_instances(session=session) if one.task_id == task_id)
        instance.note = note


def test_a_run_notes_invoices_details_and_amount(run_dag: RunDag) -> None:
    assert "**Summary** 2020-10-05: 1 invoice with 25 details, 21,130.01 USD chargeable." in str(
        note_of(run_dag("2020-10-05"))
    )


def test_a_skipped_run_notes_why(run_dag: RunDag) -> None:
    why = "nothing is due on 2020-10-04: the invoice schedules begin on 2020-10-05."
    assert f"**Summary** 2020-10-04: no invoice, {why}" in str(note_of(run_dag("2020-10-04")))


def test_a_run_notes_how_many_warnings_are_open_and_of_what(run_dag: RunDag) -> None:
    counted = "3 warnings (`invoicing exceptions`): 2 ready_without_run_date, 1 ready_class_not_included."
    assert str(note_of(run_dag("2020-10-05"))).endswith(counted)


def test_of_many_kinds_of_warnings_the_most_frequent_are_noted(run_dag: RunDag) -> None:
    from invoicing.airflow.notify.notes import _warnings  # noqa: PLC0415

    assert _warnings({"a": 1, "b": 1000, "c": 3, "d": 2}) == (
        "1,006 warnings (`invoicing exceptions`): 1,000 b, 3 c, 2 d, …."
    )


def test_a_skipped_task_notes_why(run_dag: RunDag) -> None:
    run = run_dag("2020-10-04")
    note_of(run)
    why = "**Summary** Skipped: nothing is due on 2020-10-04: the invoice schedules begin on 2020-10-05"
    assert task_notes(run) == {"write_draft_invoices": why}


def test_what_a_person_wrote_on_a_skipped_task_stays(run_dag: RunDag) -> None:
    run = run_dag("2020-10-04")
    write_task_note(run, "write_draft_invoices", "Asked Anna.")
    note_of(run)
    assert task_notes(run)["write_draft_invoices"].startswith("Asked Anna.\n\n**Summary** Skipped: nothing is due")


def test_a_task_that_is_not_skipped_any_more_does_not_note_why(run_dag: RunDag) -> None:
    run = run_dag("2020-10-05")
    write_task_note(run, "write_draft_invoices", "Asked Anna.\n\n**Summary** Skipped: nothing is ready")
    note_of(run)
    assert task_notes(run) == {"write_draft_invoices": "Asked Anna."}


def test_a_preview_notes_what_it_would_write(run_dag: RunDag) -> None:
    assert note_of(run_dag("2020-10-05", preview=True)) == (
        "**Summary** Preview, nothing of it is written. "
        "2020-10-05: 1 invoice with 25 details, 21,130.01 USD chargeable."
    )


def test_a_failed_run_notes_the_first_task_that_failed_and_its_error(run_dag: RunDag) -> None:
    assert note_of(run_dag("2020-10-05", contract_ids=["no-such-contract"])) == (
        "**Summary** find_due_contract_lines failed: INV-102: no contract no-such-contract in the warehouse"
    )


def test_a_run_notes_the_contracts_it_set_aside(run_dag: RunDag, own_world: World) -> None:
    damage.remove_line_customers(own_world, "prototype", ADATUM)
    note = note_of(run_dag("2020-10-05"))
    assert note is not None
    assert "Quarantined: adatum-implementation." in note


def test_a_note_shows_names_as_they_stand(run_dag: RunDag) -> None:
    note = note_of(run_dag("2020-10-05", contract_ids=["[a](b) <script> *c*\x1b\u202e"]))
    assert note is not None
    assert note.endswith(r"no contract \[a\](b) \<script\> \*c\*\\u001b\\u202e in the warehouse")


def test_a_run_notes_the_drafts_that_it_kept(run_dag: RunDag, own_world: World) -> None:
    run_dag("2020-10-05")
    invoice = invoice_of(own_world, date(2020, 10, 5), "adatum", ADATUM)
    Desk(own_world, "ann").review(invoice)
    note = note_of(run_dag("2020-10-05"))
    assert note is not None
    assert (
        f"Kept: invoice {invoice} of contract adatum-implementation for 2020-10-05 (in_review, changed by ann)." in note
    )


def test_a_note_that_a_person_wrote_meanwhile_stays(run_dag: RunDag) -> None:
    note = note_of(run_dag("2020-10-05"), before="Asked Anna.")
    assert note is not None
    assert note.startswith("Asked Anna.\n\n**Summary** 2020-10-05: 1 invoice")


def test_a_dag_of_others_gets_no_note(airflow_database: None) -> None:
    from airflow.sdk import DAG, task  # noqa: PLC0415

    with DAG("of_others", start_date=pendulum.datetime(2026, 1, 1)) as dag:

        @task
        def close_run() -> dict[str, Any]:
            return {"run_date": "2026-01-01", "invoices": 1, "details": 1, "invoices_written": 1, "amounts": {}}

        close_run()
    assert note_of(known_to_airflow(dag).test()) is None


def test_an_error_in_the_note_leaves_the_scheduler_its_transaction(
    run_dag: RunDag, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from invoicing.airflow.notify import notes  # noqa: PLC0415

    def break_the_transaction(connection: sa.Connection, _: Any) -> str:
        connection.exec_driver_sql("UPDATE dag_run SET state = 'broken'")
        connection.exec_driver_sql("SELECT * FROM no_such_table")
        return "never"

    monkeypatch.setattr(notes, "_summary", break_the_transaction)
    run = run_dag("2020-10-05")
    assert note_of(run) is None
    assert "could not be written" in caplog.text
    run.refresh_from_db()
    assert run.state == "success"


def test_a_person_s_note_stays_before_the_summary() -> None:
    assert with_summary("Asked Anna.", "**Summary** new") == "Asked Anna.\n\n**Summary** new"


def test_the_summary_of_an_earlier_try_is_replaced_wherever_it_stands() -> None:
    note = "Asked Anna.\n\n**Summary** old\n\nShe fixed it."
    assert with_summary(note, "**Summary** new") == "Asked Anna.\n\n**Summary** new\n\nShe fixed it."


def test_a_person_s_note_that_leaves_no_room_stays_as_it_is() -> None:
    note = "x" * 995
    assert with_summary(note, "**Summary** new") == note


def test_what_looks_like_a_pattern_in_the_summary_is_plain_text() -> None:
    assert with_summary("**Summary** old", r"**Summary** \1 \g<0>") == r"**Summary** \1 \g<0>"
