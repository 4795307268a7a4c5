"""The files of a source folder, as section 1 of the data contract describes them."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.source.kinds import FLAG, ID, Day, Days, Kind, Number, OneOf, Text

LINE = "file_line"


@dataclass(frozen=True)
class Column:
    """One column. `money`: its values carry no more decimals than the currency of their contract has. `default`: what an
    empty field means, in SQL, by other columns of the row `staged`.
    """

    name: str
    kind: Kind
    required: bool = False
    money: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Reference:
    """Columns that name a row of another table, by its key.

    `if_kept`: judged only once there are such rows at all, since a user who invoices needs no roles or resources.
    """

    columns: tuple[str, ...]
    table: str
    if_kept: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a source folder, named as its file is.

    `noun` is what a message calls one row, `target` the table of schema `invoicing` that takes the rows over.
    """

    name: str
    noun: str
    target: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def staged(self) -> str:
        """Name of the temporary table that a load puts the file into."""
        return f"staged_{self.name}"

    @property
    def changed(self) -> str:
        """Name of the temporary table with the rows that the warehouse does not have yet, as it will have them."""
        return f"changed_{self.name}"

    @property
    def decides_limits(self) -> bool:
        """Whether a row of it may set a not-to-exceed limit, or take room of one."""
        return not {_LIMIT, _INVOICED}.isdisjoint(self.columns)


def _id(name: str) -> Column:
    return Column(name, ID, required=True)


def _optional_id(name: str) -> Column:
    return Column(name, ID)


def _name(name: str = "name") -> Column:
    return Column(name, Text(), required=True)


def _words(*values: str) -> OneOf:
    return OneOf(values)


def _enum(name: str, *values: str) -> OneOf:
    return OneOf(values, sql_type=f"invoicing.{name}")


_LIMIT = Column("not_to_exceed_limit", Number(low=0), money=True)
_INVOICED = Column("invoiced_amount", Number(), required=True, money=True)
_TARGET_UTILIZATION = Column("target_utilization_percent", Number(low=0, high=100))
_INCLUDED = "staged.billing_method = 'time_and_material'"
_NOTHING = "0"

_CONTRACT = Reference(("contract_id",), "project_contracts")
_LINE_OF_CONTRACT = Reference(("contract_id", "contract_line_id"), "contract_lines")
_CUSTOMER = Reference(("customer_id",), "customers")

