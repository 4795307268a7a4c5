"""Somebody who works between the steps of a run is noticed: what comes of it is as if the run had begun after them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from invoicing.settings import Settings
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import accounting, billed, invoice_of, shown, versions
from tests.world.steps import Steps
from tests.world.verdict import differences
from tests.world.world import World

DAY = october(5)

VIEWS = ("invoice_schedule", "billing_exceptions")


@pytest.fixture(scope="module")
def built(new_world: Callable[[], World]) -> World:
    """A contract with a draft of 5 October, which gains something when the day is run again, and one that cannot be invoiced."""
    world = new_world()
    world.contract()
    world.line(percents={"Fabrikam": "50", "Northwind": "50"})
    world.line("travel")
    world.line("prototype", method="fixed_price")
    world.schedule(DAY, october(19))
    world.transaction("T1", october(1), "100")
    world.transaction("other line", october(1), "3", line_id="travel")
    world.transaction("expense", october(1), "9", transaction_class="expense")
    world.run(DAY, "before")
    world.transaction("T2", october(2), "30")
    world.transaction("T3", october(2), "7", status="unbilled")
    world.contract("Contoso")
    world.line(contract_id="Contoso")
    world.schedule(DAY, contract_id="Contoso")
    world.transaction("theirs", october(1), contract_id="Contoso")
    damage.break_split(world, contract_id="Contoso")
    return world


def edit(world: World) -> None:
    desk, invoice = Desk(world), invoice_of(world, DAY)
    desk.change(invoice, desk.detail_ids(invoice)["T1"], quantity="0.25")


def remove_line(world: World) -> None:
    Desk(world).remove_line(invoice_of(world, DAY), LINE)


def confirm(world: World) -> None:
    assert not Desk(world).confirm(invoice_of(world, DAY), invoice_of(world, DAY, "Northwind")).refused


def give_back(world: World) -> None:
    """A correction that gives everything back, which is then made ready."""
    desk, invoice = Desk(world), invoice_of(world, DAY)
    desk.confirm(invoice)
    assert not desk.confirm(desk.corrected(invoice)).refused
    desk.mark()


def deliver_row(world: World) -> None:
    world.schedule(DAY, line_id="travel")


def deliver_milestone(world: World) -> None:
    world.milestone("M1", DAY, line_id="prototype")


def deliver_contract(world: World) -> None:
    world.contract("Wingtip")
    world.line(contract_id="Wingtip")
    world.schedule(DAY, contract_id="Wingtip")
    world.transaction("W", october(1), contract_id="Wingtip")


def change_split(world: World) -> None:
    world.split({"Fabrikam": "25", "Northwind": "75"})
    world.transaction("T4", october(3), "8")


# The only thing of which a run leaves no trace.
COMES_BACK = "draft is deleted"

# What somebody does, of which a run has to take notice.
DONE: dict[str, Callable[[World], object]] = {
    "draft is edited": edit,
    "line of a draft is removed": remove_line,
    "draft is put in review": lambda world: Desk(world).review(invoice_of(world, DAY)),
    "draft is refreshed": lambda world: Desk(world).refresh(invoice_of(world, DAY)),
    COMES_BACK: lambda world: Desk(world).delete(invoice_of(world, DAY)),
    "drafts are confirmed": confirm,
    "what was billed is given back": give_back,
    "everything is invoiced by hand": lambda world: Desk(world).create(),
    "transaction is marked ready": lambda world: Desk(world).mark(transaction_ids=["T3"]),
    "transaction is marked not ready": lambda world: Desk(world).mark(transaction_ids=["T2"], ready=False),
    "billing type is set": lambda world: Desk(world).set_billing_type("complimentary", transaction_ids=["T2"]),
    "transaction is new": lambda world: world.transaction("T4", october(3), "1"),
    "transaction on the draft is canceled": lambda world: world.revise("transactions", "T1", billing_status="canceled"),
    "transaction on the draft costs less": lambda world: world.revise("transactions", "T1", unit_price=90, amount=90),
    "transaction moves beyond the cut-off": lambda world: world.revise("transactions", "T1", transaction_date=DAY),
    "transaction moves to another line": lambda world: world.revise("transactions", "T2", contract_line_id="travel"),
    "schedule row is new": deliver_row,
    "schedule row has run elsewhere": lambda world: world.schedule(october(2), status="run_successful"),
    "cut-off is another": lambda world: world.schedule(DAY, cutoff=october(1)),
    "milestone is new": deliver_milestone,
    "line excludes a class": lambda world: world.revise("contract_lines", LINE, includes_expense=False),
    "split is another": change_split,
    "contract is put on hold": lambda world: world.revise("project_contracts", state="on_hold"),
    "contract that was set aside is fixed": lambda world: world.split({"Fabrikam": "100"}, contract_id="Contoso"),
    "contract is new": deliver_contract,
}


def outcome(world: World, run: Steps) -> object:
    """What came of a run, whenever it came."""
    contracts = (CONTRACT, "Contoso", "Wingtip")
    amounts = world.read(
        """
        SELECT contract_id, customer_id, run_date, origin, status, total_amount, line_count, detail_count
        FROM analytics.invoices ORDER BY contract_id, customer_id, run_date, origin
        """
    )
    return (
        [billed(world, contract_id) for contract_id in contracts],
        amounts,
        shown(world, VIEWS, moments=False),
        accounting(world, run.latest()),
        run.latest().status,
    )


@pytest.fixture(scope="module")
def undisturbed(built: World, copy_world: Callable[[World], World]) -> object:
    """What comes of a run that nobody disturbs."""
    world = copy_world(built)
    run = Steps(world, DAY)
    for step in run.in_order:
        step()
    return outcome(world, run)


@pytest.mark.parametrize("step", ["find_due", "filter_ready"])
@pytest.mark.parametrize("done", DONE)
def test_run_takes_notice_when(
    built: World, undisturbed: object, lend_world: Callable[[World], World], done: str, step: str
) -> None:
    before, between = lend_world(built), lend_world(built)
    DONE[done](before)
    before.load()
    run = Steps(before, DAY)
    for each in run.in_order:
        each()
    expected = outcome(before, run)
    assert (expected == undisturbed) == (done == COMES_BACK)

    run = Steps(between, DAY).up_to(step)
    DONE[done](between)
    between.load()
    for each in run.in_order[1 + [each.__name__ for each in run.in_order].index(step) :]:
        each()
    assert outcome(between, run) == expected
    assert [found for found in differences(between) if found.contract_id != "Contoso"] == []


def test_bucket_is_not_selected_again_for_what_happens_to_contracts_of_another(
    built: World, lend_world: Callable[[World], World]
) -> None:
    """Work beside a day costs what it is about: the ledger says which buckets were looked at again."""
    world = lend_world(built)
    world.settings = Settings(buckets=64, wait_seconds=2)
    run = Steps(world, DAY).up_to("filter_ready")
    before = {record.bucket: record.contracts_at for record in run.records()}
    Desk(world).mark(transaction_ids=["T3"])
    run.filter_ready()
    after = {record.bucket: record.contracts_at for record in run.records()}
    assert len([bucket for bucket in before if before[bucket] != after[bucket]]) == 1


def test_draft_that_is_edited_between_the_steps_keeps_its_edit(
    built: World, lend_world: Callable[[World], World]
) -> None:
    world = lend_world(built)
    run = Steps(world, DAY).up_to("filter_ready")
    edit(world)
    before = versions(world)[invoice_of(world, DAY)]
    run.write_drafts()
    assert versions(world)[invoice_of(world, DAY)] == before


def test_what_is_marked_after_the_bucket_was_written_waits_for_the_next_run(
    built: World, lend_world: Callable[[World], World]
) -> None:
    world = lend_world(built)
    run = Steps(world, DAY).up_to("write_drafts")
    Desk(world).mark(transaction_ids=["T3"])
    run.close()
    assert "T3" not in billed(world)[DAY]
    world.run(DAY, "next")
    assert "T3" in billed(world)[DAY]
