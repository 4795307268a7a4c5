"""Each kind of damage is inflicted by hand, and verify has to name it; what is legal must leave verify silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.audit import verify as module
from invoicing.audit.verify import CHECKS
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.reads import invoice_of, run_status
from tests.world.steps import Steps
from tests.world.verdict import differences
from tests.world.world import World

SHARED = {"Fabrikam": "33.3333", "Northwind": "66.6667"}


def found(world: World, run_date: date | None = None) -> set[str]:
    """The checks that something does not pass."""
    return {difference.check for difference in differences(world, run_date)}


@pytest.fixture(scope="module")
def two_days(new_world: Callable[[], World]) -> World:
    """Two days of invoicing: a shared line of time and expenses, a line of material, and milestones."""
    world = new_world()
    world.contract()
    world.line("work", percents=SHARED)
    world.line("material")
    world.line("prototype", method="fixed_price")
    world.schedule(october(5), october(19), line_id="work")
    world.schedule(october(5), line_id="material")
    world.milestone("M1", october(5), line_id="prototype")
    world.milestone("M2", october(5), "700", line_id="prototype")
    world.transaction("T1", october(1), "100.01", tax="25")
    world.transaction("T2", october(2), "200", tax="50")
    world.transaction("T3", october(3), "50", transaction_class="expense")
    world.transaction("T4", october(3), "75", line_id="material", transaction_class="material")
    world.transaction("T5", october(12), "300")
    world.transaction("T6", october(30), "400")
    world.run(october(5))
    world.run(october(19))
    return world


@pytest.fixture
def invoiced(two_days: World, lend_world: Callable[[World], World]) -> World:
    """A copy of `two_days` that a test may do with as it likes."""
    return lend_world(two_days)


def test_clean_days_pass(invoiced: World) -> None:
    assert differences(invoiced) == []


def test_clean_day_passes_alone(invoiced: World) -> None:
    assert differences(invoiced, october(5)) == []


def test_empty_warehouse_passes(world: World) -> None:
    assert differences(world) == []


# Amounts


def test_changed_detail_shows_in_its_line(invoiced: World) -> None:
    damage.change_detail(invoiced, "T1", amount=1)
    assert found(invoiced) == {"detail_differs_from_actual", "invoice_line_total"}


@pytest.mark.parametrize(
    "change",
    [{"amount": 1}, {"tax_amount": 1}, {"quantity": 2}, {"unit_price": 2}, {"billing_type": "complimentary"}],
    ids=str,
)
def test_changed_detail_shows_though_totals_match(invoiced: World, change: dict[str, Any]) -> None:
    damage.change_detail(invoiced, "T4", **change)
    damage.hide(invoiced)
    assert found(invoiced) == {"detail_differs_from_actual"}


def test_difference_names_both_figures(invoiced: World) -> None:
    damage.change_detail(invoiced, "T4", amount=80)
    damage.hide(invoiced)
    (difference,) = differences(invoiced)
    assert (difference.contract_id, difference.subject["transaction_id"]) == (CONTRACT, "T4")
    assert "amount 80" in difference.message
    assert "amount 75" in difference.message


def test_changed_share_shows(invoiced: World) -> None:
    damage.change_share(invoiced, "T6", "Fabrikam", amount=1)
    assert found(invoiced) == {"transaction_shares"}


def test_changed_share_shows_though_its_detail_matches(invoiced: World) -> None:
    damage.change_share(invoiced, "T1", "Fabrikam", amount=1)
    damage.change_detail(invoiced, "T1", amount=1)
    damage.hide(invoiced)
    assert found(invoiced) == {"transaction_shares"}


def test_changed_milestone_share_shows(invoiced: World) -> None:
    damage.change_share(invoiced, "M1", amount=1)
    assert found(invoiced) == {"detail_differs_from_actual", "milestone_shares"}


def test_wrong_line_total_shows(invoiced: World) -> None:
    damage.change_line(invoiced, "material", tax_amount=1)
    assert found(invoiced) == {"invoice_line_total", "invoice_total"}


def test_wrong_detail_count_shows(invoiced: World) -> None:
    damage.change_line(invoiced, "material", detail_count=7)
    assert found(invoiced) == {"invoice_line_total"}


def test_wrong_invoice_total_shows(invoiced: World) -> None:
    damage.change_invoices(invoiced, october(19), complimentary_amount=1)
    assert found(invoiced) == {"invoice_total"}


def test_fraction_of_a_cent_shows(invoiced: World) -> None:
    damage.change_detail(invoiced, "T4", amount=Decimal("74.995"))
    damage.hide(invoiced)
    assert found(invoiced) == {"amount_decimals", "detail_differs_from_actual"}


def test_changed_currency_shows(invoiced: World) -> None:
    damage.change_invoices(invoiced, october(19), currency="EUR")
    assert found(invoiced) == {"invoice_currency"}


def test_number_given_twice_shows(invoiced: World) -> None:
    damage.change_invoices(invoiced, customer_id="Fabrikam", invoice_number="2026-0001")
    assert found(invoiced) == {"invoice_number"}


# What is missing


def test_missing_detail_shows_in_its_line(invoiced: World) -> None:
    damage.lose_detail(invoiced, "T1")
    assert found(invoiced) == {"invoice_line_total", "transaction_left_behind"}


def test_missing_detail_shows_though_totals_match(invoiced: World) -> None:
    damage.lose_detail(invoiced, "T1")
    damage.hide(invoiced)
    (difference,) = differences(invoiced)
    assert (difference.check, difference.subject["transaction_id"]) == ("transaction_left_behind", "T1")


def test_missing_detail_shows_though_the_day_was_run_again(invoiced: World) -> None:
    invoiced.run(october(5), "again")
    damage.lose_detail(invoiced, "T1")
    damage.hide(invoiced)
    assert found(invoiced) == {"transaction_left_behind"}


def test_missing_detail_shows_though_it_was_the_last_of_its_line(invoiced: World) -> None:
    damage.lose_detail(invoiced, "T4")
    damage.hide(invoiced)
    assert found(invoiced) == {"transaction_left_behind"}


def test_missing_invoice_shows(invoiced: World) -> None:
    damage.lose_detail(invoiced, "T5")
    damage.hide(invoiced)
    assert found(invoiced) == {"transaction_left_behind"}


def test_missing_milestone_shows_though_totals_match(invoiced: World) -> None:
    damage.lose_detail(invoiced, "M1")
    damage.hide(invoiced)
    assert found(invoiced) == {"milestone_left_behind"}


def test_missing_detail_of_a_confirmed_invoice_shows_though_totals_match(invoiced: World) -> None:
    confirm(invoiced, october(5))
    damage.lose_detail(invoiced, "T1")
    damage.hide(invoiced)
    assert "posted_without_detail" in found(invoiced)


def test_missing_lines_show(invoiced: World) -> None:
    damage.lose_what_is_on(invoiced, invoice_of(invoiced, october(19)))
    assert found(invoiced) == {"invoice_total", "invoice_without_lines", "transaction_left_behind"}


def test_line_of_nothing_shows(invoiced: World) -> None:
    damage.forge_line(invoiced, invoice_of(invoiced, october(19)), "material")
    assert found(invoiced) == {"invoice_line_alone"}


def test_line_without_its_invoice_shows(invoiced: World) -> None:
    damage.lose_invoice(invoiced, invoice_of(invoiced, october(19)))
    assert found(invoiced) == {"detail_without_parent", "invoice_line_alone"}


def test_detail_without_its_line_shows(invoiced: World) -> None:
    damage.lose_line(invoiced, "material")
    assert found(invoiced) == {"detail_without_parent", "invoice_total"}


def test_detail_without_its_actual_shows(invoiced: World) -> None:
    damage.lose_shares(invoiced, "T4")
    assert found(invoiced) == {"detail_without_parent"}


# What is too much


def test_doubled_transaction_shows(invoiced: World) -> None:
    damage.double_share(invoiced, "T4")
    damage.hide(invoiced)
    assert found(invoiced) == {"doubled_share", "transaction_shares"}


def test_replacement_beside_an_open_original_shows(invoiced: World) -> None:
    damage.replace_open_share(invoiced, "T4")
    assert "doubled_share" in found(invoiced)


# What is in the wrong place


def test_detail_moved_to_another_customer_shows(invoiced: World) -> None:
    damage.move_detail(invoiced, "T1", invoice_id=invoice_of(invoiced, october(5), "Northwind"))
    damage.hide(invoiced)
    assert found(invoiced) == {"detail_of_another_customer"}


def test_detail_moved_to_an_earlier_date_shows(invoiced: World) -> None:
    damage.move_detail(invoiced, "T5", invoice_id=invoice_of(invoiced, october(5)))
    damage.hide(invoiced)
    assert found(invoiced) == {"detail_after_cutoff"}


def test_detail_moved_to_a_date_that_is_not_due_shows(invoiced: World) -> None:
    later = invoice_of(invoiced, october(19))
    damage.move_detail(invoiced, "T4", invoice_id=later)
    damage.change_line(invoiced, "material", invoice_id=later)
    damage.hide(invoiced)
    assert found(invoiced) == {"detail_after_cutoff"}


def test_detail_moved_to_another_invoice_shows_in_both_lines(invoiced: World) -> None:
    damage.move_detail(invoiced, "T1", invoice_id=invoice_of(invoiced, october(19)))
    assert [difference.check for difference in differences(invoiced)] == ["invoice_line_total"] * 2


def test_detail_moved_to_another_line_shows(invoiced: World) -> None:
    damage.move_detail(invoiced, "T1", contract_line_id="material")
    damage.hide(invoiced)
    assert found(invoiced) == {"detail_differs_from_actual"}


@pytest.mark.parametrize("status", ["canceled", "unbilled", "invoice_posted"])
def test_draft_of_what_is_not_ready_shows(invoiced: World, status: str) -> None:
    damage.change_share(invoiced, "T4", billing_status=status)
    assert "detail_not_ready" in found(invoiced)


# The ledger


@pytest.mark.parametrize(
    "change",
    [{"details": 0}, {"invoice_lines": 0}, {"ready_milestones": -1}, {"invoices": 99}, {"invoices_written": 99}],
    ids=str,
)
def test_changed_count_of_a_bucket_shows(invoiced: World, change: dict[str, int]) -> None:
    damage.change_buckets(invoiced, october(5), **change)
    assert "run_counts" in found(invoiced)


def test_changed_count_of_a_run_shows(invoiced: World) -> None:
    damage.change_run(invoiced, october(5), quarantined_contracts=99)
    assert found(invoiced) == {"run_counts"}


@pytest.mark.parametrize(
    "inflict",
    [
        lambda world: damage.change_accounting(world, "invoiced", amount=1),
        lambda world: damage.change_accounting(world, "invoiced", transactions=99),
        lambda world: damage.lose_accounting(world, "invoiced"),
        lambda world: damage.change_ready_amount(world, october(5), 1),
    ],
    ids=["amount", "transactions", "nothing of a reason", "ready amount"],
)
def test_changed_accounting_shows(invoiced: World, inflict: Callable[[World], None]) -> None:
    inflict(invoiced)
    assert found(invoiced) == {"run_accounting"}


@pytest.mark.parametrize(
    "inflict",
    [
        damage.run_on,
        lambda world: damage.change_run(world, october(5), ended_at=None),
        lambda world: damage.change_buckets(world, october(5), written_at=None),
    ],
    ids=["runs on, though it ended", "ended, and nobody knows when", "succeeded with a bucket that is not written"],
)
def test_run_whose_end_cannot_be_shows(invoiced: World, inflict: Callable[[World], None]) -> None:
    inflict(invoiced)
    assert found(invoiced) == {"run_buckets"}


def test_run_that_succeeded_without_any_bucket_shows(invoiced: World) -> None:
    damage.lose_buckets(invoiced, october(5))
    assert "run_buckets" in found(invoiced)


def test_attempt_that_failed_passes(invoiced: World) -> None:
    Steps(invoiced, october(19), "failed").up_to("filter_ready").close()
    assert differences(invoiced) == []


def test_attempt_in_progress_passes(invoiced: World) -> None:
    Steps(invoiced, october(19), "in progress").up_to("write_drafts")
    assert differences(invoiced) == []


# What a run date and the length of the list narrow


def test_run_date_leaves_other_invoices_out(invoiced: World) -> None:
    damage.change_invoices(invoiced, october(19), tax_amount=1)
    assert found(invoiced, october(5)) == set()


def test_run_date_keeps_its_own_invoices(invoiced: World) -> None:
    damage.change_invoices(invoiced, october(19), tax_amount=1)
    assert found(invoiced, october(19)) == {"invoice_total"}


def test_run_date_keeps_what_is_on_no_invoice(invoiced: World) -> None:
    damage.change_share(invoiced, "T6", amount=1)
    assert found(invoiced, october(5)) == {"transaction_shares"}


def test_run_date_leaves_shares_on_other_invoices_out(invoiced: World) -> None:
    damage.change_share(invoiced, "T5", amount=1)
    assert found(invoiced, october(5)) == set()


def test_long_list_is_cut(invoiced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_MOST", 2)
    damage.change_invoices(invoiced, tax_amount=1)
    assert len(differences(invoiced)) == 2


def test_difference_reads_as_a_line(invoiced: World) -> None:
    damage.change_run(invoiced, october(19), quarantined_contracts=7)
    (difference,) = differences(invoiced)
    assert str(difference).startswith("run_counts: run 2: the run of 2026-10-19 counts 1 due lines, 7 contracts")


@pytest.mark.parametrize(
    "verdict",
    [
        {"limit_status": None},
        {"limit_status": "failed", "limit_level": "contract", "limit_amount": 1_000_000, "limit_used": 0},
    ],
    ids=["not evaluated", "failed where there was room"],
)
def test_wrong_verdict_of_a_limit_shows(invoiced: World, verdict: dict[str, Any]) -> None:
    invoiced.revise("project_contracts", not_to_exceed_limit="1000000")
    invoiced.load()
    damage.change_share(invoiced, "T6", "Fabrikam", **verdict)
    assert found(invoiced) == {"limit_evaluated"}


def test_verdict_where_there_is_no_limit_shows(invoiced: World) -> None:
    damage.change_share(invoiced, "T6", "Fabrikam", limit_status="committed")
    assert found(invoiced) == {"limit_evaluated"}


def test_every_check_has_a_test() -> None:
    """A new check comes with the damage that it finds; those of what is confirmed are beside the rest of its life."""
    here = Path(__file__)
    texts = [path.read_text(encoding="utf-8") for path in (here, here.parents[1] / "lifecycle" / here.name)]
    assert [check for check in CHECKS if not any(f'"{check.short_name}"' in text for text in texts)] == []


# What is legal


def confirm(world: World, run_date: date) -> None:
    """Confirms the invoices of a date."""
    invoices = world.read("SELECT invoice_id FROM analytics.invoices WHERE run_date = :run_date", run_date=run_date)
    assert not Desk(world).confirm(*(row.invoice_id for row in invoices)).refused


def edit(world: World, run_date: date) -> None:
    """Writes into a detail of Fabrikam's draft."""
    desk, invoice_id = Desk(world), invoice_of(world, run_date)
    detail_id = min(desk.detail_ids(invoice_id).values())
    desk.change(invoice_id, detail_id, tax_amount=1, billing_type="complimentary")


