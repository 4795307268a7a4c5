"""What generating schedules adds, keeps and changes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from invoicing.errors import NotFoundError, WarehouseUnavailableError
from invoicing.process.day import run_day
from invoicing.settings import PROJECT_ROOT, Settings
from invoicing.source.loading import load_folder
from invoicing.warehouse.locks import lock_request
from invoicing.warehouse.transactions import writing
from tests.contracts.planner import TODAY, Planner
from tests.world.names import CONTRACT, october
from tests.world.world import World

MONDAYS = [october(5), october(12), october(19), october(26)]


def november(day: int) -> date:
    return date(2026, 11, day)


def test_start_and_end_of_billing_are_run_dates_too(planner: Planner) -> None:
    planner.line("weekly", "monday", start=october(5), end=october(26))
    planner.generate()
    assert planner.dates() == MONDAYS


def test_every_other_week_counts_from_the_first_run_day_after_the_start(planner: Planner) -> None:
    planner.line("biweekly", "monday", start=october(6), end=november(10))
    planner.generate()
    assert planner.dates() == [october(12), october(26), november(9)]


def test_without_an_end_the_schedule_is_filled_some_days_ahead(planner: Planner) -> None:
    planner.line("weekly", "monday")
    planner.generate(days=25)
    assert planner.dates() == MONDAYS


def test_next_day_adds_what_has_come_into_sight(planner: Planner) -> None:
    planner.line("weekly", "monday")
    planner.generate(days=24)
    again = planner.generate(today=october(2), days=24)
    assert [row.run_date for row in again.rows] == [october(26)]


def test_generating_again_changes_nothing(planner: Planner) -> None:
    planner.line("monthly", "first monday;15")
    planner.generate()
    assert planner.generate().rows == ()


def test_row_that_the_source_delivered_stays_as_it_is(planner: Planner) -> None:
    planner.line("weekly", "monday", end=october(12))
    planner.world.schedule(october(5), cutoff=october(1))
    planner.generate()
    assert [(row.run_date, row.transaction_cutoff_date) for row in planner.rows()] == [
        (october(5), october(1)),
        (october(12), october(11)),
    ]


def test_changed_frequency_goes_on_after_the_last_row(planner: Planner) -> None:
    planner.line("weekly", "monday")
    planner.generate(days=25)
    planner.line("weekly", "friday")
    generated = planner.generate(days=36)
    assert planner.dates() == [*MONDAYS, october(30), november(6)]
    assert generated.waiting == 4 + 4  # Mondays that are no run days any more, and Fridays between them


def test_changed_frequency_replaces_the_days_to_come_on_request(planner: Planner) -> None:
    planner.line("weekly", "monday")
    planner.generate(days=25)
    planner.line("weekly", "friday")
    generated = planner.generate(today=october(12), days=14, replace=True)
    assert planner.dates() == [october(5), october(12), october(16), october(23)]
    assert generated.waiting == 0


def test_day_that_has_run_is_never_replaced(planner: Planner) -> None:
    planner.line("weekly", "monday")
    planner.generate(days=25)
    planner.world.transaction("T1", TODAY, "100")
    planner.world.run(october(12))
    planner.line("weekly", "friday")
    planner.generate(today=TODAY, days=11, replace=True)
    ran = [row.run_date for row in planner.rows() if row.run_status == "run_successful"]
    assert ran == [october(5), october(12)]


def test_end_of_billing_that_moves_takes_days_to_come_off_on_request(planner: Planner) -> None:
    planner.line("weekly", "monday")
    planner.generate(days=25)
    planner.line("weekly", "monday", end=october(12))
    assert planner.generate(days=25).waiting == 2
    planner.generate(days=25, replace=True)
    assert planner.dates() == MONDAYS[:2]


@pytest.mark.parametrize("state", ["draft", "on_hold", "active"])
def test_contract_that_is_not_closed_has_a_schedule(planner: Planner, state: str) -> None:
    planner.world.contract(state=state)
    planner.line("weekly", "monday")
    planner.generate(days=25)
    assert planner.dates() == MONDAYS


def test_closed_contract_is_given_no_rows(planner: Planner) -> None:
    planner.world.contract(state="closed")
    planner.line("weekly", "monday")
    assert planner.generate().rows == ()


def test_fixed_price_line_is_billed_by_its_milestones_alone(planner: Planner) -> None:
    planner.line("weekly", "monday", method="fixed_price")
    assert planner.generate().rows == ()


def test_line_without_a_start_of_billing_is_named(planner: Planner) -> None:
    planner.line("weekly", "monday", start=None)
    generated = planner.generate()
    assert (generated.rows, generated.without_start) == ((), ((CONTRACT, "work"),))


def test_end_before_the_start_makes_no_rows(planner: Planner) -> None:
    planner.line("monthly", "1;last", start=october(20), end=october(1))
    planner.line("weekly", "monday", line_id="weekly", start=october(20), end=october(1))
    assert planner.generate().rows == ()


def test_only_the_contracts_that_are_named_are_filled(planner: Planner) -> None:
    planner.line("weekly", "monday")
    planner.world.contract("Other")
    assert planner.generate(contract_ids=["Other"]).rows == ()
    assert len(planner.generate(contract_ids=[CONTRACT], days=25).rows) == len(MONDAYS)


def test_unknown_contract_is_refused(planner: Planner) -> None:
    with pytest.raises(NotFoundError, match="no contract Nobody"):
        planner.generate(contract_ids=["Nobody"])


def test_request_that_is_tried_twice_at_once_works_one_try_after_the_other(planner: Planner) -> None:
    planner.line("weekly", "monday")
    with writing(planner.world.engine, 1) as connection:
        lock_request(connection, "one")
        with pytest.raises(WarehouseUnavailableError):
            planner.generate(wait_seconds=1, key="one")


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_time_zone_of_a_session_moves_no_date(planner: Planner, zone: str) -> None:
    planner.line("monthly", "1;last", start=october(1), end=october(31))
    url = planner.world.engine.url.update_query_dict({"options": f"-c timezone={zone}"})
    abroad = Planner(World(sa.create_engine(url)))
    abroad.generate()
    assert planner.dates() == [october(1), october(31)]


def test_example_of_adatum_runs_from_frequencies_alone(own_world: World, tmp_path: Path) -> None:
    folder = tmp_path / "adatum"
    shutil.copytree(PROJECT_ROOT / "samples" / "adatum", folder)
    (folder / "invoice_schedules.csv").unlink()
    engine = own_world.engine
    load_folder(engine, folder, wait_seconds=2)
    planner = Planner(own_world)
    planner.generate(today=date(2020, 10, 1), days=400)
    assert planner.dates("implementation") == [
        date(2020, 10, 5),
        date(2020, 10, 19),
        date(2020, 11, 2),
        date(2020, 11, 16),
    ]
    assert planner.dates("expenses") == [date(2020, 10, 5), date(2020, 11, 2)]
    days = [date(2020, 10, 4), date(2020, 10, 5), date(2020, 10, 19), date(2020, 11, 2), date(2020, 11, 3)]
    written = [run_day(engine, day, run_key=str(day), settings=Settings()).figures for day in days]
    assert [(figures.invoices, figures.invoice_lines) for figures in written] == [
        (0, 0),
        (1, 3),
        (1, 1),
        (1, 2),
        (1, 1),
    ]
