"""The rules of the field that a load checks: one statement each, include/sql/source/check_*.sql, and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from invoicing.source.checks import counted, named, plain
from invoicing.source.problems import MAX_LISTED, Problems, shown
from invoicing.source.tables import LINE, TABLES_BY_NAME, Table
from invoicing.warehouse.statements import execute

_LINE_KEY = ("contract_id", "contract_line_id")


def check_rules(connection: sa.Connection, files: dict[Table, Path], problems: Problems) -> None:
    """Adds what is wrong with the staged files by the rules of the field."""
    _check(connection, _RULES, files, problems)


def check_invoiced(connection: sa.Connection, files: dict[Table, Path], problems: Problems) -> None:
    """Adds the changes that invoices forbid. What a file changes is known only once it is right in itself."""
    _check(connection, _INVOICE_RULES, files, problems)


@dataclass(frozen=True)
class _Rule:
    """A rule of the field: the statement that finds what breaks it, and the words for it."""

    statement: str
    table: str
    column: str
    reason: Callable[[Any], str]


def _check(connection: sa.Connection, rules: tuple[_Rule, ...], files: dict[Table, Path], problems: Problems) -> None:
    for rule in rules:
        path = files.get(TABLES_BY_NAME[rule.table])
        if path is not None:
            for row in counted(execute(connection, f"source/{rule.statement}", listed=MAX_LISTED), problems):
                problems.add(path.name, row[LINE], rule.column, rule.reason(row))


def _run_days(row: Any) -> str:
    if row["period"] == "monthly":
        right = "one to four of: first|second|third|fourth|last WEEKDAY, 1 to 31, last; separated by ';' alone"
    else:
        right = "one weekday, monday to sunday"
    return f"{shown(row['run_days'])} are no run days of a {row['period']} frequency; write {right}"


def _split_percents(row: Any) -> str:
    kept = row["kept_percents"]
    of_it = f", {plain(kept)} of it of customers in the warehouse alone (0 ends a share)" if kept else ""
    line = named(row, _LINE_KEY)
    return f"the percents of {line} sum to {plain(row['percents'])}{of_it}; they must sum to 100"


def _on_invoice(noun: str) -> Callable[[Any], str]:
    def reason(row: Any) -> str:
        subject = f"{noun} {shown(row[f'{noun}_id'])} of contract {shown(row['contract_id'])}"
        invoice, status = row["invoice_id"], row["status"]
        if invoice is None:
            return f"{subject} is invoiced and posted; load it as it was"
        mend = "or delete that draft first" if status in ("draft", "in_review") else "and correct the invoice instead"
        return f"{subject} is on invoice {invoice} of {row['run_date']} ({status}); load it as it was, {mend}"

    return reason


_RULES = (
    _Rule(
        "check_currency",
        "project_contracts",
        "currency",
        lambda row: f"{shown(row['currency'])} is no currency the warehouse knows; write an ISO 4217 code such as USD",
    ),
    _Rule(
        "check_currency_change",
        "project_contracts",
        "currency",
        lambda row: (
            f"contract {shown(row['contract_id'])} has amounts in {row['known_currency']} and cannot become"
            f" {row['currency']}; keep its currency, or enter another contract"
        ),
    ),
    _Rule("check_run_days", "invoice_frequencies", "run_days", _run_days),
    _Rule("check_split_percents", "contract_line_customers", "split_percent", _split_percents),
    _Rule(
        "check_rounding_customers",
        "contract_line_customers",
        "is_rounding_customer",
        lambda row: f"{named(row, _LINE_KEY)} has {row['found']}; mark exactly one customer, of a percent above 0",
    ),
)

_INVOICE_RULES = (
    _Rule("check_invoiced_milestones", "milestones", "milestone_id", _on_invoice("milestone")),
    _Rule("check_invoiced_transactions", "transactions", "transaction_id", _on_invoice("transaction")),
)