def delete(world: World, run_date: date) -> None:
    """Deletes Fabrikam's draft."""
    Desk(world).delete(invoice_of(world, run_date))


def test_repeated_days_pass(invoiced: World) -> None:
    invoiced.run(october(19))
    invoiced.run(october(5))
    invoiced.run(october(5), "by hand")
    assert differences(invoiced) == []


def test_missed_days_pass(invoiced: World) -> None:
    invoiced.schedule(october(20), october(22), line_id="work")
    invoiced.schedule(october(21), line_id="material")
    invoiced.transaction("T7", october(20), "10")
    invoiced.transaction("T8", october(4), "20", line_id="material", transaction_class="material")
    invoiced.run(october(23))
    assert differences(invoiced) == []


def test_transaction_that_came_after_its_row_ran_passes(invoiced: World) -> None:
    invoiced.transaction("late", october(1))
    assert differences(invoiced) == []


def test_milestone_that_came_after_its_date_ran_passes(invoiced: World) -> None:
    invoiced.milestone("late", october(5), line_id="prototype")
    damage.set_run_status(invoiced, "run_successful", october(5), "prototype")
    assert differences(invoiced) == []


def test_edited_draft_passes(invoiced: World) -> None:
    edit(invoiced, october(5))
    invoiced.transaction("late", october(1))
    invoiced.run(october(5))
    assert differences(invoiced) == []


