"""What analysts read of runs: one row per attempt, which no later attempt changes."""

from __future__ import annotations

from typing import Any

from tests.world.desk import Desk
from tests.world.names import LINE, october


def attempts(desk: Desk, columns: str, view: str = "invoice_runs") -> list[tuple[Any, ...]]:
    rows = desk.world.read(f"SELECT {columns} FROM analytics.{view} ORDER BY run_id, attempt")
    return [tuple(row) for row in rows]


def test_day_that_is_run_again_has_an_attempt_more(desk: Desk) -> None:
    desk.world.run(october(5))
    desk.world.run(october(5))
    (first, one), (second, two) = attempts(desk, "run_id, attempt")
    assert (first == second, one, two) == (True, 1, 2)


def test_attempt_says_what_stood_when_it_ended(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.world.run(october(5))
    desk.world.transaction("T2", october(1))
    desk.world.run(october(5))
    assert attempts(desk, "invoices, details, invoices_written") == [(1, 1, 1), (1, 2, 1)]


def test_attempt_that_changes_nothing_has_written_nothing(desk: Desk) -> None:
    desk.world.transaction("T1", october(1))
    desk.world.run(october(5))
    desk.world.run(october(5))
    assert attempts(desk, "invoices, invoices_written") == [(1, 1), (1, 0)]


def test_newest_attempt_of_a_date_is_the_latest(desk: Desk) -> None:
    desk.world.run(october(5), "first")
    desk.world.run(october(19), "another date")
    desk.world.run(october(5), "second")
    assert attempts(desk, "is_latest") == [(False,), (True,), (True,)]


def test_run_of_some_contracts_is_no_later_than_that_of_all(desk: Desk) -> None:
    desk.world.contract("Contoso")
    desk.world.run(october(5), "all")
    desk.world.run(october(5), "one", contract_ids=["Contoso"])
    assert attempts(desk, "is_latest") == [(True,), (True,)]


def test_order_in_which_contracts_are_named_does_not_matter(desk: Desk) -> None:
    desk.world.contract("Contoso")
    desk.world.run(october(5), "one", contract_ids=["Adatum", "Contoso"])
    desk.world.run(october(5), "other", contract_ids=["Contoso", "Adatum"])
    assert attempts(desk, "is_latest") == [(False,), (True,)]


def test_no_amount_is_summed_over_currencies(desk: Desk) -> None:
    desk.world.contract("Contoso", currency="JPY")
    desk.world.line(contract_id="Contoso")
    desk.world.schedule(october(5), contract_id="Contoso")
    desk.world.transaction("dollars", october(1), "100", tax="25")
    desk.world.transaction("yen", october(1), "3000", contract_id="Contoso")
    desk.world.run(october(5))
    amounts = attempts(desk, "currency, chargeable_amount, total_amount", "run_amounts")
    assert sorted(amounts) == [("JPY", 3000, 3000), ("USD", 100, 125)]


def test_accounting_is_by_reason_and_currency(desk: Desk) -> None:
    desk.world.contract("Contoso", currency="EUR")
    desk.world.line(contract_id="Contoso")
    desk.world.schedule(october(5), contract_id="Contoso")
    desk.world.transaction("of dollars", october(1), "100")
    desk.world.transaction("of euros", october(1), "200", contract_id="Contoso")
    desk.world.run(october(5))
    accounted = attempts(desk, "reason, currency, transactions, amount", "run_accounting")
    assert sorted(accounted) == [("invoiced", "EUR", 1, 200), ("invoiced", "USD", 1, 100)]


def test_due_line_of_several_dates_counts_for_each(desk: Desk) -> None:
    desk.world.run(october(19))
    assert attempts(desk, "due_lines") == [(2,)]


def test_schedule_says_when_its_row_was_run_and_how_many_invoices_bill_it(desk: Desk) -> None:
    desk.world.transaction("T", october(1))
    desk.world.run(october(5))
    rows = desk.world.read(
        "SELECT run_date, run_status, invoice_count, ran_at IS NOT NULL AS ran FROM analytics.invoice_schedule"
        " WHERE contract_line_id = :line ORDER BY run_date",
        line=LINE,
    )
    assert [tuple(row) for row in rows] == [
        (october(5), "run_successful", 1, True),
        (october(19), "not_run", 0, False),
    ]
