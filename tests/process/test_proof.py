"""Everything open of the due lines is accounted for once, and what is written is what was selected, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.errors import AccountingError
from invoicing.process import draft_invoices
from invoicing.warehouse.statements import Statement, execute
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import LINE, october
from tests.world.reads import DRAFTS, accounting, billed, invoice_of, run_status, shown
from tests.world.steps import Steps
from tests.world.verdict import differences
from tests.world.world import World

DAY = october(5)
EVERYTHING = {DAY: ["M1", "T1", "T2", "T3"]}


# Everything is accounted for


def test_every_open_transaction_is_accounted_for_once(world: World) -> None:
    world.contract()
    world.line(excludes=("fee",), percents={"Fabrikam": "50", "Northwind": "50"})
    world.schedule(DAY, october(12))
    world.transaction("reviewed", october(1), "1000")
    world.run(DAY)
    for customer_id in ("Fabrikam", "Northwind"):
        Desk(world).review(invoice_of(world, DAY, customer_id))
    world.transaction("ready", october(6), "100")
    world.transaction("not ready", october(6), "20", status="unbilled")
    world.transaction("fee", october(6), "3", transaction_class="fee")
    world.transaction("late", october(12), "0.40")
    world.transaction("canceled", october(6), "7777", status="canceled")
    assert accounting(world, world.run(october(12)).run) == {
        "on_a_draft": (2, 1000),
        "invoiced": (2, 100),
        "not_ready": (2, 20),
        "class_not_included": (2, 3),
        "after_cutoff": (2, Decimal("0.40")),
    }


def test_filter_says_what_the_accounting_says(three_lines: World) -> None:
    three_lines.transaction("later", DAY, "2")
    run = Steps(three_lines, DAY)
    run.find_due()
    (filtered,) = run.filter_ready()
    run.write_drafts()
    assert {each.reason: (each.transactions, each.amount) for each in filtered.reasons} == accounting(
        three_lines, run.latest()
    )


def test_lines_that_are_not_due_are_not_accounted_for(three_lines: World) -> None:
    three_lines.line("maintenance")
    three_lines.transaction("T4", october(1), line_id="maintenance")
    assert accounting(three_lines, three_lines.run(DAY).run) == {"invoiced": (3, 137)}


def test_milestones_are_not_accounted_for(world: World) -> None:
    world.contract()
    world.line("prototype", method="fixed_price")
    world.milestone("M1", DAY, line_id="prototype")
    assert accounting(world, world.run(DAY).run) == {}


def test_day_that_is_run_again_accounts_for_the_same(three_lines: World) -> None:
    first, second = three_lines.run(DAY, "first").run, three_lines.run(DAY, "second").run
    assert accounting(three_lines, second) == accounting(three_lines, first)


# What is written is what was selected

SPOILT: dict[str, tuple[str, Callable[[sa.Connection], None]]] = {
    "detail is lost": ("write_invoice_lines", lambda at: damage.lose_detail(at, "T2")),
    "last detail of a line is lost": ("write_invoice_lines", lambda at: damage.lose_detail(at, "T3")),
    "detail is altered": ("write_invoice_lines", lambda at: damage.change_detail(at, "T2", amount=31)),
    "tax of a detail is altered": ("write_invoice_lines", lambda at: damage.change_detail(at, "T2", tax_amount=1)),
    "detail becomes complimentary": (
        "write_invoice_lines",
        lambda at: damage.change_detail(at, "T2", billing_type="complimentary"),
    ),
    "detail moves to another line": (
        "write_invoice_lines",
        lambda at: damage.move_detail(at, "T2", contract_line_id="travel"),
    ),
    "line total is altered": ("total_invoices", lambda at: damage.change_line(at, LINE, chargeable_amount=131)),
    "detail count of a line is altered": ("total_invoices", lambda at: damage.change_line(at, LINE, detail_count=1)),
    "sum reads otherwise than its transactions": (
        "release_details",
        lambda at: damage.change_sum(at, "travel", amount=31),
    ),
    "shares of a sum are missing": ("release_details", lambda at: damage.empty_sum(at, "travel")),
}


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Something goes wrong in the very transaction that writes, once a statement of it has run."""

    def set_up(trouble: str) -> None:
        after, inflict = SPOILT[trouble]

        def spoilt(connection: sa.Connection, statement: Statement, **parameters: Any) -> sa.CursorResult[Any]:
            result = execute(connection, statement, **parameters)
            if statement.name == f"process/draft_invoices/{after}":
                inflict(connection)
                connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
            return result

        monkeypatch.setattr(draft_invoices, "execute", spoilt)

    return set_up


@pytest.mark.parametrize("trouble", SPOILT)
def test_bucket_fails_whole_when(three_lines: World, spoil: Callable[[str], None], trouble: str) -> None:
    spoil(trouble)
    with pytest.raises(AccountingError, match="does not add up"):
        three_lines.run(DAY)
    assert shown(three_lines, DRAFTS) == {view: [] for view in DRAFTS}
    assert run_status(three_lines, DAY) == "not_run"


@pytest.mark.parametrize("trouble", SPOILT)
def test_bucket_that_failed_can_be_written_again_after(
    three_lines: World, spoil: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    spoil(trouble)
    with pytest.raises(AccountingError):
        three_lines.run(DAY, "scheduled")
    monkeypatch.undo()
    three_lines.run(DAY, "scheduled")
    assert (billed(three_lines), differences(three_lines)) == (EVERYTHING, [])


def test_bucket_that_does_not_add_up_names_the_line(three_lines: World, spoil: Callable[[str], None]) -> None:
    spoil("last detail of a line is lost")
    with pytest.raises(
        AccountingError, match=r"line travel of contract Adatum .* should have 1 details of 7.00 .* 0 of 0"
    ):
        three_lines.run(DAY)


def test_run_that_does_not_add_up_ends_as_failed_with_the_reason(
    three_lines: World, spoil: Callable[[str], None]
) -> None:
    spoil("detail is lost")
    with pytest.raises(AccountingError):
        three_lines.run(DAY, "scheduled")
    ended = Steps(three_lines, DAY).latest()
    assert ended.status == "failed"
    assert "does not add up" in str(ended.failure)