def test_detail_taken_off_a_draft_passes(invoiced: World) -> None:
    desk, invoice_id = Desk(invoiced), invoice_of(invoiced, october(5))
    desk.remove(invoice_id, desk.detail_ids(invoice_id)["T1"])
    assert differences(invoiced) == []


def test_deleted_draft_passes(invoiced: World) -> None:
    delete(invoiced, october(19))
    assert differences(invoiced) == []


def add_line_of_fees(world: World, run_date: date) -> None:
    world.line("fees")
    world.schedule(run_date, line_id="fees")
    world.transaction("T7", october(1), line_id="fees", transaction_class="fee")
    world.run(run_date, "fees")


def test_transaction_that_waits_beside_an_edited_draft_passes(invoiced: World) -> None:
    edit(invoiced, october(5))
    add_line_of_fees(invoiced, october(5))
    assert differences(invoiced) == []


def test_transaction_that_waited_beside_a_deleted_draft_passes(invoiced: World) -> None:
    edit(invoiced, october(5))
    add_line_of_fees(invoiced, october(5))
    delete(invoiced, october(5))
    assert differences(invoiced) == []


def test_confirmed_invoices_pass(invoiced: World) -> None:
    confirm(invoiced, october(5))
    invoiced.transaction("late", october(1))
    invoiced.run(october(5))
    assert differences(invoiced) == []


