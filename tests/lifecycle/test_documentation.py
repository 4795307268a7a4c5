"""The worked example of docs/invoice-life.md is what the warehouse says."""

from __future__ import annotations

from invoicing.settings import PROJECT_ROOT
from tests.world.actuals import places, rows_written
from tests.world.desk import Desk
from tests.world.names import october


def documented() -> list[list[str]]:
    text = (PROJECT_ROOT / "docs" / "invoice-life.md").read_text(encoding="utf-8")
    rows = text.partition("## One example")[2].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("|")]
    return cells[2:]


def test_worked_example_is_what_the_warehouse_says(desk: Desk) -> None:
    desk.world.transaction("T1", october(1), "1600", quantity="8")
    invoice = desk.created()
    desk.change(invoice, desk.detail_ids(invoice)["T1"], quantity="7")
    desk.confirm(invoice)
    draft = desk.corrected(invoice)
    desk.change(draft, desk.detail_ids(draft)["T1"], quantity="5")
    desk.confirm(draft)
    rows = rows_written(desk.world)
    place = places(rows)
    found = [
        [
            place[row.actual_id],
            row.kind,
            f"{row.quantity.normalize():f}",
            f"{row.amount.normalize():f}",
            row.billing_type,
            row.billing_status,
            row.adjustment_status,
            place.get(row.reverses_actual_id),
            place.get(row.replaces_actual_id),
        ]
        for row in rows
    ]
    assert [["" if cell is None else f"{cell}" for cell in row] for row in found] == documented()
