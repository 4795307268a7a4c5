"""The worked example of docs/invoice-life.md is what the warehouse says."""

from __future__ import annotations

from invoicing.settings import PROJECT_ROOT
from tests.lifecycle.life import Life
from tests.process.warehouse import october


def documented() -> list[list[str]]:
    text = (PROJECT_ROOT / "docs" / "invoice-life.md").read_text(encoding="utf-8")
    rows = text.partition("## One example")[2].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("|")]
    return cells[2:]


def test_worked_example_is_what_the_warehouse_says(life: Life) -> None:
    life.warehouse.transaction("T1", october(1), "1600", quantity="8")
    invoice = life.created()
    life.change(invoice, life.detail_ids(invoice)["T1"], quantity="7")
    life.confirm(invoice)
    draft = life.corrected(invoice)
    life.change(draft, life.detail_ids(draft)["T1"], quantity="5")
    life.confirm(draft)
    rows = life.warehouse.read(
        "SELECT actual_id, kind, trim_scale(quantity), trim_scale(amount), billing_type, billing_status, adjustment_status,"
        " reverses_actual_id, replaces_actual_id FROM analytics.actuals ORDER BY actual_id"
    )
    # The warehouse of these tests counts on from one to the next.
    place = {row.actual_id: nth for nth, row in enumerate(rows, start=1)}
    found = [
        [place[actual], *said, place.get(reversed_, ""), place.get(replaced, "")]
        for actual, *said, reversed_, replaced in map(list, rows)
    ]
    assert [["" if cell is None else f"{cell}" for cell in row] for row in found] == documented()
