"""The worked example of docs/migrating.md is what the warehouse says."""

from __future__ import annotations

from datetime import date

from invoicing.settings import PROJECT_ROOT
from tests.world.desk import Desk
from tests.world.names import CONTRACT, LINE, october
from tests.world.verdict import differences
from tests.world.world import World

EXAMPLE = (PROJECT_ROOT / "docs" / "migrating.md").read_text(encoding="utf-8").partition("## Example")[2]


def documented() -> list[list[str]]:
    cells = [
        [cell.strip() for cell in row.strip("|").split("|")] for row in EXAMPLE.splitlines() if row.startswith("|")
    ]
    return cells[2:]


def test_worked_example_is_what_the_warehouse_says(world: World) -> None:
    world.contract(not_to_exceed_limit="10000")
    world.line()
    world.deliver(
        "opening_balances",
        contract_id=CONTRACT,
        contract_line_id=LINE,
        customer_id="Fabrikam",
        invoiced_amount="8500",
        as_of=date(2026, 9, 30),
    )
    world.schedule(october(5))
    for name, day, amount, status, _ in documented():
        world.transaction(name, date.fromisoformat(day), amount, status=status)
    rows = world.read("SELECT transaction_id, limit_status FROM analytics.unbilled_backlog")
    verdicts = {row.transaction_id: row.limit_status for row in rows}
    assert {name: here for name, *_, here in documented()} == {"T1": "part of the balance"} | verdicts
    world.run(october(5))
    (invoice,) = world.read("SELECT invoice_id, chargeable_amount FROM analytics.invoices")
    assert f"The first run bills {invoice.chargeable_amount:.0f}" in EXAMPLE
    assert Desk(world).confirm(invoice.invoice_id).refused == ()
    (contract,) = world.read("SELECT billed_amount FROM analytics.contracts")
    assert f"in full: {contract.billed_amount:.0f}." in EXAMPLE
    assert differences(world) == []
