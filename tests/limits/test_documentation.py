"""The worked example of docs/contracts.md is what the warehouse says."""

from __future__ import annotations

from datetime import date

from invoicing.audit.explain import explain_transaction
from invoicing.settings import PROJECT_ROOT
from tests.limits.capped import Capped
from tests.world.names import october

TEXT = (PROJECT_ROOT / "docs" / "contracts.md").read_text(encoding="utf-8").partition("### Example")[2]


def documented() -> list[list[str]]:
    rows = TEXT.partition("`invoicing explain")[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("|")]
    return cells[2:]


def test_worked_example_is_what_the_warehouse_says(capped: Capped) -> None:
    capped.limit_contract("1000")
    for name, day, amount, *_ in documented():
        capped.world.transaction(name, date.fromisoformat(day), amount)
    verdicts = capped.verdicts()
    committed, found = 0, []
    for name, day, amount, *_ in documented():
        status = verdicts[name].split()[0]
        committed += int(amount) if status == "committed" else 0
        found.append([name, day, amount, status, str(committed)])
    assert found == documented()
    assert capped.taken() == {"contract": (committed, 0, 0)}


def test_explanation_is_what_the_command_says(capped: Capped) -> None:
    capped.limit_contract("1000")
    capped.world.schedule(october(5))
    for name, day, amount, *_ in documented():
        capped.world.transaction(name, date.fromisoformat(day), amount)
    with capped.world.engine.connect() as connection:
        (explanation,) = explain_transaction(connection, "T2", october(5), settings=capped.world.settings)
    assert explanation.reason == "not_to_exceed"
    assert explanation.sentence in " ".join(TEXT.split())
