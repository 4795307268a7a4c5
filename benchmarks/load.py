"""How fast a folder loads, and how much memory that takes: `python -m benchmarks.load [ROWS] [--format parquet]`.

Writes a folder of ROWS transactions (one million unless said otherwise) on ROWS / 100 contracts of three lines, a tenth
of them shared by two customers, and loads it twice into an empty database of the embedded warehouse: all of it new, then
all of it known. The client's peak memory is what the loading process had resident at most.
"""

from __future__ import annotations

import argparse
import multiprocessing
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

from invoicing.settings import read_settings
from invoicing.source.loading import load_folder
from invoicing.warehouse import embedded, migrations
from invoicing.warehouse.connection import create_engine

DATABASE = "invoicing_benchmark_load"
LINES = 3
RESOURCES = 100
ROLES = ["developer", "consultant"]


def write_folder(folder: Path, rows: int, file_format: str = "csv", seed: int = 1) -> None:
    """A folder of `rows` transactions and all that they refer to, in random order; the same for the same seed."""
    folder.mkdir(parents=True, exist_ok=True)
    contracts = max(rows // 100, 1)
    files = _contract_files(contracts) | {"transactions": _transactions(rows, contracts, np.random.default_rng(seed))}
    for name, columns in files.items():
        if file_format == "parquet":
            parquet.write_table(pa.table(columns), folder / f"{name}.parquet")
        else:
            csv.write_csv(pa.table(columns), folder / f"{name}.csv")


def _contract_files(contracts: int) -> dict[str, dict[str, Any]]:
    contract = np.arange(contracts)
    line_contract = np.repeat(contract, LINES)
    line = np.tile(np.arange(LINES), contracts)
    shared = line_contract % 10 == 0
    return {
        "customers": {
            "customer_id": _ids("P", np.arange(contracts + 1)),
            "name": _ids("Name", np.arange(contracts + 1)),
        },
        "roles": {"role_id": ROLES, "name": ROLES},
        "resources": {
            "resource_id": _ids("R", np.arange(RESOURCES)),
            "name": _ids("Name", np.arange(RESOURCES)),
            "default_role_id": _pick(ROLES, np.zeros(RESOURCES)),
        },
        "project_contracts": {
            "contract_id": _ids("C", contract),
            "name": _ids("Contract", contract),
            "currency": _pick(["EUR", "USD", "JPY"], contract % 3),
            "state": _pick(["active"], np.zeros(contracts)),
        },
        "contract_lines": {
            "contract_id": _ids("C", line_contract),
            "contract_line_id": _ids("L", line),
            "name": _ids("Line", line),
            "billing_method": _pick(["time_and_material"], np.zeros(len(line))),
        },
        "contract_line_customers": {
            "contract_id": _ids("C", np.concatenate([line_contract, line_contract[shared]])),
            "contract_line_id": _ids("L", np.concatenate([line, line[shared]])),
            "customer_id": _ids("P", np.concatenate([line_contract, line_contract[shared] + 1])),
            "split_percent": np.concatenate([np.where(shared, 66.67, 100), np.full(shared.sum(), 33.33)]),
            "is_rounding_customer": np.concatenate([np.ones(len(line), bool), np.zeros(shared.sum(), bool)]),
        },
    }


def _transactions(rows: int, contracts: int, random: np.random.Generator) -> dict[str, Any]:
    return {
        "contract_id": _ids("C", random.integers(0, contracts, rows)),
        "transaction_id": _ids("T", np.arange(rows)),
        "contract_line_id": _ids("L", random.integers(0, LINES, rows)),
        "transaction_class": _pick(["time", "time", "time", "expense"], random.integers(0, 4, rows)),
        "transaction_date": pa.array(np.datetime64("2020-01-01") + random.integers(0, 366, rows)),
        "description": _pick(
            ["Design review, with the client", "Build", 'Fix of "rounding"'], random.integers(0, 3, rows)
        ),
        "role_id": _pick(ROLES, random.integers(0, len(ROLES), rows)),
        "resource_id": _ids("R", random.integers(0, RESOURCES, rows)),
        "unit": _pick(["hour"], np.zeros(rows)),
        "quantity": random.integers(1, 33, rows) / 4,
        "unit_price": random.integers(80, 240, rows),
        "billing_type": _pick(["chargeable", "non_chargeable"], random.random(rows) < 0.05),
        "billing_status": _pick(["ready_to_invoice", "unbilled"], random.random(rows) < 0.02),
    }


def _pick(texts: list[str], positions: np.ndarray[Any, Any]) -> Any:
    return pa.array(texts).take(pa.array(positions.astype(np.int64)))


def _ids(prefix: str, numbers: np.ndarray[Any, Any]) -> Any:
    texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=7, padding="0")
    return pc.binary_join_element_wise(prefix, texts, "-")


def main() -> None:
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
            # By another process, so that this one's memory is that of loading.
            with multiprocessing.get_context("spawn").Pool(1) as writer:
                writer.apply(write_folder, (Path(folder), arguments.rows, arguments.format))
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