def test_class_included_after_the_row_ran_passes(world: World) -> None:
    world.contract()
    world.line(excludes=("expense",))
    world.schedule(october(5))
    world.transaction("T1", october(1))
    world.transaction("T2", october(1), transaction_class="expense")
    world.run(october(5))
    world.revise("contract_lines", LINE, includes_expense=True)
    assert differences(world) == []


def test_class_excluded_for_a_while_passes(world: World) -> None:
    world.contract()
    world.line()
    world.schedule(october(5))
    world.transaction("T1", october(1))
    world.transaction("T2", october(1), transaction_class="expense")
    world.run(october(5))
    world.revise("contract_lines", LINE, includes_expense=False)
    world.run(october(5), "again")
    world.revise("contract_lines", LINE, includes_expense=True)
    assert differences(world) == []


def test_class_excluded_after_the_row_ran_passes(invoiced: World) -> None:
    for line_id in ("work", "material", "prototype"):
        invoiced.revise("contract_lines", line_id, includes_expense=False, includes_time=False)
    assert differences(invoiced) == []


def test_line_that_was_fixed_price_when_its_row_ran_passes(world: World) -> None:
    world.contract()
    world.line(method="fixed_price")
    world.schedule(october(5))
    world.transaction("T1", october(1))
    world.run(october(5))
    damage.change_contract_line(world, billing_method="time_and_material")
    assert differences(world) == []


