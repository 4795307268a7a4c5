"""Whatever is done to invoices, in whatever order, the warehouse says the same as the model, and verify finds nothing.

HYPOTHESIS_PROFILE=thorough tries 2,000 long lives instead of a few short ones: `pytest tests/lifecycle/test_any_life.py
--timeout=0`, for a night.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from invoicing.errors import InvoicingError
from invoicing.lifecycle.details import NewDetail
from invoicing.lifecycle.invoices import Handled
from tests.model.invoices import Detail, Invoice, RefusedError
from tests.model.life import Model
from tests.model.lives import (
    BILLING_TYPES,
    BUILD,
    CLASSES,
    QUANTITIES,
    RUN_DATES,
    TODAYS,
    UNIT_PRICES,
    WORK,
    changed_milestones,
    changed_transactions,
    deliveries,
    limited,
    quantities,
    taxes,
    unit_prices,
    worlds,
)
from tests.model.shown import books, shown_detail
from tests.model.source import Source
from tests.model.sql_side import books_of_warehouse, detail_ids, load_source
from tests.world.desk import Desk
from tests.world.verdict import differences
from tests.world.world import World

T = TypeVar("T")

CONTRACTS = st.sampled_from(("A", "B"))


class AnyLife(RuleBasedStateMachine):
    """Each rule does the same to the model and to the warehouse, and both do it or refuse it."""

    engine: ClassVar[sa.Engine]
    # Never the same again, over all lives.
    keys: ClassVar[itertools.count[int]] = itertools.count(1)

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.world = World(self.engine)
        self.world.empty()
        self.desk = Desk(self.world)
        self.model = Model()
        self.terms = data.draw(worlds())
        if data.draw(st.booleans()):
            self.terms = data.draw(limited(self.terms))
        self.delivered = 0
        self.requests: list[Callable[[], None]] = []
        source = self.terms.followed_by(self._delivery(data, 6))
        self.model.load(source)
        load_source(self.world, source)
        self._run(RUN_DATES[0])
        # Few lives would come as far by themselves.
        is_confirmed, is_corrected = data.draw(st.booleans()), data.draw(st.booleans())
        if is_confirmed:
            self._change_and_confirm(data, self._drafts())
        if is_corrected and self._confirmed():
            self._correct_and_change_and_confirm(data)

    # What comes in

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """New rows, and others that are known already and say something else. A load takes long, so there is one rule for all."""
        changes = self._delivery(data, 1)
        for known in self._some(data, list(self.model.transactions.values())):
            changed = data.draw(changed_transactions(known, self.model.decimals(known.contract_id)))
            changes = changes.followed_by(Source(transactions=(changed,)))
        for milestone in self._some(data, list(self.model.milestones.values())):
            other = data.draw(changed_milestones(milestone, self.model.decimals(milestone.contract_id)))
            changes = changes.followed_by(Source(milestones=(other,)))
        source = self._whole(changes)
        self.model.load(source)
        load_source(self.world, source)

    @rule(data=st.data())
    def renegotiate(self, data: st.DataObject) -> None:
        """Other limits; a source names all of them each time."""
        self.terms = data.draw(limited(self.terms))
        source = self._whole(Source())
        self.model.load(source)
        load_source(self.world, source)

    @rule(day=st.sampled_from(RUN_DATES))
    def run(self, day: date) -> None:
        self._run(day)

    @rule(day=st.sampled_from(RUN_DATES), data=st.data())
    def run_and_confirm(self, day: date, data: st.DataObject) -> None:
        self._run(day)
        if drafts := self._drafts():
            self._confirm(data.draw(st.lists(st.sampled_from(drafts), min_size=1, unique=True)), [], TODAYS[0])

    # By hand

    @rule(contract_ids=st.sampled_from((("A",), ("B",), ("A", "B"))), today=st.sampled_from(TODAYS))
    def create(self, contract_ids: tuple[str, ...], today: date) -> None:
        key = self._key()

        def request() -> None:
            refused = self.model.create(contract_ids, today, key)
            handled = self.desk.create(*contract_ids, today=today, key=key)
            assert {each.subject for each in handled.refused} == refused
            self._adopt(handled)

        self._request(request)

    @precondition(lambda self: self._details())
    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        for detail in data.draw(st.lists(st.sampled_from(self._details()), min_size=1, max_size=4, unique=True)):
            self._change(data, detail)

    @precondition(lambda self: self._details(corrective=True))
    @rule(data=st.data())
    def change_correction(self, data: st.DataObject) -> None:
        details = self._details(corrective=True)
        for detail in data.draw(st.lists(st.sampled_from(details), min_size=1, max_size=4, unique=True)):
            self._change(data, detail)

    @precondition(lambda self: self._drafts())
    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self._drafts()))
        decimals = self.model.decimals(invoice.contract_id)
        line_id = data.draw(st.sampled_from((WORK, WORK, BUILD)))
        values = (
            line_id,
            data.draw(st.sampled_from(CLASSES)),
            data.draw(st.sampled_from(RUN_DATES)),
            data.draw(st.sampled_from(QUANTITIES)),
            data.draw(st.sampled_from(UNIT_PRICES)),
            data.draw(st.none() | taxes(decimals)),
            data.draw(taxes(decimals)),
            data.draw(st.sampled_from(BILLING_TYPES)),
            f"added {self._key()}",
        )
        self._edit(invoice, lambda: self.model.add(invoice, *values), self.desk.add, NewDetail(*values))

    @precondition(lambda self: self._details())
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        detail = data.draw(st.sampled_from(self._details()))
        for alike, named in self._alike(detail):
            self._edit(alike.invoice, partial(self.model.remove, [alike]), self.desk.remove, named)

    @precondition(lambda self: self._details())
    @rule(data=st.data())
    def remove_line(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self._details())).invoice
        line_id = data.draw(st.sampled_from((WORK, BUILD)))
        details = [detail for detail in invoice.details if detail.line_id == line_id]

        def remove() -> None:
            if not details:
                raise RefusedError("no such line")
            self.model.remove(details)

        self._edit(invoice, remove, self.desk.remove_line, line_id)

    @precondition(lambda self: self._drafts())
    @rule(data=st.data())
    def refresh(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self._drafts()))
        self._edit(invoice, lambda: self.model.refresh(invoice), self.desk.refresh)

    @precondition(lambda self: self._drafts())
    @rule(data=st.data(), ends=st.booleans())
    def review(self, data: st.DataObject, ends: bool) -> None:
        invoice = data.draw(st.sampled_from(self._drafts()))
        function = self.desk.back_to_draft if ends else self.desk.review
        self._edit(invoice, lambda: self.model.review(invoice, ends=ends), function)

    @precondition(lambda self: self._drafts())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self._drafts()))
        self._edit(invoice, lambda: self.model.delete(invoice), self.desk.delete)

    @precondition(lambda self: self.model.invoices)
    @rule(data=st.data())
    def edit_as_somebody_saw_it_before(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self.model.invoices))

        def refuse() -> None:
            raise RefusedError("it is not at that version, or confirmed")

        assert invoice.invoice_id
        self._both(refuse, lambda: self.desk.review(invoice.invoice_id, version=-1))  # type: ignore[arg-type]

    # One way

    @precondition(lambda self: self.model.invoices)
    @rule(data=st.data(), today=st.sampled_from(TODAYS))
    def confirm(self, data: st.DataObject, today: date) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.model.invoices), min_size=1, unique=True))
        stale = data.draw(st.lists(st.sampled_from(chosen), max_size=1))
        self._confirm(chosen, stale, today)

    @precondition(lambda self: self._drafts())
    @rule(data=st.data())
    def change_and_confirm(self, data: st.DataObject) -> None:
        self._change_and_confirm(data, [data.draw(st.sampled_from(self._drafts()))])

    @precondition(lambda self: self.model.invoices)
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.model.invoices), min_size=1, max_size=3, unique=True))
        key = self._key()

        def request() -> None:
            self._same(self.model.pay(self._now(chosen), key), self.desk.pay(*_ids(chosen), key=key))

        self._request(request)

    @precondition(lambda self: any(not invoice.is_draft for invoice in self.model.invoices))
    @rule(data=st.data(), today=st.sampled_from(TODAYS))
    def correct(self, data: st.DataObject, today: date) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self._confirmed()), min_size=1, max_size=3, unique=True))
        if data.draw(st.booleans()) and not any(invoice.is_draft for invoice in self.model.invoices):
            chosen.append(data.draw(st.sampled_from(self.model.invoices)))
        self._correct(list(dict.fromkeys(chosen)), today)

    @precondition(lambda self: any(not invoice.is_draft for invoice in self.model.invoices))
    @rule(data=st.data(), today=st.sampled_from(TODAYS))
    def correct_some_details(self, data: st.DataObject, today: date) -> None:
        invoice = data.draw(st.sampled_from(self._confirmed()))
        details = data.draw(st.lists(st.sampled_from(invoice.details), min_size=1, unique=True))
        self._correct([invoice], today, details)

    @precondition(lambda self: any(not invoice.is_draft for invoice in self.model.invoices))
    @rule(data=st.data())
    def correct_and_change_and_confirm(self, data: st.DataObject) -> None:
        self._correct_and_change_and_confirm(data)

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def try_again(self, data: st.DataObject) -> None:
        """A request of before, with the key that it had."""
        data.draw(st.sampled_from(self.requests))()

    # The backlog

    @rule(contract_id=CONTRACTS, ready=st.booleans(), until=st.sampled_from((None, None, RUN_DATES[0])))
    def mark(self, contract_id: str, ready: bool, until: date | None) -> None:
        status = "ready_to_invoice" if ready else "unbilled"
        self._both(
            lambda: self.model.mark(contract_id, status=status, until=until),  # type: ignore[arg-type]
            lambda: self.desk.mark(contract_id, ready=ready, until=until),
        )

    @rule(data=st.data(), ready=st.booleans())
    def mark_named(self, data: st.DataObject, ready: bool) -> None:
        contract_id, named = self._named(data)
        status = "ready_to_invoice" if ready else "unbilled"
        self._both(
            lambda: self.model.mark(contract_id, status=status, **named),  # type: ignore[arg-type]
            lambda: self.desk.mark(contract_id, ready=ready, **named),
        )

    @rule(data=st.data(), billing_type=st.sampled_from(BILLING_TYPES))
    def set_billing_type(self, data: st.DataObject, billing_type: Any) -> None:
        contract_id, named = self._named(data)
        self._both(
            lambda: self.model.mark(contract_id, billing_type=billing_type, **named),
            lambda: self.desk.set_billing_type(billing_type, contract_id, **named),
        )

    @rule(contract_id=CONTRACTS, reset=st.booleans())
    def reevaluate(self, contract_id: str, reset: bool) -> None:
        self.model.reevaluate(contract_id, reset=reset)
        self.desk.reevaluate(contract_id, reset=reset)

    # What must hold

    @invariant()
    def model_and_warehouse_agree(self) -> None:
        expected, found = books(self.model), books_of_warehouse(self.world)
        assert found.invoices == expected.invoices
        assert found.actuals == expected.actuals
        assert found.milestones == expected.milestones
        assert found.limits == expected.limits
        assert found.backlog == expected.backlog

    def teardown(self) -> None:
        """At the end, since it costs as much as many steps: what is wrong stays wrong."""
        assert differences(self.world) == []

    # How it is done

    def _drafts(self) -> list[Invoice]:
        return [invoice for invoice in self.model.invoices if invoice.is_draft]

    def _confirmed(self) -> list[Invoice]:
        return [invoice for invoice in self.model.invoices if not invoice.is_draft]

    def _details(self, *, corrective: bool = False) -> list[Detail]:
        return [
            detail
            for invoice in self._drafts()
            if not corrective or invoice.origin == "corrective"
            for detail in invoice.details
        ]

    def _key(self) -> str:
        return f"key {next(self.keys)}"

    def _delivery(self, data: st.DataObject, at_least: int) -> Source:
        delivery = data.draw(deliveries(self.terms, self.delivered, at_least))
        self.delivered += len(delivery.transactions) + len(delivery.milestones)
        return delivery

    def _some(self, data: st.DataObject, known: list[T]) -> list[T]:
        return data.draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []

    def _whole(self, changes: Source) -> Source:
        """A folder has all contracts and lines, and of the rest what is new."""
        return Source(
            self.terms.customers,
            self.terms.project_contracts,
            self.terms.contract_lines,
            self.terms.contract_line_customers,
            self.terms.contract_customers,
            self.terms.opening_balances,
            changes.transactions,
            changes.invoice_schedules,
            changes.milestones,
        )

    def _run(self, day: date) -> None:
        self.world.run(day, self._key())
        self.model.run(day)
        for row in self.world.read("SELECT * FROM analytics.invoices WHERE origin = 'scheduled'"):
            for invoice in self.model.invoices:
                if invoice.origin == "scheduled" and (invoice.contract_id, invoice.customer_id, invoice.run_date) == (
                    row.contract_id,
                    row.customer_id,
                    row.run_date,
                ):
                    invoice.invoice_id = row.invoice_id

    def _change_and_confirm(self, data: st.DataObject, drafts: Sequence[Invoice]) -> None:
        for detail in [detail for draft in drafts for detail in draft.details]:
            self._change(data, detail)
        if drafts:
            self._confirm(drafts, [], TODAYS[0])

    def _correct_and_change_and_confirm(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self._confirmed()))
        self._correct([invoice], TODAYS[0])
        self._change_and_confirm(data, [draft for draft in self._drafts() if draft.corrects is invoice])

    def _change(self, data: st.DataObject, detail: Detail) -> None:
        source, decimals = detail.source.worth, self.model.decimals(detail.invoice.contract_id)
        possible = {
            "quantity": quantities(source.quantity),
            "unit_price": unit_prices(source.unit_price),
            "billing_type": st.sampled_from(BILLING_TYPES),
            "tax_amount": taxes(decimals),
            "description": st.just("looked at"),
        }
        # Mostly the quantity: it is what decides which actuals are written.
        usual = st.sampled_from((["quantity"], ["quantity"], ["quantity", "tax_amount"], ["unit_price"]))
        names = data.draw(usual | st.lists(st.sampled_from(list(possible)), unique=True, max_size=3))
        changes: dict[str, Any] = {name: data.draw(possible[name]) for name in names}
        for alike, named in self._alike(detail) if changes else ():
            self._edit(alike.invoice, partial(self.model.change, alike, **changes), self.desk.change, named, **changes)

    def _alike(self, detail: Detail) -> list[tuple[Detail, Any]]:
        """The details of an invoice that nobody can tell from this one, with their ids: what is done to one is done to all."""
        invoice, said = detail.invoice, shown_detail(detail)
        assert invoice.invoice_id
        alike = [each for each in invoice.details if shown_detail(each) == said]
        return list(zip(alike, detail_ids(self.world, invoice.invoice_id, said), strict=True))

    def _edit(
        self,
        invoice: Invoice,
        in_model: Callable[[], None],
        in_warehouse: Callable[..., Any],
        *values: Any,
        **changes: Any,
    ) -> None:
        self._both(in_model, lambda: in_warehouse(invoice.invoice_id, *values, **changes))

    def _both(self, in_model: Callable[[], None], in_warehouse: Callable[[], Any]) -> None:
        try:
            in_model()
        except RefusedError:
            with pytest.raises(InvoicingError):
                in_warehouse()
        else:
            in_warehouse()

    def _confirm(self, invoices: Sequence[Invoice], stale: Sequence[Invoice], today: date) -> None:
        key = self._key()
        versions = {invoice.invoice_id: -1 for invoice in stale if invoice.invoice_id}

        def request() -> None:
            refused = self.model.confirm(self._now(invoices), self._now(stale), today.year, key)
            self._same(refused, self.desk.confirm(*_ids(invoices), versions=versions, today=today, key=key))

        self._request(request)

    def _correct(self, invoices: list[Invoice], today: date, details: list[Detail] | None = None) -> None:
        key = self._key()
        named = None
        if details is not None:
            chosen = dict(pair for detail in details for pair in self._alike(detail))
            details, named = list(chosen), list(chosen.values())

        def request() -> None:
            refused = self.model.correct(self._now(invoices), today, key, details)
            handled = self.desk.correct(*_ids(invoices), today=today, key=key, detail_ids=named)
            self._same(refused, handled)
            self._adopt(handled)

        self._request(request)

    def _now(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        """The invoices of the same ids: a scheduled draft that was deleted and derived afresh has the id that it had."""
        known = {invoice.invoice_id: invoice for invoice in self.model.invoices}
        return [known.get(invoice.invoice_id, invoice) for invoice in invoices]

    def _request(self, request: Callable[[], None]) -> None:
        request()
        self.requests.append(request)

    def _same(self, refused: Sequence[Invoice], handled: Handled) -> None:
        assert {each.subject for each in handled.refused} == {str(invoice_id) for invoice_id in _ids(refused)}

    def _adopt(self, handled: Handled) -> None:
        """Gives new invoices of the model the ids that the warehouse gave them."""
        known = {invoice.invoice_id for invoice in self.model.invoices}
        new = [invoice for invoice in self.model.invoices if invoice.invoice_id is None]
        corrected = {
            row.invoice_id: row.corrects_invoice_id
            for row in self.world.read("SELECT invoice_id, corrects_invoice_id FROM analytics.invoices")
        }
        for made in handled.invoices:
            if made.invoice_id in known:
                continue
            for invoice in new:
                original = invoice.corrects.invoice_id if invoice.corrects else None
                if (invoice.contract_id, invoice.customer_id, original) == (
                    made.contract_id,
                    made.customer_id,
                    corrected[made.invoice_id],
                ):
                    invoice.invoice_id = made.invoice_id

    def _named(self, data: st.DataObject) -> tuple[str, dict[str, Any]]:
        """A few transactions or milestones of a contract, known or not."""
        contract_id = data.draw(CONTRACTS)
        kind = data.draw(st.sampled_from(("transaction_ids", "milestone_ids")))
        known = list(self.model.transactions) if kind == "transaction_ids" else list(self.model.milestones)
        names = [name for contract, name in known if contract == contract_id] + ["unknown"]
        return contract_id, {kind: data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))}


def _ids(invoices: Sequence[Invoice]) -> list[Any]:
    return [invoice.invoice_id for invoice in invoices]


def test_any_life(new_database: Callable[[str], sa.URL], template: str) -> None:
    engine = sa.create_engine(new_database(template), connect_args={"options": "-c timezone=UTC"})
    machine = type("AnyLife", (AnyLife,), {"engine": engine})
    thorough = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
    run_state_machine_as_test(
        machine,
        settings=settings(
            deadline=None,
            max_examples=2_000 if thorough else 40,
            stateful_step_count=40 if thorough else 15,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    engine.dispose()
