"""`invoicing load`: data in, from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from invoicing import reports
from invoicing.audit.exceptions import detect_exceptions
from invoicing.cli.options import Json, Warehouse
from invoicing.cli.output import errors, tell
from invoicing.cli.session import new_request, open_engine
from invoicing.settings import read_settings
from invoicing.source.loading import load_folder
from invoicing.source.progress import progress_bar
from invoicing.warehouse.transactions import writing


def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with one CSV or Parquet file per table.")],
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Loads a folder in the native format, all or nothing, and brings the billing exceptions up to date."""
    settings = read_settings()
    engine = open_engine(settings, warehouse)
    with progress_bar(errors) as progress:
        result = load_folder(
            engine, folder, wait_seconds=settings.wait_seconds, by=new_request("load").by, progress=progress
        )
    with writing(engine, settings.wait_seconds) as connection:
        detect_exceptions(connection, None, catch_up_days=settings.catch_up_days, contract_ids=None)
    if json:
        typer.echo(reports.to_json(result))
    else:
        for table in result.tables:
            tell(f"{table.name}: {table.rows:,} rows, {table.inserted:,} new, {table.changed:,} changed")
