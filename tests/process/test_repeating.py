"""A day that is run again changes nothing that is right, and a preview writes nothing at all."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.errors import RunHeldError
from invoicing.process.day import preview_day
from invoicing.settings import Settings
from invoicing.warehouse.connection import create_engine
from tests.process.outcome import DRAFTS, RESULTS, billed, dump
from tests.process.steps import steps
from tests.process.warehouse import Warehouse, october

DAY = october(5)
DAYS = (october(5), october(6), october(12), october(19), october(20))


def believable(warehouse: Warehouse) -> None:
    """Shares, milestones, waiting work of every kind, and contracts that are on hold, broken or overdue."""
    warehouse.contract()
    warehouse.line("work", percents={"Fabrikam": "33.3333", "Northwind": "66.6667"}, excludes=("fee",))
    warehouse.line("travel")
    warehouse.line("prototype", method="fixed_price", percents={"Northwind": "100"})
    warehouse.schedule(october(5), october(19), line_id="work")
    warehouse.schedule(october(12), line_id="travel", cutoff=october(8))
    warehouse.schedule(date(2026, 8, 1), line_id="travel")  # overdue
    warehouse.milestone("M1", october(5), "5000", line_id="prototype")
    warehouse.milestone("M2", october(12), "700", line_id="prototype", ready=False)
    for nth in range(1, 19):
        warehouse.transaction(f"T{nth}", october(nth), f"{nth}.01", tax="0.25", line_id=("work", "travel")[nth % 2])
    warehouse.transaction("not ready", october(2), status="unbilled")
    warehouse.transaction("canceled", october(2), status="canceled")
    warehouse.transaction("fee", october(2), transaction_class="fee")
    warehouse.transaction("free", october(2), billing_type="complimentary")
    warehouse.contract("On hold", state="on_hold")
    warehouse.line(contract_id="On hold")
    warehouse.schedule(october(5), contract_id="On hold")
    warehouse.contract("Broken", currency="KWD")
    warehouse.line(contract_id="Broken")
    warehouse.schedule(october(6), contract_id="Broken")
    warehouse.transaction("T1", october(1), "1.001", contract_id="Broken")
    warehouse.execute("UPDATE invoicing.contract_line_customer SET split_percent = 99 WHERE contract_id = 'Broken'")


@pytest.fixture(scope="module")
def built(new_database: Callable[[str], sa.URL], template: str) -> Warehouse:
    """The warehouse of `believable`, before any run."""
    warehouse = Warehouse(create_engine(new_database(template)))
    believable(warehouse)
    return warehouse


@pytest.fixture(scope="module")
def ran(new_database: Callable[[str], sa.URL], built: Warehouse) -> Warehouse:
    """The same after all `DAYS`; the tests repeat them, which must change nothing."""
    warehouse = built.at(create_engine(new_database(str(built.engine.url.database))))
    for day in DAYS:
        warehouse.run(day)
    return warehouse


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with something to invoice on 5 October."""
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, october(19))
    emptied.transaction("T1", october(1), "100")
    return emptied


# Days that were run


def test_days_were_invoiced(ran: Warehouse) -> None:
    """Or the tests below would prove nothing."""
    found = billed(ran)
    assert {day: len(ids) for day, ids in found.items()} == {october(5): 7, october(12): 4, october(19): 14}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_day_that_is_run_again_changes_no_row(ran: Warehouse, day: date) -> None:
    before = dump(ran, RESULTS)
    ran.run(day)
    assert dump(ran, RESULTS) == before


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_day_that_is_run_again_by_another_run_changes_no_row(ran: Warehouse, day: date) -> None:
    before = dump(ran, RESULTS)
    ran.run(day, "another run")
    assert dump(ran, RESULTS) == before


@pytest.mark.parametrize("seed", range(3))
def test_days_that_are_run_again_in_any_order_change_no_row(ran: Warehouse, seed: int) -> None:
    order = random.Random(seed).choices(DAYS, k=8)
    before = dump(ran, RESULTS)
    for day in order:
        ran.run(day)
    assert dump(ran, RESULTS) == before, order


def test_day_that_is_run_again_for_one_contract_changes_no_row(ran: Warehouse) -> None:
    before = dump(ran, RESULTS)
    ran.run(DAY, "narrowed", contract_ids=["Adatum"])
    assert dump(ran, RESULTS) == before


def test_day_without_due_lines_that_is_run_again_changes_no_row(ran: Warehouse) -> None:
    ran.run(october(3))
    before = dump(ran, RESULTS)
    ran.run(october(3))
    assert dump(ran, RESULTS) == before


