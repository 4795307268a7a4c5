"""The drawn firm as the files of the native format, all but the transactions."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from samples.agency.catalogue import CLASSES, FREQUENCIES, ROLES
from samples.agency.files import QUANTITY, SCHEMAS, decimals, tables_of
from samples.agency.firm import Contract, Firm, Line

Rows = Iterator[dict[str, Any]]


def firm_tables(firm: Firm) -> dict[str, Iterator[pa.Table]]:
    """Every table of the firm but its transactions, by name, each in pieces."""
    rows: dict[str, Rows] = {
        "customers": ({"customer_id": each.customer_id, "name": each.name} for each in firm.customers),
        "project_contracts": (_contract_row(contract) for contract in firm.contracts),
        "contract_lines": (_line_row(contract, line) for contract, line in firm.lines),
        "contract_line_customers": _line_customer_rows(firm),
        "invoice_schedules": _schedule_rows(firm),
        "milestones": _milestone_rows(firm),
        "contract_customers": _contract_customer_rows(firm),
        "opening_balances": _opening_balance_rows(firm),
        "invoice_frequencies": (
            {
                "invoice_frequency_id": each.frequency_id,
                "name": each.name,
                "period": each.period,
                "run_days": each.run_days,
            }
            for each in FREQUENCIES
        ),
        "retainers": _retainer_rows(firm),
        "roles": (
            {
                "role_id": role.role_id,
                "name": role.name,
                "target_utilization_percent": Decimal(role.target_utilization_percent),
            }
            for role in ROLES
        ),
        "resources": (
            {"resource_id": each.resource_id, "name": each.name, "default_role_id": each.role.role_id}
            for each in firm.resources
        ),
    }
    return {name: tables_of(name, of_table) for name, of_table in rows.items()} | {"resource_capacity": _capacity(firm)}


def _money(thousandths: int | None) -> Decimal | None:
    return None if thousandths is None else Decimal(thousandths).scaleb(-3)


def _contract_row(contract: Contract) -> dict[str, Any]:
    return {
        "contract_id": contract.contract_id,
        "name": contract.name,
        "currency": contract.currency.code,
        "state": contract.state,
        "not_to_exceed_limit": _money(contract.limit),
    }


def _line_row(contract: Contract, line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {
        "contract_id": contract.contract_id,
        "contract_line_id": line.line_id,
        "name": line.kind.name,
        "billing_method": "fixed_price" if line.kind.fixed_price else "time_and_material",
        "contracted_amount": _money(line.contracted_amount),
        "project_id": f"{contract.contract_id}-P",
    }
    if line.frequency:
        row["billing_start_date"], row["billing_end_date"] = contract.start, contract.end
        row["invoice_frequency_id"] = line.frequency.frequency_id
    # Where the kind takes everything or nothing, the flags stay empty: that is what the billing method defaults to.
    if 0 in line.kind.class_percents:
        row |= {
            f"includes_{each}": percent > 0 for each, percent in zip(CLASSES, line.kind.class_percents, strict=True)
        }
    return row


def _line_customer_rows(firm: Firm) -> Rows:
    for contract, line in firm.lines:
        # A split of fewer percents than customers leaves the last customers out.
        for index, (customer, percent) in enumerate(zip(contract.customers, line.split, strict=False)):
            yield {
                "contract_id": contract.contract_id,
                "contract_line_id": line.line_id,
                "customer_id": customer.customer_id,
                "split_percent": Decimal(percent),
                "is_rounding_customer": index == line.rounding_customer,
            }


def _schedule_rows(firm: Firm) -> Rows:
    for contract, line in firm.lines:
        for run_date in contract.run_dates(line):
            yield {
                "contract_id": contract.contract_id,
                "contract_line_id": line.line_id,
                "run_date": run_date,
                "transaction_cutoff_date": run_date - timedelta(days=1),
            }


def _milestone_rows(firm: Firm) -> Rows:
    for contract, line in firm.lines:
        for number, milestone in enumerate(line.milestones, start=1):
            unit = contract.currency.smallest_unit
            tax = (2 * milestone.amount * contract.tax_percent + 100 * unit) // (200 * unit) * unit
            yield {
                "contract_id": contract.contract_id,
                "contract_line_id": line.line_id,
                "milestone_id": f"{line.line_id}-M{number}",
                "name": milestone.name,
                "milestone_date": milestone.day,
                "amount": _money(milestone.amount),
                "tax_amount": _money(tax or None),
                "billing_status": "ready_to_invoice" if milestone.ready else "not_ready",
            }


def _contract_customer_rows(firm: Firm) -> Rows:
    for contract in firm.contracts:
        for index, customer in enumerate(contract.customers):
            yield {
                "contract_id": contract.contract_id,
                "customer_id": customer.customer_id,
                "is_primary": index == 0,
                "payment_terms_days": 30 if index == 0 else 45,
            }


def _opening_balance_rows(firm: Firm) -> Rows:
    """The contracts with a limit came from another system, which had invoiced a tenth of it."""
    for contract, line in firm.lines:
        if contract.limit is not None and line is contract.lines[0]:
            yield {
                "contract_id": contract.contract_id,
                "contract_line_id": line.line_id,
                "customer_id": contract.customers[0].customer_id,
                "invoiced_amount": _money(contract.limit // 10),
                "as_of": contract.start - timedelta(days=1),
            }


def _retainer_rows(firm: Firm) -> Rows:
    """Every thirtieth contract asks its primary customer for an advance on its first day."""
    for contract in firm.contracts[::30]:
        yield {
            "contract_id": contract.contract_id,
            "retainer_id": f"{contract.contract_id}-A1",
            "customer_id": contract.customers[0].customer_id,
            "description": "Advance payment",
            "invoice_date": contract.start,
            "amount": _money(contract.currency.price(10_000)),
            "billing_status": "ready_to_invoice",
        }


def _capacity(firm: Firm) -> Iterator[pa.Table]:
    """Hours of every person on every working day, eight or part-time six; by arrays, as there are so many."""
    resources = pa.array([resource.resource_id for resource in firm.resources])
    hours = np.where(np.arange(len(firm.resources)) % 7 == 6, 6, 8)
    for day in firm.days:
        if day.weekday() < 5:
            days = pa.array(np.full(len(resources), np.datetime64(day)))
            yield pa.table([resources, days, decimals(100 * hours, QUANTITY)], schema=SCHEMAS["resource_capacity"])
