"""A correction that is asked for again with the same key says what it said before."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from invoicing.lifecycle.confirmation import confirm_invoices
from invoicing.lifecycle.correction import correct_invoices
from invoicing.lifecycle.creation import create_invoices
from invoicing.lifecycle.drafts import delete_draft
from invoicing.lifecycle.invoices import Handled, Request
from invoicing.warehouse.transactions import writing
from tests.process.warehouse import Warehouse, october

TODAY = date(2026, 10, 20)


@pytest.fixture
def warehouse(engine: sa.Engine) -> Warehouse:
    return Warehouse(engine)


@pytest.fixture
def confirmed(warehouse: Warehouse) -> UUID:
    """A confirmed invoice."""
    warehouse.contract()
    warehouse.line()
    warehouse.transaction("T1", october(1))
    settings, anna = warehouse.settings, Request("anna", "before")
    with writing(warehouse.engine, 2) as connection:
        created = create_invoices(connection, ["Adatum"], today=TODAY, settings=settings, request=anna)
        (draft,) = created.invoices
        confirm_invoices(connection, {draft.invoice_id: None}, today=TODAY, settings=settings, request=anna)
    return draft.invoice_id


def correct(warehouse: Warehouse, *invoice_ids: UUID) -> Handled:
    with writing(warehouse.engine, 2) as connection:
        return correct_invoices(connection, invoice_ids, today=TODAY, request=Request("anna", "one and the same"))


def test_a_retried_correction_has_the_drafts_and_the_refusals_of_the_first_try(
    warehouse: Warehouse, confirmed: UUID
) -> None:
    unknown = uuid4()
    first = correct(warehouse, confirmed, unknown)
    assert [refused.subject for refused in first.refused] == [str(unknown)]
    assert correct(warehouse, confirmed, unknown) == first


def test_a_retried_correction_whose_draft_was_deleted_meanwhile_makes_no_new_one(
    warehouse: Warehouse, confirmed: UUID
) -> None:

    (draft,) = correct(warehouse, confirmed).invoices
    with writing(warehouse.engine, 2) as connection:
        delete_draft(connection, str(draft.invoice_id), request=Request("bob", "deletes"))
    assert correct(warehouse, confirmed) == Handled((), ())