# Parents stand before what refers to them: this is the order in which a load takes the files over.
TABLES = (
    Table("customers", "customer", "customer", ("customer_id",), (_id("customer_id"), _name())),
    Table(
        "invoice_frequencies",
        "invoice frequency",
        "invoice_frequency",
        ("invoice_frequency_id",),
        (
            _id("invoice_frequency_id"),
            _name(),
            Column("period", _words("weekly", "biweekly", "monthly"), required=True),
            _name("run_days"),
        ),
    ),
    Table("roles", "role", "role", ("role_id",), (_id("role_id"), _name(), _TARGET_UTILIZATION)),
    Table(
        "resources",
        "resource",
        "resource",
        ("resource_id",),
        (_id("resource_id"), _name(), _id("default_role_id"), _TARGET_UTILIZATION),
        (Reference(("default_role_id",), "roles"),),
    ),
    Table(
        "resource_capacity",
        "capacity",
        "resource_capacity",
        ("resource_id", "date"),
        (
            _id("resource_id"),
            Column("date", Day(), required=True),
            Column("capacity_hours", Number(low=0), required=True),
        ),
        (Reference(("resource_id",), "resources"),),
    ),
    Table(
        "project_contracts",
        "contract",
        "project_contract",
        ("contract_id",),
        (
            _id("contract_id"),
            _name(),
            _id("currency"),
            Column("state", _words("draft", "on_hold", "active", "closed"), required=True),
            _LIMIT,
        ),
    ),
    Table(
        "contract_customers",
        "contract customer",
        "contract_customer",
        ("contract_id", "customer_id"),
        (
            _id("contract_id"),
            _id("customer_id"),
            Column("is_primary", FLAG, required=True),
            _LIMIT,
            Column("payment_terms_days", Days()),
        ),
        (_CONTRACT, _CUSTOMER),
    ),
    Table(
        "contract_lines",
        "contract line",
        "contract_line",
        ("contract_id", "contract_line_id"),
        (
            _id("contract_id"),
            _id("contract_line_id"),
            _name(),
            Column("billing_method", _words("time_and_material", "fixed_price"), required=True),
            Column("contracted_amount", Number(), money=True),
            Column("includes_time", FLAG, default=_INCLUDED),
            Column("includes_expense", FLAG, default=_INCLUDED),
            Column("includes_material", FLAG, default=_INCLUDED),
            Column("includes_fee", FLAG, default=_INCLUDED),
            Column("billing_start_date", Day()),
            Column("billing_end_date", Day()),
            _optional_id("invoice_frequency_id"),
            _LIMIT,
            _optional_id("project_id"),
        ),
        (_CONTRACT, Reference(("invoice_frequency_id",), "invoice_frequencies")),
    ),
    Table(
        "contract_line_customers",
        "line customer",
        "contract_line_customer",
        ("contract_id", "contract_line_id", "customer_id"),
        (
            _id("contract_id"),
            _id("contract_line_id"),
            _id("customer_id"),
            Column("split_percent", Number(low=0, high=100), required=True),
            Column("is_rounding_customer", FLAG, required=True),
            _LIMIT,
        ),
        (_LINE_OF_CONTRACT, _CUSTOMER),
    ),
    Table(
        "opening_balances",
        "opening balance",
        "opening_balance",
        ("contract_id", "contract_line_id", "customer_id"),
        (
            _id("contract_id"),
            _id("contract_line_id"),
            _id("customer_id"),
            _INVOICED,
            Column("as_of", Day(), required=True),
        ),
        (_LINE_OF_CONTRACT, _CUSTOMER),
    ),
    Table(
        "invoice_schedules",
        "schedule row",
        "schedule_row",
        ("contract_id", "contract_line_id", "run_date"),
        (
            _id("contract_id"),
            _id("contract_line_id"),
            Column("run_date", Day(), required=True),
            Column("transaction_cutoff_date", Day()),
            Column("run_status", _enum("run_status", "not_run", "run_successful", "run_failed")),
        ),
        (_LINE_OF_CONTRACT,),
    ),
    Table(
        "milestones",
        "milestone",
        "milestone",
        ("contract_id", "milestone_id"),
        (
            _id("contract_id"),
            _id("contract_line_id"),
            _id("milestone_id"),
            _optional_id("customer_id"),
            _name(),
            Column("milestone_date", Day(), required=True),
            Column("amount", Number(), required=True, money=True),
            Column("tax_amount", Number(), money=True, default=_NOTHING),
            Column("billing_status", _words("not_ready", "ready_to_invoice", "invoice_posted"), required=True),
        ),
        (_LINE_OF_CONTRACT, _CUSTOMER),
    ),
    Table(
        "retainers",
        "retainer",
        "retainer",
        ("contract_id", "retainer_id"),
        (
            _id("contract_id"),
            _id("retainer_id"),
            _id("customer_id"),
            Column("description", Text(several_lines=True), required=True),
            Column("invoice_date", Day(), required=True),
            Column("amount", Number(), required=True, money=True),
            Column("billing_status", _words("not_ready", "ready_to_invoice"), required=True),
        ),
        (_CONTRACT, _CUSTOMER),
    ),
    Table(
        "transactions",
        "transaction",
        "transaction",
        ("contract_id", "transaction_id"),
        (
            _id("contract_id"),
            _id("transaction_id"),
            _id("contract_line_id"),
            _optional_id("customer_id"),
            Column(
                "transaction_class",
                _enum("transaction_class", "time", "expense", "material", "fee"),
                required=True,
            ),
            Column("transaction_date", Day(), required=True),
            Column("description", Text(several_lines=True)),
            _optional_id("role_id"),
            _optional_id("resource_id"),
            Column("category", Text()),
            Column("unit", Text()),
            Column("quantity", Number(), required=True),
            Column("unit_price", Number(), required=True),
            Column("amount", Number(), money=True, default="staged.quantity * staged.unit_price"),
            Column("tax_amount", Number(), money=True, default=_NOTHING),
            Column(
                "billing_type",
                _enum("billing_type", "chargeable", "non_chargeable", "complimentary"),
                required=True,
            ),
            Column(
                "billing_status",
                _enum("billing_status", "unbilled", "ready_to_invoice", "canceled", "invoice_posted"),
                required=True,
            ),
        ),
        (
            _LINE_OF_CONTRACT,
            _CUSTOMER,
            Reference(("role_id",), "roles", if_kept=True),
            Reference(("resource_id",), "resources", if_kept=True),
        ),
    ),
)

TABLES_BY_NAME = {table.name: table for table in TABLES}
