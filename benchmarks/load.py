"""How fast a folder loads, and how much memory that takes: `python -m benchmarks.load [ROWS] [--format parquet]`.

Writes a folder of ROWS transactions (one million unless said otherwise) of ROWS / 100 contracts with three lines each, a
tenth of them shared by two customers, and loads it twice into an empty database of the embedded warehouse: all of it
new, then all of it known. The client's peak memory is what the process had resident at most.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from pyarrow import csv, parquet

DATABASE = "invoicing_benchmark_load"
LINES = 3


def write_folder(folder: Path, rows: int, file_format: str = "csv", seed: int = 1) -> None:
    """A folder of `rows` transactions and all that they refer to, in random order; the same for the same seed."""
    folder.mkdir(parents=True, exist_ok=True)
    contracts = max(rows // 100, 1)
    for name, columns in _contract_files(contracts).items():
        _write(folder / f"{name}.{file_format}", pa.table(columns))
    _write(
        folder / f"transactions.{file_format}", pa.table(_transactions(rows, contracts, np.random.default_rng(seed)))
    )


def _contract_files(contracts: int) -> dict[str, dict[str, Any]]:
    contract_ids = _ids("C", np.arange(contracts))
    line_of = np.repeat(np.arange(contracts), LINES)
    line_ids = _ids("L", np.tile(np.arange(LINES), contracts), digits=1)
    shared = line_of % 10 == 0
    return {
        "customers": {
            "customer_id": _ids("P", np.arange(contracts + 1)),
            "name": _ids("Customer", np.arange(contracts + 1)),
        },
        "roles": {"role_id": ["developer", "consultant"], "name": ["Developer", "Consultant"]},
        "resources": {
            "resource_id": _ids("R", np.arange(100)),
            "name": _ids("Resource", np.arange(100)),
            "default_role_id": ["developer"] * 100,
        },
        "project_contracts": {
            "contract_id": contract_ids,
            "name": _ids("Contract", np.arange(contracts)),
            "currency": pa.array(["EUR", "USD", "JPY"]).take(pa.array(np.arange(contracts) % 3)),
            "state": ["active"] * contracts,
        },
        "contract_lines": {
            "contract_id": _ids("C", line_of),
            "contract_line_id": line_ids,
            "name": ["Work"] * len(line_of),
            "billing_method": ["time_and_material"] * len(line_of),
        },
        "contract_line_customers": {
            "contract_id": _ids("C", np.concatenate([line_of, line_of[shared]])),
            "contract_line_id": pa.chunked_array([line_ids, line_ids.filter(pa.array(shared))]),
            "customer_id": _ids("P", np.concatenate([line_of, line_of[shared] + 1])),
            "split_percent": np.concatenate([np.where(shared, 66.67, 100), np.full(shared.sum(), 33.33)]),
            "is_rounding_customer": np.concatenate([np.ones(len(line_of), bool), np.zeros(shared.sum(), bool)]),
        },
    }


def _transactions(rows: int, contracts: int, random: np.random.Generator) -> dict[str, Any]:
    contract = random.integers(0, contracts, rows)
    days = np.datetime64("2020-01-01") + random.integers(0, 366, rows)
    return {
        "contract_id": _ids("C", contract),
        "transaction_id": _ids("T", np.arange(rows)),
        "contract_line_id": _ids("L", random.integers(0, LINES, rows), digits=1),
        "transaction_class": pa.array(["time", "time", "time", "expense"]).take(pa.array(random.integers(0, 4, rows))),
        "transaction_date": pa.array(days),
        "description": pa.array(["Design review, with the client", "Build", 'Fix of "rounding"']).take(
            pa.array(random.integers(0, 3, rows))
        ),
        "role_id": pa.array(["developer", "consultant"]).take(pa.array(random.integers(0, 2, rows))),
        "resource_id": _ids("R", random.integers(0, 100, rows)),
        "unit": pa.array(["hour"]).take(pa.array(np.zeros(rows, np.int64))),
        "quantity": random.integers(1, 33, rows) / 4,
        "unit_price": random.integers(80, 240, rows),
        "billing_type": pa.array(["chargeable", "non_chargeable"]).take(
            pa.array((random.random(rows) < 0.05).astype(int))
        ),
        "billing_status": pa.array(["ready_to_invoice", "unbilled"]).take(
            pa.array((random.random(rows) < 0.02).astype(int))
        ),
    }


def _ids(prefix: str, numbers: np.ndarray[Any, Any], digits: int = 7) -> Any:
    texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=digits, padding="0")
    return pc.binary_join_element_wise(prefix, texts, "-")


def _write(path: Path, table: pa.Table) -> None:
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
    else:
        csv.write_csv(table, path)


def main() -> None:
    # Imported here: writing a folder, which tests do too, needs no warehouse.
    from invoicing.settings import read_settings  # noqa: PLC0415
    from invoicing.source.loading import load_folder  # noqa: PLC0415
    from invoicing.warehouse import embedded, migrations  # noqa: PLC0415
    from invoicing.warehouse.connection import create_engine  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    arguments = parser.parse_args()

    server = embedded.ensure_running(read_settings())
    with create_engine(server).connect().execution_options(isolation_level="AUTOCOMMIT") as administration:
        administration.execute(sa.text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
        administration.execute(sa.text(f"CREATE DATABASE {DATABASE}"))
        engine = create_engine(server.set(database=DATABASE))
        migrations.upgrade(engine)
        with tempfile.TemporaryDirectory() as folder:
            write_folder(Path(folder), arguments.rows, arguments.format)
            for what in ("new", "known"):
                started = time.perf_counter()
                load_folder(engine, Path(folder), wait_seconds=60)
                seconds = time.perf_counter() - started
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(
                    f"{what:5} {arguments.rows:,} transactions in {seconds:.1f} s:"
                    f" {arguments.rows / seconds:,.0f} rows/s, client's peak memory {peak:.0f} MB"
                )
        administration.execute(sa.text(f"DROP DATABASE {DATABASE} WITH (FORCE)"))


if __name__ == "__main__":
    main()
