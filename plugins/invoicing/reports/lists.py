"""What the commands list: the rows of include/sql/reports/lists, and the columns that a table of people's width has room for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from invoicing.warehouse.statements import execute, statements_in

LISTS = statements_in("reports/lists")


# JSON always has all of them.
COLUMNS: dict[str, tuple[str, ...]] = {
    "list_runs": (
        "run_id",
        "attempt",
        "run_date",
        "trigger",
        "status",
        "started_at",
        "due_lines",
        "ready_transactions",
        "invoices",
        "invoices_written",
        "details",
        "chargeable_amounts",
        "quarantined_contracts",
        "skipped_reason",
    ),
    "list_invoices": (
        "run_date",
        "invoice_number",
        "origin",
        "status",
        "contract_id",
        "contract_name",
        "customer_name",
        "currency",
        "chargeable_amount",
        "tax_amount",
        "total_amount",
        "line_count",
        "detail_count",
        "invoice_id",
    ),
    "list_exceptions": (
        "severity",
        "code",
        "contract_id",
        "contract_line_id",
        "run_date",
        "message",
    ),
    "list_backlog": (
        "contract_id",
        "contract_line_id",
        "customer_id",
        "transaction_id",
        "transaction_date",
        "transaction_class",
        "quantity",
        "amount",
        "currency",
        "billing_type",
        "billing_status",
        "limit_status",
        "next_run_date",
        "age_days",
    ),
    "list_forecast": (
        "run_date",
        "contract_id",
        "currency",
        "due_lines",
        "ready_amount",
        "not_ready_amount",
        "milestone_amount",
        "typical_amount",
    ),
    "list_limits": (
        "contract_id",
        "level",
        "contract_line_id",
        "customer_id",
        "currency",
        "limit_amount",
        "committed_amount",
        "invoiced_amount",
        "remaining_amount",
    ),
    "list_milestones": (
        "contract_id",
        "contract_line_id",
        "milestone_date",
        "milestone_id",
        "name",
        "state",
        "customer_id",
        "amount",
        "tax_amount",
        "currency",
        "billing_status",
    ),
    "list_invoice_details": (
        "detail_id",
        "contract_line_id",
        "transaction_id",
        "milestone_id",
        "transaction_class",
        "transaction_date",
        "description",
        "original_quantity",
        "quantity",
        "unit_price",
        "amount",
        "tax_amount",
        "billing_type",
    ),
    "list_invoice_changes": (
        "changed_at",
        "changed_by",
        "version",
        "action",
        "detail_id",
        "field",
        "old_value",
        "new_value",
    ),
    "list_approvals": (
        "approval_id",
        "asked_at",
        "asked_by",
        "invoices",
        "amounts",
        "answer",
        "answered_at",
        "answered_by",
        "reason",
    ),
    "approval_drafts": (
        "contract_id",
        "customer_name",
        "run_date",
        "origin",
        "status",
        "invoice_number",
        "currency",
        "total_amount",
        "is_changed",
        "invoice_id",
    ),
    "handled": (
        "invoice_id",
        "invoice_number",
        "contract_id",
        "customer_id",
        "run_date",
        "origin",
        "status",
        "version",
        "currency",
        "total_amount",
    ),
}

_BY_NAME = {statement.short_name: statement for statement in LISTS}


def read_report(connection: sa.Connection, name: str, **parameters: Any) -> pd.DataFrame:
    """The rows of a list, amounts as Decimal."""
    result = execute(connection, _BY_NAME[name], **parameters)
    return pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
