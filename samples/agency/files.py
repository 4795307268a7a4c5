"""Columns of the native format, and how a table becomes a CSV or Parquet file."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

FileFormat = Literal["csv", "parquet"]

MONEY = pa.decimal128(18, 3)  # three decimals hold every currency of the firm; KWD needs them
QUANTITY = pa.decimal128(12, 2)
PERCENT = pa.decimal128(7, 4)

_COLUMNS = {
    "customers": "customer_id name",
    "project_contracts": "contract_id name currency state not_to_exceed_limit",
    "contract_lines": """contract_id contract_line_id name billing_method contracted_amount includes_time
        includes_expense includes_material includes_fee billing_start_date billing_end_date invoice_frequency_id
        not_to_exceed_limit project_id""",
    "contract_line_customers": """contract_id contract_line_id customer_id split_percent is_rounding_customer
        not_to_exceed_limit""",
    "transactions": """contract_id transaction_id contract_line_id customer_id transaction_class transaction_date
        description role_id resource_id category unit quantity unit_price amount tax_amount billing_type
        billing_status""",
    "invoice_schedules": "contract_id contract_line_id run_date transaction_cutoff_date run_status",
    "milestones": """contract_id contract_line_id milestone_id customer_id name milestone_date amount tax_amount
        billing_status""",
    "contract_customers": "contract_id customer_id is_primary not_to_exceed_limit payment_terms_days",
    "opening_balances": "contract_id contract_line_id customer_id invoiced_amount as_of",
    "invoice_frequencies": "invoice_frequency_id name period run_days",
    "retainers": "contract_id retainer_id customer_id description invoice_date amount billing_status",
    "roles": "role_id name target_utilization_percent",
    "resources": "resource_id name default_role_id target_utilization_percent",
    "resource_capacity": "resource_id date capacity_hours",
}

_TYPES = {
    column: column_type
    for column_type, columns in {
        MONEY: "unit_price amount tax_amount contracted_amount not_to_exceed_limit invoiced_amount",
        QUANTITY: "quantity capacity_hours",
        PERCENT: "split_percent target_utilization_percent",
        pa.int32(): "payment_terms_days",
        pa.bool_(): "includes_time includes_expense includes_material includes_fee is_rounding_customer is_primary",
        pa.date32(): """date transaction_date run_date transaction_cutoff_date billing_start_date billing_end_date
            milestone_date invoice_date as_of""",
    }.items()
    for column in columns.split()
}

SCHEMAS: dict[str, pa.Schema] = {
    table: pa.schema([(column, _TYPES.get(column, pa.string())) for column in columns.split()])
    for table, columns in _COLUMNS.items()
}

ROWS_AT_A_TIME = 100_000


def tables_of(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[pa.Table]:
    """Rows given as dicts (absent key: null) as tables of bounded size in the schema of the named file."""
    remaining = iter(rows)
    while piece := list(islice(remaining, ROWS_AT_A_TIME)):
        yield pa.Table.from_pylist(piece, schema=SCHEMAS[name])


def decimals(values: npt.NDArray[np.int64], of: pa.DataType, absent: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Integers in the last decimal of the type `of` (thousandths for MONEY) as decimals; null where absent.

    Arrow only makes decimals from Python objects, one by one; this hands it their 128 bits instead.
    """
    words = np.empty((len(values), 2), dtype="<i8")
    words[:, 0] = values
    words[:, 1] = values >> 63  # the sign, extended into the high word
    result = pa.Array.from_buffers(of, len(values), [None, pa.py_buffer(words)])
    return result if absent is None else pc.if_else(pa.array(absent), pa.scalar(None, of), result)


def write_table(directory: Path, name: str, pieces: Iterable[pa.Table], file_format: FileFormat) -> int:
    """Write the pieces of one table to directory/NAME.csv or .parquet; returns its number of rows."""
    path = directory / f"{name}.{file_format}"
    rows = 0
    with _writer(path, SCHEMAS[name], file_format) as writer:
        for table in _regrouped(pieces):
            writer.write_table(table if file_format == "parquet" else _plain(table))
            rows += table.num_rows
    return rows


def _writer(path: Path, schema: pa.Schema, file_format: FileFormat) -> Any:
    if file_format == "parquet":
        return pyarrow.parquet.ParquetWriter(path, schema)
    # No value of the catalogue needs quotes; should one ever, Arrow refuses it instead of writing a broken row.
    options = pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none")
    return pyarrow.csv.CSVWriter(path, _plain(schema.empty_table()).schema, write_options=options)


def _regrouped(pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in fewer, larger tables: a day of a small firm would be a poor Parquet row group."""
    waiting: list[pa.Table] = []
    for piece in pieces:
        waiting.append(piece)
        if sum(table.num_rows for table in waiting) >= ROWS_AT_A_TIME:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _plain(table: pa.Table) -> pa.Table:
    """The table with its decimals as text without padding: 12000.000 yen are written 12000, as yen have no decimals."""
    for index, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            padded = table.column(index).cast(pa.string())
            table = table.set_column(index, field.name, pc.utf8_rtrim(pc.utf8_rtrim(padded, "0"), "."))
    return table
