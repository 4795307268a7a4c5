"""The closed lists of Python are those of the warehouse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import pytest
import sqlalchemy as sa

from invoicing import vocabulary

TYPES = {
    "transaction_class": vocabulary.TransactionClass,
    "billing_type": vocabulary.BillingType,
    "billing_status": vocabulary.BillingStatus,
    "billable_source": vocabulary.BillableSource,
    "billable_state": vocabulary.BillableState,
    "limit_level": vocabulary.LimitLevel,
    "limit_status": vocabulary.LimitStatus,
    "actual_kind": vocabulary.ActualKind,
    "schedule_source": vocabulary.ScheduleSource,
    "run_status": vocabulary.RowStatus,
    "accounting_reason": vocabulary.Reason,
}
CHECKS = {
    "ck_approval_answer": vocabulary.Answer,
    "ck_project_contract_state": vocabulary.ContractState,
    "ck_contract_line_billing_method": vocabulary.BillingMethod,
    "ck_invoice_origin": vocabulary.InvoiceOrigin,
    "ck_invoice_status": vocabulary.InvoiceStatus,
    "ck_invoice_run_trigger": vocabulary.Trigger,
    "ck_invoice_run_status": vocabulary.RunStatus,
    "ck_billing_exception_severity": vocabulary.Severity,
}


@pytest.mark.parametrize("name", TYPES)
def test_type_has_the_values_of_its_enum(name: str, engine: sa.Engine) -> None:
    query = "SELECT unnest(enum_range(NULL::invoicing.{}))::text"
    with engine.connect() as connection:
        values: Sequence[str] = connection.exec_driver_sql(query.format(name)).scalars().all()
    assert list(values) == list(TYPES[name])


@pytest.mark.parametrize("name", CHECKS)
def test_check_has_the_values_of_its_enum(name: str, engine: sa.Engine) -> None:
    query = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint WHERE conname = :name")
    with engine.connect() as connection:
        definition: str = connection.execute(query, {"name": name}).scalar_one()
    assert sorted(re.findall(r"'(\w+)'::text", definition)) == sorted(CHECKS[name])


def test_every_list_is_compared() -> None:
    lists = {value for value in vars(vocabulary).values() if isinstance(value, type) and issubclass(value, StrEnum)}
    assert lists - {StrEnum} == {*TYPES.values(), *CHECKS.values()}
