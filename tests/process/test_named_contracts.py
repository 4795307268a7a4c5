"""A run of some contracts alone."""

from __future__ import annotations

import pytest

from invoicing.errors import NotFoundError
from tests.process.contracts import DAY, other_contract
from tests.world.names import CONTRACT, october
from tests.world.reads import billed, count, exceptions, run_status
from tests.world.world import World


def test_named_contract_alone_is_run(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    other_contract(contract)
    contract.run(DAY, contract_ids=[CONTRACT])
    assert (billed(contract), billed(contract, "Contoso")) == ({DAY: ["T1"]}, {})


def test_rows_of_other_contracts_do_not_count_as_run(contract: World) -> None:
    other_contract(contract)
    contract.run(DAY, contract_ids=[CONTRACT])
    assert run_status(contract, DAY, contract_id="Contoso") == "not_run"


def test_several_contracts_can_be_named(contract: World) -> None:
    other_contract(contract, "Contoso", "T1")
    other_contract(contract, "Tailspin", "T2")
    other_contract(contract, "Wingtip", "T3")
    contract.run(DAY, contract_ids=["Contoso", "Wingtip"])
    assert [row.contract_id for row in contract.read("SELECT contract_id FROM analytics.invoices ORDER BY 1")] == [
        "Contoso",
        "Wingtip",
    ]


def test_other_contracts_follow_with_the_next_run(contract: World) -> None:
    other_contract(contract)
    contract.run(DAY, contract_ids=[CONTRACT])
    contract.run(DAY, "everybody")
    assert billed(contract, "Contoso") == {DAY: ["theirs"]}


def test_problems_of_other_contracts_stay_reported(contract: World) -> None:
    other_contract(contract)
    contract.line("unscheduled", contract_id="Contoso")
    contract.run(october(1))
    contract.run(DAY, contract_ids=[CONTRACT])
    assert exceptions(contract, "Contoso") == ["time_and_material_without_schedule"]


def test_problems_of_other_contracts_are_not_looked_for(contract: World) -> None:
    contract.line("unscheduled")
    other_contract(contract)
    contract.run(DAY, contract_ids=["Contoso"])
    assert exceptions(contract) == []


def test_unknown_contracts_are_refused_by_name(contract: World) -> None:
    with pytest.raises(NotFoundError, match="no contract Litware, Wingtip in the warehouse"):
        contract.run(DAY, contract_ids=["Wingtip", CONTRACT, "Litware"])


def test_run_with_an_unknown_contract_leaves_nothing(contract: World) -> None:
    contract.schedule(DAY)
    contract.transaction("T1", october(1))
    with pytest.raises(NotFoundError):
        contract.run(DAY, contract_ids=[CONTRACT, "Litware"])
    assert (count(contract, "invoice_runs"), count(contract, "invoices")) == (0, 0)