def test_quarantine_passes(invoiced: World) -> None:
    invoiced.line("broken", percents={})
    invoiced.schedule(october(19), line_id="broken")
    invoiced.transaction("T7", october(10))
    invoiced.transaction("T8", october(10), line_id="broken")
    invoiced.run(october(19), "quarantined")
    assert run_status(invoiced, october(19), "broken") == "run_failed"
    assert differences(invoiced) == []


def test_fixed_quarantine_passes(invoiced: World) -> None:
    invoiced.line("broken", percents={})
    invoiced.schedule(october(19), line_id="broken")
    invoiced.transaction("T7", october(10))
    invoiced.run(october(19), "quarantined")
    invoiced.split({"Fabrikam": "100"}, "broken")
    invoiced.run(october(19), "fixed")
    assert differences(invoiced) == []


def test_contract_that_is_not_active_passes(world: World) -> None:
    world.contract(state="on_hold")
    world.line()
    world.schedule(october(5))
    world.transaction("T1", october(1))
    world.run(october(5))
    assert differences(world) == []


def test_rows_run_elsewhere_pass(world: World) -> None:
    world.contract()
    world.line()
    world.schedule(october(5), status="run_successful")
    world.transaction("T1", october(1))
    world.run(october(5))
    assert differences(world) == []


@pytest.mark.parametrize("changes", [{"amount": "120"}, {"billing_status": "canceled"}], ids=str)
def test_draft_of_a_row_run_elsewhere_passes_when_its_source_changes_and_another_line_is_derived_afresh(
    world: World, changes: dict[str, str]
) -> None:
    world.contract()
    world.line()
    world.line("travel")
    world.schedule(october(5))
    world.schedule(october(5), line_id="travel")
    world.transaction("T1", october(1))
    world.transaction("T2", october(1), line_id="travel")
    world.run(october(5))
    world.revise("invoice_schedules", "travel", october(5), run_status="run_successful")
    world.revise("transactions", "T2", **changes)
    world.revise("transactions", "T1", amount="130")
    world.run(october(5), "again")
    assert differences(world) == []


def test_canceled_transaction_passes(invoiced: World) -> None:
    invoiced.revise("transactions", "T6", billing_status="canceled", amount="0")
    assert differences(invoiced) == []


def test_transaction_made_ready_after_its_row_ran_passes(invoiced: World) -> None:
    invoiced.transaction("T7", october(10), status="unbilled")
    invoiced.run(october(19), "again")
    Desk(invoiced).mark(transaction_ids=["T7"])
    assert differences(invoiced) == []
