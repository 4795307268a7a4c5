"""Which day a run invoices, when days are missed, early, late or asked for by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import MakeWarehouse, Undisturbed, connect
from tests.e2e.rest import Rest
from tests.e2e.schedule import SCHEDULED_DAY, let_the_scheduler_run, moment
from tests.e2e.undisturbed import outcome, run_undisturbed
from tests.e2e.worlds import five_days
from tests.world.reads import dump
from tests.world.world import World

FIRST, SECOND = "2020-10-05", "2020-10-19"


def test_pause_of_five_days_is_caught_up_by_one_run_each_row_under_its_own_date(
    rest: Rest, make_warehouse: MakeWarehouse, template: str
) -> None:
    warehouse, other = make_warehouse(template), make_warehouse(template)
    first = str(SCHEDULED_DAY - timedelta(days=4))
    days = five_days(warehouse, first)
    five_days(other, first)
    connect(rest, warehouse.engine.url)

    run = let_the_scheduler_run(rest)
    assert rest.wait_for(run) == "success"

    run_undisturbed(other, *days)
    assert outcome(warehouse) == outcome(other)
    assert warehouse.read("SELECT run_date::text FROM analytics.invoice_runs") == [(days[-1],)]


def test_day_whose_rows_a_later_day_ran_derives_them_again_to_what_stands(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    later = rest.trigger(moment(SECOND))
    assert rest.wait_for(later) == "success"
    earlier = rest.trigger(moment(FIRST))
    assert rest.wait_for(earlier) == "success"
    told = rest.result(earlier, "close_run")
    assert (told["run_date"], told["invoices"], told["invoices_written"]) == (FIRST, 1, 0)
    assert outcome(warehouse) == undisturbed(SECOND)


def test_day_before_any_schedule_is_skipped(rest: Rest, warehouse: World, undisturbed: Undisturbed) -> None:
    run = rest.trigger(moment("2019-01-01"))
    assert rest.wait_for(run) == "success"
    said = "nothing is due on 2019-01-01: the invoice schedules begin on 2020-10-05"
    assert rest.result(run, "close_run")["skipped_reason"] == said
    assert outcome(warehouse) == undisturbed("2019-01-01")


def test_day_that_is_not_yet_is_refused_at_once(rest: Rest, warehouse: World, undisturbed: Undisturbed) -> None:
    tomorrow = str(datetime.now(UTC).date() + timedelta(days=1))
    run = rest.trigger(conf={"run_date": tomorrow})
    assert rest.wait_for(run) == "failed"
    assert rest.task(run, "find_due_contract_lines")["try_number"] == 1
    assert "INV-101" in rest.log(run, "find_due_contract_lines")
    assert outcome(warehouse) == undisturbed()


def test_run_by_hand_invoices_the_day_of_the_form_and_has_no_logical_date(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    run = rest.trigger(conf={"run_date": FIRST})
    assert rest.wait_for(run) == "success"
    assert rest.run(run)["logical_date"] is None
    assert outcome(warehouse) == undisturbed(FIRST)


def test_run_by_hand_without_a_date_means_today(rest: Rest, warehouse: World) -> None:
    run = rest.trigger()
    assert rest.wait_for(run) == "success"
    assert rest.result(run, "close_run")["run_date"] == str(datetime.now(UTC).date())


def test_run_that_was_deleted_does_not_come_back_under_its_id_for_another_day(
    rest: Rest, warehouse: World, undisturbed: Undisturbed
) -> None:
    run = rest.trigger(moment(FIRST))
    assert rest.wait_for(run) == "success"
    rest.delete(run)
    rest.trigger(conf={"run_date": SECOND}, run_id=run)
    assert rest.wait_for(run) == "failed"
    assert f"is a run of {FIRST} in the ledger, not of {SECOND}; trigger it under another id" in rest.run(run)["note"]
    assert outcome(warehouse) == undisturbed(FIRST)


def test_run_by_hand_for_one_contract_leaves_the_others(
    rest: Rest, make_warehouse: MakeWarehouse, template: str
) -> None:
    warehouse = make_warehouse(template)
    day = five_days(warehouse, FIRST)[0]
    five_days(warehouse, FIRST, "Contoso")
    connect(rest, warehouse.engine.url)
    run = rest.trigger(conf={"run_date": day, "contract_ids": ["Contoso"]})
    assert rest.wait_for(run) == "success"
    assert warehouse.read("SELECT DISTINCT contract_id FROM analytics.invoices") == [("Contoso",)]
    outcome(warehouse)


def test_preview_by_hand_writes_nothing(rest: Rest, warehouse: World) -> None:
    before = dump(warehouse)
    run = rest.trigger(conf={"run_date": FIRST, "preview": True})
    assert rest.wait_for(run) == "success"
    assert dump(warehouse) == before


@pytest.mark.parametrize(
    "conf",
    [{"run_date": "5 October"}, {"contract_ids": "Contoso"}, {"preview": "perhaps"}],
    ids=lambda conf: next(iter(conf)),
)
def test_form_refuses_what_it_cannot_mean(rest: Rest, warehouse: World, conf: dict[str, object]) -> None:
    assert next(iter(conf)) in rest.refused_trigger(conf)
