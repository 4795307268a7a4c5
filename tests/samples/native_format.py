"""Columns of the native source format, copied from the data contract by hand, and how tests read a folder of it."""

import csv
from pathlib import Path

COLUMNS = {
    "customers": "customer_id, name",
    "project_contracts": "contract_id, name, currency, state, not_to_exceed_limit",
    "contract_lines": (
        "contract_id, contract_line_id, name, billing_method, contracted_amount, includes_time, includes_expense, "
        "includes_material, includes_fee, billing_start_date, billing_end_date, invoice_frequency_id, "
        "not_to_exceed_limit, project_id"
    ),
    "contract_line_customers": (
        "contract_id, contract_line_id, customer_id, split_percent, is_rounding_customer, not_to_exceed_limit"
    ),
    "transactions": (
        "contract_id, transaction_id, contract_line_id, customer_id, transaction_class, transaction_date, description, "
        "role_id, resource_id, category, unit, quantity, unit_price, amount, tax_amount, billing_type, billing_status"
    ),
    "invoice_schedules": "contract_id, contract_line_id, run_date, transaction_cutoff_date, run_status",
    "milestones": (
        "contract_id, contract_line_id, milestone_id, customer_id, name, milestone_date, amount, tax_amount, "
        "billing_status"
    ),
    "contract_customers": "contract_id, customer_id, is_primary, not_to_exceed_limit, payment_terms_days",
    "opening_balances": "contract_id, contract_line_id, customer_id, invoiced_amount, as_of",
    "invoice_frequencies": "invoice_frequency_id, name, period, run_days",
    "retainers": "contract_id, retainer_id, customer_id, description, invoice_date, amount, billing_status",
    "roles": "role_id, name, target_utilization_percent",
    "resources": "resource_id, name, default_role_id, target_utilization_percent",
    "resource_capacity": "resource_id, date, capacity_hours",
}

PRIMARY_KEYS = {
    "customers": ("customer_id",),
    "project_contracts": ("contract_id",),
    "contract_lines": ("contract_id", "contract_line_id"),
    "contract_line_customers": ("contract_id", "contract_line_id", "customer_id"),
    "transactions": ("contract_id", "transaction_id"),
    "invoice_schedules": ("contract_id", "contract_line_id", "run_date"),
    "milestones": ("contract_id", "milestone_id"),
    "contract_customers": ("contract_id", "customer_id"),
    "opening_balances": ("contract_id", "contract_line_id", "customer_id"),
    "invoice_frequencies": ("invoice_frequency_id",),
    "retainers": ("contract_id", "retainer_id"),
    "roles": ("role_id",),
    "resources": ("resource_id",),
    "resource_capacity": ("resource_id", "date"),
}

REFERENCES = (
    ("contract_lines", ("contract_id",), "project_contracts"),
    ("contract_lines", ("invoice_frequency_id",), "invoice_frequencies"),
    ("contract_line_customers", ("contract_id", "contract_line_id"), "contract_lines"),
    ("contract_line_customers", ("customer_id",), "customers"),
    ("transactions", ("contract_id", "contract_line_id"), "contract_lines"),
    ("transactions", ("contract_id", "contract_line_id", "customer_id"), "contract_line_customers"),
    ("transactions", ("role_id",), "roles"),
    ("transactions", ("resource_id",), "resources"),
    ("invoice_schedules", ("contract_id", "contract_line_id"), "contract_lines"),
    ("milestones", ("contract_id", "contract_line_id"), "contract_lines"),
    ("contract_customers", ("contract_id",), "project_contracts"),
    ("contract_customers", ("customer_id",), "customers"),
    ("opening_balances", ("contract_id", "contract_line_id", "customer_id"), "contract_line_customers"),
    ("retainers", ("contract_id", "customer_id"), "contract_customers"),
    ("resources", ("default_role_id",), "roles"),
    ("resource_capacity", ("resource_id",), "resources"),
)

Row = dict[str, str]
Rows = list[Row]
Tables = dict[str, Rows]


def header(path: Path) -> list[str]:
    """Column names of a CSV file, in order."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def read_folder(folder: Path) -> Tables:
    """Table name → its rows; every value is text, null is the empty text."""
    tables: Tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


def dangling(tables: Tables) -> list[tuple[str, tuple[str, ...]]]:
    """References that lead nowhere, as (table, key); a reference with an empty part refers to nothing."""
    missing = []
    for table, columns, target in REFERENCES:
        known = {tuple(row[column] for column in columns_of(target, columns)) for row in tables.get(target, [])}
        keys = {tuple(row[column] for column in columns) for row in tables.get(table, [])}
        missing += [(table, key) for key in keys if all(key) and key not in known]
    return missing


def columns_of(target: str, referring: tuple[str, ...]) -> tuple[str, ...]:
    """The target's columns that the referring columns match: its whole primary key, whatever the referrer calls it."""
    return PRIMARY_KEYS[target] if len(PRIMARY_KEYS[target]) == len(referring) else referring
