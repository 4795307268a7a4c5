"""create_invoices in Airflow, day by day over Adatum's contract: the table of the example, and what the tasks show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa

from tests.dags.conftest import read_dags, result, states
from tests.world import damage
from tests.world.desk import Desk
from tests.world.reads import count, run_of, shown
from tests.world.world import World

RunDag = Callable[..., Any]

ADATUM = "adatum-implementation"
ELSEWHERE = "Tailspin"  # in another bucket than ADATUM, if there are four

SUCCEEDED = {
    "sleep": "success",
    "find_due_contract_lines": "success",
    "filter_ready_transactions": "success",
    "write_draft_invoices": "success",
    "close_run": "success",
    "report_quarantined": "success",
}
NOTHING_WRITTEN = {**SUCCEEDED, "write_draft_invoices": "skipped"}


def lines_of(own_world: World, day: str) -> dict[str, tuple[int, Decimal]]:
    """Details and chargeable amount of each invoice line of a run date, by contract line."""
    query = (
        "SELECT l.contract_line_id, l.detail_count, l.chargeable_amount FROM analytics.invoice_lines l "
        "JOIN analytics.invoices i USING (contract_id, invoice_id) WHERE i.run_date = :day ORDER BY 1"
    )
    rows = own_world.read(query, day=day)
    return {row.contract_line_id: (row.detail_count, row.chargeable_amount) for row in rows}


def test_before_anything_is_due_there_is_no_invoice(run_dag: RunDag, own_world: World) -> None:
    run = run_dag("2020-10-04")
    assert str(run.state) == "success"
    assert count(own_world, "invoices") == 0


def test_a_day_without_due_lines_shows_the_write_task_as_skipped(run_dag: RunDag) -> None:
    assert states(run_dag("2020-10-04")) == NOTHING_WRITTEN


def test_the_first_run_date_gives_one_invoice_with_three_lines(run_dag: RunDag, own_world: World) -> None:
    assert states(run_dag("2020-10-05")) == SUCCEEDED
    assert count(own_world, "invoices") == 1
    assert lines_of(own_world, "2020-10-05") == {
        "expenses": (7, Decimal("1262.13")),
        "implementation": (17, Decimal("14867.88")),
        "prototype": (1, Decimal("5000.00")),
    }


@pytest.mark.parametrize("day", ["2020-10-06", "2020-10-18"])
def test_between_two_run_dates_there_is_no_invoice(run_dag: RunDag, own_world: World, day: str) -> None:
    run_dag("2020-10-05")
    assert states(run_dag(day)) == NOTHING_WRITTEN
    assert count(own_world, "invoices") == 1


def test_the_second_run_date_gives_the_time_up_to_its_cutoff(run_dag: RunDag, own_world: World) -> None:
    run_dag("2020-10-05")
    run_dag("2020-10-19")
    assert lines_of(own_world, "2020-10-19") == {"implementation": (11, Decimal("7230.38"))}


def test_the_first_monday_of_november_gives_time_and_expenses(run_dag: RunDag, own_world: World) -> None:
    for day in ("2020-10-05", "2020-10-19", "2020-11-02"):
        run_dag(day)
    assert lines_of(own_world, "2020-11-02") == {
        "expenses": (7, Decimal("1789.95")),
        "implementation": (11, Decimal("9266.13")),
    }


def test_the_second_milestone_is_invoiced_on_its_date(run_dag: RunDag, own_world: World) -> None:
    for day in ("2020-10-05", "2020-10-19", "2020-11-02", "2020-11-03"):
        run_dag(day)
    assert lines_of(own_world, "2020-11-03") == {"prototype": (1, Decimal("12000.00"))}


def test_the_last_run_date_gives_the_time_up_to_its_cutoff(run_dag: RunDag, own_world: World) -> None:
    for day in ("2020-10-05", "2020-10-19", "2020-11-02", "2020-11-03", "2020-11-16"):
        run_dag(day)
    assert lines_of(own_world, "2020-11-16") == {"implementation": (11, Decimal("10688.63"))}


def test_due_but_nothing_ready_skips_the_write_task_alone(run_dag: RunDag, own_world: World) -> None:
    Desk(own_world).mark(ADATUM, ready=False)
    assert states(run_dag("2020-10-05")) == NOTHING_WRITTEN


def test_due_but_nothing_ready_ends_the_schedule_rows_successful(run_dag: RunDag, own_world: World) -> None:
    Desk(own_world).mark(ADATUM, ready=False)
    run_dag("2020-10-05")
    query = "SELECT DISTINCT run_status, invoice_count FROM analytics.invoice_schedule WHERE run_date = '2020-10-05'"
    assert own_world.read(query) == [("run_successful", 0)]


def test_a_task_returns_counts_and_sums(run_dag: RunDag) -> None:
    run = run_dag("2020-10-05")
    counts = {"run_date": "2020-10-05", "invoices": 1, "invoice_lines": 3, "details": 25, "invoices_written": 1}
    assert result(run, "write_draft_invoices", bucket=0).items() >= counts.items()
    closed = result(run, "close_run")
    assert {name: closed[name] for name in counts} == counts
    assert closed["amounts"]["USD"]["chargeable_amount"] == "21130.01"


def test_the_filter_returns_what_becomes_of_every_open_transaction(run_dag: RunDag) -> None:
    assert result(run_dag("2020-10-05"), "filter_ready_transactions", bucket=0)["reasons"] == {
        "invoiced": {"USD": {"transactions": 24, "amount": "17451.41"}},
        "after_cutoff": {"USD": {"transactions": 45, "amount": "33197.29"}},
        "not_ready": {"USD": {"transactions": 7, "amount": "3733.20"}},
        "class_not_included": {"USD": {"transactions": 1, "amount": "498.00"}},
    }


def test_the_asset_event_carries_run_date_counts_and_amounts(run_dag: RunDag) -> None:
    from airflow.models.asset import AssetEvent  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    run = run_dag("2020-10-05")
    with create_session() as session:
        event = session.scalars(sa.select(AssetEvent).where(AssetEvent.source_run_id == run.run_id)).one()
    assert (event.extra["run_date"], event.extra["invoices"]) == ("2020-10-05", 1)
    assert event.extra["amounts"]["USD"]["chargeable_amount"] == "21130.01"


def test_a_skipped_day_makes_no_asset_event(run_dag: RunDag) -> None:
    from airflow.models.asset import AssetEvent  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    run = run_dag("2020-10-04")
    with create_session() as session:
        assert session.scalars(sa.select(AssetEvent).where(AssetEvent.source_run_id == run.run_id)).all() == []


def test_the_ledger_knows_the_dag_run(run_dag: RunDag, own_world: World) -> None:
    run = run_dag("2020-10-05")
    (row,) = own_world.read("SELECT run_id FROM analytics.invoice_runs")
    assert run_of(own_world, f"create_invoices/{run.run_id}").run_id == row.run_id


def test_a_run_keeps_its_day_when_the_business_time_zone_changes(
    airflow_database: None, airflow_connection: sa.URL, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight = pendulum.datetime(2020, 10, 5)
    for zone in ("UTC", "America/New_York"):  # where it is the 4th still
        monkeypatch.setenv("INVOICING_TIMEZONE", zone)
        # As a run that is cleared: it was to run before its first attempt.
        run = read_dags().dags["create_invoices"].test(run_after=midnight, logical_date=midnight)
        assert result(run, "close_run")["run_date"] == "2020-10-05"
    attempts = own_world.read("SELECT attempt, run_date::text, invoices FROM analytics.invoice_runs ORDER BY attempt")
    assert attempts == [(1, "2020-10-05", 1), (2, "2020-10-05", 1)]


def test_the_parameter_run_date_names_the_day(run_dag: RunDag, own_world: World) -> None:
    run_dag("2026-01-01", run_date="2020-10-05")
    assert set(lines_of(own_world, "2020-10-05")) == {"expenses", "implementation", "prototype"}


def test_the_parameter_contract_ids_narrows_the_run(run_dag: RunDag) -> None:
    assert str(run_dag("2020-10-05", contract_ids=["no-such-contract"]).state) == "failed"


@pytest.mark.parametrize("step", ["filter_ready_transactions", "write_draft_invoices"])
def test_a_failed_step_fails_the_dag_run_and_the_attempt(run_dag: RunDag, own_world: World, step: str) -> None:
    with damage.refusing(own_world, step):
        run = run_dag("2020-10-05")
    assert (str(run.state), states(run)[step], states(run)["close_run"]) == ("failed", "failed", "failed")
    assert "stopped with 1 of 1 buckets unwritten" in result(run, "close_run", "failure")
    assert own_world.read("SELECT status FROM analytics.invoice_runs") == [("failed",)]


def test_a_bucket_that_failed_fails_the_run_and_leaves_what_the_others_wrote(
    run_dag: RunDag, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOICING_BUCKETS", "4")
    day = date(2020, 10, 5)
    own_world.contract(ELSEWHERE)
    own_world.line(contract_id=ELSEWHERE)
    own_world.schedule(day, contract_id=ELSEWHERE)
    own_world.transaction("T", date(2020, 10, 1), "100", contract_id=ELSEWHERE)
    damage.disturb(own_world, "write_draft_invoices", "RAISE check_violation")  # to the first that writes
    run = run_dag(str(day))
    written = [str(one.state) for one in run.get_task_instances() if one.task_id == "write_draft_invoices"]
    assert (str(run.state), sorted(written)) == ("failed", ["failed", "skipped", "skipped", "success"])
    assert "stopped with 1 of 4 buckets unwritten" in result(run, "close_run", "failure")
    assert count(own_world, "invoices") == 1


def test_one_quarantined_contract_leaves_the_run_green_and_its_report_red(run_dag: RunDag, own_world: World) -> None:
    damage.remove_rounding_customer(own_world, "implementation", ADATUM)
    run = run_dag("2020-10-05")
    assert (str(run.state), states(run)["report_quarantined"]) == ("success", "failed")


def test_the_report_has_contract_code_and_what_to_fix(run_dag: RunDag, own_world: World) -> None:
    damage.remove_rounding_customer(own_world, "implementation", ADATUM)
    run = run_dag("2020-10-05")
    found = result(run, "find_due_contract_lines", "due")
    assert {(one["contract_id"], one["code"]) for one in found["quarantined"]} == {
        ("adatum-implementation", "split_not_complete")
    }


def test_a_large_day_is_written_in_buckets_side_by_side(
    run_dag: RunDag, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOICING_BUCKETS", "3")
    run = run_dag("2020-10-05")
    written = [instance for instance in run.get_task_instances() if instance.task_id == "write_draft_invoices"]
    assert [instance.rendered_map_index for instance in sorted(written, key=lambda found: found.map_index)] == [
        "bucket 1 of 3",
        "bucket 2 of 3",
        "bucket 3 of 3",
    ]
    assert count(own_world, "invoices") == 1


def test_a_preview_writes_nothing(run_dag: RunDag, own_world: World) -> None:
    run = run_dag("2020-10-05", preview=True)
    assert states(run) == {
        "sleep": "success",
        "find_due_contract_lines": "success",
        "filter_ready_transactions": "skipped",
        "write_draft_invoices": "skipped",
        "close_run": "skipped",
        "report_quarantined": "skipped",
    }
    assert count(own_world, "invoice_runs") == 0


def test_a_preview_shows_what_the_run_would_write(run_dag: RunDag) -> None:
    run = run_dag("2020-10-05", preview=True)
    shown = result(run, "find_due_contract_lines", "due")
    assert (shown["invoices"], shown["details"]) == (1, 25)
    assert shown["amounts"]["USD"]["chargeable_amount"] == "21130.01"
    assert [row["total_amount"] for row in shown["invoices_listed"]] == ["21213.41"]  # with tax


def test_a_future_date_is_refused(run_dag: RunDag) -> None:
    run = run_dag("2020-10-05", run_date="2999-01-01")
    assert (str(run.state), states(run)["find_due_contract_lines"]) == ("failed", "failed")


def test_a_future_date_can_be_previewed(run_dag: RunDag) -> None:
    assert str(run_dag("2020-10-05", run_date="2999-01-01", preview=True).state) == "success"


def test_a_manual_run_does_not_sleep(run_dag: RunDag) -> None:
    run = run_dag("2020-10-05")
    assert result(run, "sleep") == {"until": None, "reason": "No sleep: a manual run passes at once."}


def test_running_a_day_again_changes_no_invoice(run_dag: RunDag, own_world: World) -> None:
    run_dag("2020-10-05")
    before = shown(own_world, ["invoices"])
    run_dag("2020-10-05")
    assert shown(own_world, ["invoices"]) == before


def test_a_warehouse_without_schema_fails_with_what_to_do(
    run_dag: RunDag, own_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with own_world.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE public.schema_version")
    assert str(run_dag("2020-10-05").state) == "failed"
