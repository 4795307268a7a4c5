"""The rules of the field that a load checks: one statement each, and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from invoicing.source.checks import counted, named, plain
from invoicing.source.problems import MAX_LISTED, Problems, shown
from invoicing.source.tables import LINE, TABLES_BY_NAME, Table
from invoicing.warehouse.statements import Statement, execute

CHECK_CURRENCY = Statement("source/rules/check_currency")
CHECK_CURRENCY_CHANGE = Statement("source/rules/check_currency_change")
CHECK_RUN_DAYS = Statement("source/rules/check_run_days")
CHECK_SPLIT_PERCENTS = Statement("source/rules/check_split_percents")
CHECK_ROUNDING_CUSTOMERS = Statement("source/rules/check_rounding_customers")
CHECK_BILLING_METHOD = Statement("source/rules/check_billing_method")
CHECK_MILESTONE_TAX = Statement("source/rules/check_milestone_tax")

_LINE_KEY = ("contract_id", "contract_line_id")


def check_rules(connection: sa.Connection, files: dict[Table, Path], problems: Problems) -> None:
    """Adds what is wrong with the staged files by the rules of the field."""
    for rule in _RULES:
        path = files.get(TABLES_BY_NAME[rule.table])
        if path is not None:
            for row in counted(execute(connection, rule.statement, listed=MAX_LISTED), problems):
                problems.add(path.name, row[LINE], rule.column, rule.reason(row))


@dataclass(frozen=True)
class _Rule:
    """A rule of the field: the statement that finds what breaks it, and the words for it."""

    statement: Statement
    table: str
    column: str
    reason: Callable[[Any], str]


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


_RULES = (
    _Rule(
        CHECK_CURRENCY,
        "project_contracts",
        "currency",
        lambda row: f"{shown(row['currency'])} is no currency the warehouse knows; write an ISO 4217 code such as USD",
    ),
    _Rule(
        CHECK_CURRENCY_CHANGE,
        "project_contracts",
        "currency",
        lambda row: (
            f"contract {shown(row['contract_id'])} has amounts in {row['known_currency']} and cannot become"
            f" {row['currency']}; keep its currency, or enter another contract"
        ),
    ),
    _Rule(CHECK_RUN_DAYS, "invoice_frequencies", "run_days", _run_days),
    _Rule(CHECK_SPLIT_PERCENTS, "contract_line_customers", "split_percent", _split_percents),
    _Rule(
        CHECK_ROUNDING_CUSTOMERS,
        "contract_line_customers",
        "is_rounding_customer",
        lambda row: f"{named(row, _LINE_KEY)} has {row['found']}; mark exactly one customer, of a percent above 0",
    ),
    _Rule(
        CHECK_BILLING_METHOD,
        "contract_lines",
        "billing_method",
        lambda row: (
            f"{named(row, _LINE_KEY)} has sales billed as {row['known_billing_method']} and cannot become"
            f" {row['billing_method']}; keep its billing method, or enter another line"
        ),
    ),
    _Rule(
        CHECK_MILESTONE_TAX,
        "milestones",
        "tax_amount",
        lambda row: f"{shown(plain(row['tax_amount']))} is a tax on an amount of 0; write 0, or the amount",
    ),
)
