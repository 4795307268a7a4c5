"""A broken contract among many: the others are invoiced, and the run shows which one to fix."""

from __future__ import annotations

from tests.e2e.conftest import MakeWarehouse, connect
from tests.e2e.rest import Rest
from tests.e2e.schedule import moment
from tests.e2e.undisturbed import outcome, run_undisturbed
from tests.e2e.worlds import five_days
from tests.world import damage
from tests.world.world import World

DAY = "2020-10-05"
CONTRACTS = "Adatum", "Contoso", "Northwind", "Tailspin", "Wingtip"
BROKEN = "Contoso"


def many_of_which_one_is_broken(warehouse: World) -> None:
    for contract_id in CONTRACTS:
        five_days(warehouse, DAY, contract_id)
    damage.break_split(warehouse, contract_id=BROKEN)


def test_one_broken_contract_leaves_the_run_green_with_a_red_task_that_names_it(
    rest: Rest, make_warehouse: MakeWarehouse, template: str
) -> None:
    warehouse, other = make_warehouse(template), make_warehouse(template)
    many_of_which_one_is_broken(warehouse)
    many_of_which_one_is_broken(other)
    connect(rest, warehouse.engine.url)

    run = rest.trigger(moment(DAY))
    assert rest.wait_for(run) == "success"
    assert rest.tasks(run)["report_quarantined"] == "failed"
    log = rest.log(run, "report_quarantined")
    for named in (BROKEN, "split_not_complete", "100"):
        assert named in log
    invoiced = warehouse.read("SELECT DISTINCT contract_id FROM analytics.invoices ORDER BY 1")
    assert invoiced == [(contract_id,) for contract_id in CONTRACTS if contract_id != BROKEN]
    run_undisturbed(other, DAY)
    assert outcome(warehouse) == outcome(other)


def test_contract_that_was_fixed_is_taken_by_the_next_run(
    rest: Rest, make_warehouse: MakeWarehouse, template: str
) -> None:
    warehouse = make_warehouse(template)
    many_of_which_one_is_broken(warehouse)
    connect(rest, warehouse.engine.url)
    first = rest.trigger(moment(DAY))
    assert rest.wait_for(first) == "success"
    five_days(warehouse, DAY, BROKEN)  # the source says it again
    second = rest.trigger(moment("2020-10-06"))
    assert rest.wait_for(second) == "success"
    assert rest.tasks(second)["report_quarantined"] == "success"
    billed_days = "SELECT run_date::text FROM analytics.invoices WHERE contract_id = :id GROUP BY 1 ORDER BY 1"
    assert warehouse.read(billed_days, id=BROKEN) == [(DAY,), ("2020-10-06",)]
    outcome(warehouse)


def test_report_of_a_day_that_looked_for_nothing_does_not_say_that_no_contract_was_set_aside(
    rest: Rest, warehouse: World
) -> None:
    run = rest.trigger(conf={"run_date": DAY, "contract_ids": ["no-such-contract"]})
    assert rest.wait_for(run) == "failed"
    assert rest.tasks(run)["report_quarantined"] == "skipped"
    assert "Nobody looked for contracts to set aside: find_due_contract_lines" in rest.log(run, "report_quarantined")