def test_day_that_is_run_again_beside_a_touched_invoice_changes_no_row(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.invoice SET status = 'in_review'")
    warehouse.transaction("T2", october(2))
    warehouse.run(october(19))
    before = dump(warehouse, RESULTS)
    for day in (DAY, october(19), DAY):
        warehouse.run(day)
    assert dump(warehouse, RESULTS) == before


def test_day_that_billed_a_late_milestone_changes_no_row_when_it_is_run_again(warehouse: Warehouse) -> None:
    warehouse.settings = Settings(late_milestones="bill")
    warehouse.line("prototype", method="fixed_price")
    warehouse.milestone("M1", DAY, line_id="prototype", ready=False)
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.milestone SET billing_status = 'ready_to_invoice'")
    warehouse.execute("UPDATE invoicing.actual SET billing_status = 'ready_to_invoice' WHERE milestone_id = 'M1'")
    warehouse.run(october(19))
    before = dump(warehouse, RESULTS)
    for day in (october(19), DAY, october(19)):
        warehouse.run(day)
    assert dump(warehouse, RESULTS) == before


def test_day_that_mended_a_problem_changes_no_row_when_it_is_run_again(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY)
    emptied.run(date(2026, 12, 1))
    emptied.run(DAY)
    before = dump(emptied, RESULTS)
    emptied.run(DAY)
    assert dump(emptied, RESULTS) == before


# Steps


def test_steps_taken_twice_write_what_steps_taken_once_write(
    built: Warehouse, new_database: Callable[[str], sa.URL]
) -> None:
    once, twice = (built.at(create_engine(new_database(str(built.engine.url.database)))) for _ in range(2))
    for day in DAYS:
        for step in steps(once, day, f"day/{day}").in_order:
            step()
        for step in steps(twice, day, f"day/{day}").in_order:
            step()
            step()
    moments = ("created_at", "ran_at", "ran_by", "detected_at")
    assert dump(twice, RESULTS, without=moments) == dump(once, RESULTS, without=moments)


@pytest.mark.parametrize("step", ["filter_ready", "write_drafts", "close"])
def test_step_taken_again_leaves_what_it_left(warehouse: Warehouse, step: str) -> None:
    run = steps(warehouse, DAY)
    for earlier in run.in_order:
        earlier()
        if earlier.__name__ == step:
            break
    before = dump(warehouse, without=["lease_until"])
    getattr(run, step)()
    assert dump(warehouse, without=["lease_until"]) == before


def test_run_can_go_back_to_a_step_that_it_took(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    run.find_due()
    run.filter_ready()
    run.write_drafts()
    warehouse.transaction("T2", october(2))
    run.filter_ready()
    run.write_drafts()
    run.close()
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_run_can_start_over_at_any_step(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    for last in range(1, 4):
        for step in run.in_order[:last]:
            step()
    for step in run.in_order:
        step()
    (row,) = warehouse.read("SELECT status, attempt FROM invoicing.invoice_run")
    assert (billed(warehouse), tuple(row)) == ({DAY: ["T1"]}, ("succeeded", 4))


# Preview


def undated(rows: Any) -> Any:
    return rows.drop(columns="created_at").to_dict("records")


@pytest.fixture(scope="module")
def previewed(new_database: Callable[[str], sa.URL], built: Warehouse) -> Warehouse:
    """The warehouse of `believable`, for tests whose previews must leave it as it is."""
    return built.at(create_engine(new_database(str(built.engine.url.database))))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_preview_leaves_no_trace(previewed: Warehouse, day: date) -> None:
    before = dump(previewed)
    preview_day(previewed.engine, day, settings=previewed.settings)
    assert dump(previewed) == before


def test_preview_of_a_day_that_was_run_leaves_no_trace(ran: Warehouse) -> None:
    before = dump(ran)
    preview_day(ran.engine, DAY, settings=ran.settings)
    assert dump(ran) == before


def test_preview_shows_what_the_run_writes(built: Warehouse, new_database: Callable[[str], sa.URL]) -> None:
    warehouse = built.at(create_engine(new_database(str(built.engine.url.database))))
    for day in DAYS:
        shown = preview_day(warehouse.engine, day, settings=warehouse.settings)
        written = warehouse.run(day)
        assert undated(shown.invoices) == undated(written.invoices), day
        assert shown.quarantined == written.quarantined, day


def test_preview_counts_what_the_run_counts(previewed: Warehouse, new_database: Callable[[str], sa.URL]) -> None:
    shown = preview_day(previewed.engine, DAY, settings=previewed.settings).run
    written = previewed.at(create_engine(new_database(str(previewed.engine.url.database)))).run(DAY).run
    own = {"run_id", "run_key", "lease_until", "started_at", "ended_at"}
    assert {name: value for name, value in vars(shown).items() if name not in own} == {
        name: value for name, value in vars(written).items() if name not in own
    }


def test_preview_shows_what_a_repeat_would_take_off_a_draft(warehouse: Warehouse) -> None:
    warehouse.transaction("T2", october(1), "30")
    warehouse.run(DAY)
    warehouse.execute("UPDATE invoicing.actual SET billing_status = 'canceled' WHERE transaction_id = 'T2'")
    shown = preview_day(warehouse.engine, DAY, settings=warehouse.settings).invoices
    assert shown["total_amount"].tolist() == [100]
    assert billed(warehouse) == {DAY: ["T1", "T2"]}


def test_preview_can_be_narrowed_to_contracts(warehouse: Warehouse) -> None:
    warehouse.contract("Contoso")
    warehouse.line(contract_id="Contoso")
    warehouse.schedule(DAY, contract_id="Contoso")
    warehouse.transaction("T1", october(1), contract_id="Contoso")
    shown = preview_day(warehouse.engine, DAY, settings=warehouse.settings, contract_ids=["Contoso"]).invoices
    assert shown["contract_id"].tolist() == ["Contoso"]


def test_preview_beside_a_run_is_refused(warehouse: Warehouse) -> None:
    steps(warehouse, DAY, "in progress").find_due()
    with pytest.raises(RunHeldError, match="in progress"):
        preview_day(warehouse.engine, DAY, settings=warehouse.settings)


def test_preview_that_was_refused_leaves_the_run_its_staging(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY, "in progress")
    run.find_due()
    with pytest.raises(RunHeldError):
        preview_day(warehouse.engine, DAY, settings=warehouse.settings)
    for step in run.in_order[1:]:
        step()
    assert dump(warehouse, DRAFTS)["invoice_line_detail"]
