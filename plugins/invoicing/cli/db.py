"""`invoicing db …`: the schema of the warehouse, and the embedded warehouse."""

from __future__ import annotations

from typing import Annotated

import typer

from invoicing.cli.options import Json, Warehouse
from invoicing.cli.output import say, tell
from invoicing.cli.session import chosen_url, open_engine
from invoicing.escapes import printable
from invoicing.settings import read_settings
from invoicing.warehouse import embedded, migrations
from invoicing.warehouse.connection import create_engine

app = typer.Typer(help="The schema of the warehouse, and the embedded warehouse.", no_args_is_help=True)


@app.command()
def upgrade(warehouse: Warehouse = None, json: Json = False) -> None:
    """Creates or migrates the schema."""
    settings = read_settings()
    revision = migrations.upgrade(
        create_engine(chosen_url(settings, warehouse)), settings.wait_seconds, settings.currency_decimals
    )
    say({"revision": revision}, f"The warehouse has schema {revision}.", json)


@app.command()
def check(warehouse: Warehouse = None, json: Json = False) -> None:
    """Says whether the schema is current."""
    revision = migrations.check(create_engine(chosen_url(read_settings(), warehouse)))
    say({"revision": revision}, f"The warehouse has schema {revision}, which is current.", json)


@app.command()
def grant_analyst(
    user: Annotated[str, typer.Argument(metavar="USER", help="A role of the server, as it logs in.")],
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Lets a user of the server read the views for analysts, and nothing else."""
    settings = read_settings()
    migrations.grant_analyst(open_engine(settings, warehouse), user, settings.wait_seconds)
    say({"granted": user}, f"{user} reads the views of the schema analytics.", json)


@app.command()
def url(warehouse: Warehouse = None) -> None:
    """Prints where the warehouse is, without its password; starts the embedded one."""
    where = chosen_url(read_settings(), warehouse).set(drivername="postgresql")
    tell(where.render_as_string(hide_password=True))


@app.command()
def stop() -> None:
    """Stops the embedded warehouse."""
    tell("The embedded warehouse has stopped." if embedded.stop(read_settings()) else "It was not running.")


@app.command()
def remove(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Deletes the embedded warehouse with all its data, and nothing else."""
    settings = read_settings()
    home = embedded.find(settings)
    if home is None:
        tell(f"There is no embedded warehouse in {embedded.server_of(settings).home}.")
        return
    if not yes:
        typer.confirm(printable(f"Delete the embedded warehouse in {home} and all its data?"), abort=True)
    embedded.remove(settings)
    tell(f"The embedded warehouse in {home} is gone.")
