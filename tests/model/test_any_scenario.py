"""What must hold for every source, whatever happens to it day by day."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings

from tests.model.invoices import Actual, InvoiceKey
from tests.model.life import Model
from tests.model.scenarios import Change, Scenario, scenarios
from tests.model.shares import Worth
from tests.model.shown import ShownDetail
from tests.model.source import Source

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def recorded(calculator: Model) -> list[Actual]:
    """The shares that loads recorded, whatever was posted since."""
    return [actual for actual in calculator.actuals if actual.reverses is None and actual.replaces is None]


def shares(calculator: Model) -> list[tuple[Worth, str, str]]:
    return [(actual.worth, actual.status, actual.billing_type) for actual in recorded(calculator)]


def everything(scenario: Scenario) -> tuple[Model, Source]:
    """The calculator and its data after all steps."""
    calculator, source = scenario.begin(), scenario.source
    for step in scenario.steps:
        scenario.take(step, calculator)
        if isinstance(step, Change):
            source = source.followed_by(step.source)
    return calculator, source


@unhurried
@given(scenarios(touches=True))
def test_accounting_adds_up_to_all_open_sales_of_the_due_lines(scenario: Scenario) -> None:
    calculator, source = scenario.begin(), scenario.source
    for step in scenario.steps:
        posted = {detail.source for detail in calculator.details if detail.invoice.status == "confirmed"}
        result = scenario.take(step, calculator)
        if isinstance(step, Change):
            source = source.followed_by(step.source)
        if result is None:
            continue
        lines = {row.line for row in result.due_rows}
        canceled = {
            (row.contract_id, row.transaction_id) for row in source.transactions if row.billing_status == "canceled"
        }
        amounts = [
            actual.worth.amount
            for actual in recorded(calculator)
            if actual.transaction_id is not None
            and actual not in posted
            and actual.line in lines
            and (actual.contract_id, actual.transaction_id) not in canceled
        ]
        accounting = result.accounting.values()
        assert sum(part.transactions for part in accounting) == len(amounts)
        assert sum(part.amount for part in accounting) == sum(amounts)


@unhurried
@given(scenarios(touches=True))
def test_no_actual_is_on_two_invoices(scenario: Scenario) -> None:
    calculator, _ = everything(scenario)
    assert max(Counter(detail.source for detail in calculator.details).values(), default=1) == 1


@unhurried
@given(scenarios(touches=True))
def test_every_invoice_has_details(scenario: Scenario) -> None:
    calculator, _ = everything(scenario)
    assert all(invoice.details for invoice in calculator.invoices)


@unhurried
@given(scenarios(touches=True))
def test_only_ready_sales_are_invoiced(scenario: Scenario) -> None:
    calculator, source = everything(scenario)
    ready = {
        (row.contract_id, row.transaction_id, None)
        for row in source.transactions
        if row.billing_status == "ready_to_invoice"
    } | {
        (row.contract_id, None, row.milestone_id)
        for row in source.milestones
        if row.billing_status == "ready_to_invoice"
    }
    sources = [detail.source for detail in calculator.details]
    assert {(source.contract_id, source.transaction_id, source.milestone_id) for source in sources} <= ready


@unhurried
@given(scenarios(touches=True))
def test_touched_invoices_never_change(scenario: Scenario) -> None:
    calculator = scenario.begin()
    kept: dict[InvoiceKey, tuple[ShownDetail, ...]] = {}
    for step in scenario.steps:
        scenario.take(step, calculator)
        now = {invoice.key: invoice.details for invoice in calculator.shown_invoices}
        assert kept.items() <= now.items()
        kept = {invoice.key: invoice.details for invoice in calculator.shown_invoices if invoice.status != "draft"}


@unhurried
@given(scenarios())
def test_shares_add_up_to_the_whole(scenario: Scenario) -> None:
    calculator, source = everything(scenario)
    quantities: Counter[tuple[str, str]] = Counter()
    for actual in recorded(calculator):
        if actual.transaction_id is not None:
            quantities[actual.contract_id, actual.transaction_id] += actual.worth.quantity  # type: ignore[assignment]
    whole = {(row.contract_id, row.transaction_id): row.quantity for row in source.transactions}
    assert all(whole[transaction] == quantity for transaction, quantity in quantities.items())


@unhurried
@given(scenarios(touches=True))
def test_repeating_the_last_run_changes_nothing(scenario: Scenario) -> None:
    calculator, _ = everything(scenario)
    for run in scenario.runs[-1:]:
        scenario.take(run, calculator)
    before = (calculator.shown_invoices, calculator.schedule)
    for run in scenario.runs[-1:]:
        scenario.take(run, calculator)
    assert (calculator.shown_invoices, calculator.schedule) == before


@unhurried
@given(scenarios(changes=False, touches=True))
def test_repeating_all_runs_changes_nothing_without_new_data(scenario: Scenario) -> None:
    calculator, _ = everything(scenario)
    before = (calculator.shown_invoices, calculator.schedule)
    for run in scenario.runs:
        scenario.take(run, calculator)
    assert (calculator.shown_invoices, calculator.schedule) == before


@unhurried
@given(scenarios(touches=True))
def test_loading_everything_again_changes_nothing(scenario: Scenario) -> None:
    calculator, source = everything(scenario)
    before = (calculator.shown_invoices, calculator.schedule, shares(calculator))
    calculator.load(source)
    assert (calculator.shown_invoices, calculator.schedule, shares(calculator)) == before


@unhurried
@given(scenarios(touches=False))
def test_a_contract_is_invoiced_as_if_it_were_alone(scenario: Scenario) -> None:
    together, _ = everything(scenario)
    for contract in scenario.source.project_contracts:
        alone = Model()
        alone.load(only(contract.contract_id, scenario.source))
        for step in scenario.steps:
            if isinstance(step, Change):
                alone.load(only(contract.contract_id, step.source))
            else:
                scenario.take(step, alone)
        assert alone.shown_invoices == tuple(
            invoice for invoice in together.shown_invoices if invoice.key.contract_id == contract.contract_id
        )


def only(contract_id: str, source: Source) -> Source:
    return Source(
        customers=source.customers,
        project_contracts=tuple(row for row in source.project_contracts if row.contract_id == contract_id),
        contract_lines=tuple(row for row in source.contract_lines if row.contract_id == contract_id),
        contract_line_customers=tuple(row for row in source.contract_line_customers if row.contract_id == contract_id),
        transactions=tuple(row for row in source.transactions if row.contract_id == contract_id),
        invoice_schedules=tuple(row for row in source.invoice_schedules if row.contract_id == contract_id),
        milestones=tuple(row for row in source.milestones if row.contract_id == contract_id),
    )
