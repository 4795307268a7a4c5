"""How a run ends: its schedule rows say so, the lease is given back, and the ledger counts what there is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoicing.errors import InvoicingError
from invoicing.process import day
from tests.process.outcome import STAGING, billed, count, run_status
from tests.process.steps import steps
from tests.process.warehouse import Warehouse, october

DAY = october(5)


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """An active contract with something to invoice on 5 October, and nothing ready for the 19th."""
    emptied.contract()
    emptied.line()
    emptied.schedule(DAY, october(19))
    emptied.transaction("T1", october(1), "100", tax="25")
    emptied.transaction("T2", october(1), "30", billing_type="complimentary")
    return emptied


# Schedule rows


def test_row_with_an_invoice_was_successful(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    assert run_status(warehouse, DAY) == "run_successful"


def test_row_without_an_invoice_was_successful(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    warehouse.run(october(19))
    assert run_status(warehouse, october(19)) == "run_successful"
    assert october(19) not in billed(warehouse)


def test_row_says_when_it_was_run(warehouse: Warehouse) -> None:
    ran = warehouse.run(DAY).run
    (row,) = warehouse.read("SELECT ran_at FROM analytics.invoice_schedule WHERE run_date = '2026-10-05'")
    assert row.ran_at == ran.started_at


def test_row_keeps_when_it_was_run_first(warehouse: Warehouse) -> None:
    first = warehouse.run(DAY).run
    warehouse.run(DAY, "again")
    (row,) = warehouse.read("SELECT ran_at FROM analytics.invoice_schedule WHERE run_date = '2026-10-05'")
    assert row.ran_at == first.started_at


def test_row_counts_its_invoices(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    rows = warehouse.read("SELECT invoice_count FROM analytics.invoice_schedule ORDER BY run_date")
    assert [row.invoice_count for row in rows] == [1, 0]


def test_rows_to_come_have_not_run(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    assert run_status(warehouse, october(19)) == "not_run"


def test_rows_have_not_run_before_the_run_is_closed(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    run.find_due()
    run.filter_ready()
    run.write_drafts()
    assert run_status(warehouse, DAY) == "not_run"


def test_milestone_says_when_it_was_run(emptied: Warehouse) -> None:
    emptied.contract()
    emptied.line("prototype", method="fixed_price")
    emptied.milestone("M1", DAY, line_id="prototype")
    emptied.milestone("M2", october(19), line_id="prototype")
    ran = emptied.run(DAY).run
    rows = emptied.read("SELECT run_status, invoice_count, ran_at FROM analytics.invoice_schedule ORDER BY run_date")
    assert [tuple(row) for row in rows] == [("run_successful", 1, ran.started_at), ("not_run", 0, None)]


# The ledger


def test_run_that_ended_well_has_succeeded(warehouse: Warehouse) -> None:
    run = warehouse.run(DAY).run
    assert (run.status, run.step, run.failure) == ("succeeded", "closed", None)


def test_run_says_when_it_ended(warehouse: Warehouse) -> None:
    run = warehouse.run(DAY).run
    assert run.ended_at is not None
    assert run.started_at < run.ended_at


def test_run_counts_what_it_did(warehouse: Warehouse) -> None:
    run = warehouse.run(DAY).run
    counts = (run.due_lines, run.ready_transactions, run.ready_milestones, run.invoices, run.invoice_lines, run.details)
    assert counts == (1, 2, 0, 1, 1, 2)


def test_run_sums_what_it_did(warehouse: Warehouse) -> None:
    run = warehouse.run(DAY).run
    assert (run.ready_amount, run.chargeable_amount) == (Decimal(130), Decimal(100))


def test_run_counts_the_drafts_that_it_found_unchanged(warehouse: Warehouse) -> None:
    first = warehouse.run(DAY).run
    second = warehouse.run(DAY, "again").run
    assert (second.invoices, second.details, second.chargeable_amount) == (
        first.invoices,
        first.details,
        first.chargeable_amount,
    )


def test_each_run_has_a_row_of_its_own(warehouse: Warehouse) -> None:
    warehouse.run(DAY, "first")
    warehouse.run(DAY, "second")
    assert count(warehouse, "invoice_run") == 2


def test_run_that_is_cleared_keeps_its_row_and_counts_its_attempts(warehouse: Warehouse) -> None:
    first = warehouse.run(DAY, "scheduled").run
    second = warehouse.run(DAY, "scheduled").run
    assert (second.run_id, second.attempt, second.status) == (first.run_id, 2, "succeeded")


def test_closed_run_leaves_nothing_in_the_staging(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    assert [count(warehouse, table) for table in STAGING] == [0, 0, 0]


def test_closed_run_has_given_the_lease_back(warehouse: Warehouse) -> None:
    warehouse.run(DAY, "first")
    assert warehouse.run(october(19), "second").run.status == "succeeded"


def test_day_tells_the_invoices_that_it_stands_for(warehouse: Warehouse) -> None:
    found = warehouse.run(DAY).invoices
    assert found[["customer_id", "run_date", "total_amount", "detail_count"]].to_numpy().tolist() == [
        ["Fabrikam", DAY, Decimal(125), 2]
    ]


# What did not get that far


def test_run_that_never_opened_is_nothing_to_close(warehouse: Warehouse) -> None:
    assert steps(warehouse, DAY).close() is None


def test_run_that_stopped_at_a_step_has_failed(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    run.find_due()
    closed = run.close()
    assert closed is not None
    assert (closed.status, closed.failure) == ("failed", "stopped at step 'due'")


def test_run_that_stopped_at_a_step_marks_no_rows(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY)
    run.find_due()
    run.filter_ready()
    run.close()
    assert run_status(warehouse, DAY) == "not_run"


def test_run_that_stopped_at_a_step_has_given_the_lease_back(warehouse: Warehouse) -> None:
    run = steps(warehouse, DAY, "first")
    run.find_due()
    run.close()
    assert warehouse.run(DAY, "second").run.status == "succeeded"


def test_run_whose_step_fails_is_closed_with_the_reason(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise InvoicingError("the printer is on fire")

    monkeypatch.setattr(day, "write_draft_invoices", fail)
    with pytest.raises(InvoicingError):
        warehouse.run(DAY)
    (run,) = warehouse.read("SELECT status, failure, ended_at FROM invoicing.invoice_run")
    assert (run.status, run.failure) == ("failed", "INV-100: the printer is on fire")
    assert run.ended_at is not None


def test_run_that_is_interrupted_gives_the_lease_back(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(day, "write_draft_invoices", interrupt)
        with pytest.raises(KeyboardInterrupt):
            warehouse.run(DAY, "first")
    assert warehouse.run(DAY, "second").run.status == "succeeded"
