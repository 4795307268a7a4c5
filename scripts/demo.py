"""`make demo`: from nothing to invoices. A second call finds everything done and changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from invoicing import reports
from invoicing.errors import InvoicingError
from invoicing.settings import read_settings
from invoicing.warehouse import migrations
from invoicing.warehouse.connection import create_engine, warehouse_url
from scripts.demo_data import has_succeeded, invoice_the_past, load_samples

# The days of the example: before anything is due, each run date, and the quiet days after the first.
DAYS = [date(2020, 10, 4) + timedelta(days=number) for number in range(16)]
DAYS += [date(2020, 11, 2), date(2020, 11, 3), date(2020, 11, 16)]

console = reports.wide_enough()


@contextmanager
def _step(what: str) -> Iterator[None]:
    started = time.perf_counter()
    console.print(f"• {what} …", end=" ")
    yield
    console.print(f"{time.perf_counter() - started:.1f} s")


def main() -> int:
    settings = read_settings()
    with _step("Starting the warehouse"):
        engine = create_engine(warehouse_url(settings))
        migrations.upgrade(engine, settings.wait_seconds, settings.currency_decimals)
    with _step("Loading the samples adatum and agency"):
        start = load_samples(engine, settings, datetime.now(UTC).date())
    waiting = [day for day in DAYS if not has_succeeded(engine, day)]
    if waiting:
        with _step(f"Running create_invoices in Airflow for {len(waiting)} days of 2020"):
            _run_in_airflow(waiting)
    with _step("Invoicing the agency's past months"):
        invoice_the_past(engine, settings, start)
    _show(engine)
    return 0


def _run_in_airflow(days: list[date]) -> None:
    home = Path(os.environ["AIRFLOW_HOME"])
    home.mkdir(exist_ok=True)
    log = home / "demo.log"
    with log.open("w", encoding="utf-8") as output:
        for command in (
            [sys.executable, "-m", "airflow", "db", "migrate"],
            [sys.executable, "-m", "scripts.airflow_days", *map(str, days)],
        ):
            if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False).returncode:
                raise SystemExit(f"\n{' '.join(command[2:4])} failed; see {log}")


def _show(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        runs = reports.read_report(connection, "list_runs", run_date=None, contract_ids=None, row_limit=None)
        runs = runs[runs["run_date"].isin(DAYS)].sort_values(["run_date", "run_id", "attempt"])
        columns = [
            "run_date",
            "attempt",
            "status",
            "due_lines",
            "ready_transactions",
            "invoices",
            "invoice_lines",
            "details",
            "chargeable_amounts",
            "skipped_reason",
        ]
        reports.print_table(runs, columns, console, "What each run did (adatum, in Airflow)")
        invoices = reports.read_report(
            connection, "list_invoices", run_date=None, contract_ids=["adatum-implementation"], row_limit=None
        )
        columns = [column for column in reports.COLUMNS["list_invoices"] if column != "invoice_id"]
        reports.print_table(invoices.iloc[::-1], columns, console, "The invoices (adatum)")
        agency = connection.execute(
            sa.text(
                "SELECT count(*) AS invoices, coalesce(sum(detail_count), 0) AS details FROM analytics.invoices "
                "WHERE contract_id <> 'adatum-implementation'"
            )
        ).one()
    console.print(
        f"The agency has {agency.invoices:,} invoices with {agency.details:,} details so far.\n\n"
        "What next:\n"
        "  make up                                        Airflow with its UI; today's run takes the agency's last weeks\n"
        "  .venv/bin/invoicing invoices --limit 20        the newest invoices\n"
        "  .venv/bin/invoicing exceptions                 what is wrong with the agency's data\n"
        "  .venv/bin/invoicing explain T-014 --run-date 2020-10-05\n"
        "  .venv/bin/invoicing verify                     recompute everything\n"
        "  make down                                      stop what is running"
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InvoicingError as error:
        sys.exit(f"\n{error}")
