"""The console script `invoicing`: everything that the DAGs do, without Airflow, through the very same functions.

Exit status: 0 done; 1 refused or failed, with the reason on standard error; 2 wrong usage.

The commands are plain functions in the modules beside this one, which import nothing from here: this one imports them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from invoicing.cli import approvals, db, drafts, lifecycle, lists, loading, marking, process
from invoicing.cli.options import Warehouse
from invoicing.cli.output import errors
from invoicing.cli.session import name_warehouse
from invoicing.errors import InvoicingError

# In the order of `invoicing --help`, which is not that of the modules. A command has the name of its function.
COMMANDS: tuple[Callable[..., None], ...] = (
    loading.load,
    process.run,
    lists.runs,
    lists.invoices,
    lists.exceptions,
    lists.backlog,
    marking.ready,
    marking.not_ready,
    marking.billing_type,
    drafts.show,
    lifecycle.create,
    drafts.edit,
    lifecycle.confirm,
    approvals.approvals,
    approvals.approve,
    approvals.reject,
    lifecycle.pay,
    lifecycle.correct,
    process.explain,
    process.verify,
)

app = typer.Typer(help="Batch invoicing of project contracts.", no_args_is_help=True, pretty_exceptions_enable=False)
for command in COMMANDS:
    app.command()(command)
app.add_typer(db.app, name="db")


@app.callback()
def _options(warehouse: Warehouse = None) -> None:
    name_warehouse(warehouse)


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except InvoicingError as error:
        errors.print(str(error), markup=False)
        sys.exit(1)
