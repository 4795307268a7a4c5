"""The console script `invoicing`: everything that the DAGs do, without Airflow, through the very same functions.

Exit status: 0 done; 1 refused or failed, with the reason on standard error; 2 wrong usage.

The commands are plain functions in the modules beside this one, which import nothing from here: this one imports them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from invoicing.cli import (
    approvals,
    contracts,
    db,
    drafts,
    lifecycle,
    limits,
    lists,
    loading,
    marking,
    milestones,
    process,
)
from invoicing.cli.options import Warehouse
from invoicing.cli.output import warn
from invoicing.cli.session import name_warehouse
from invoicing.errors import InvoicingError, OptionsError

# In the order of `invoicing --help`, which is not that of the modules. A command has the name of its function.
COMMANDS: tuple[Callable[..., None], ...] = (
    loading.load,
    contracts.schedule,
    contracts.forecast,
    milestones.milestones,
    process.run,
    lists.runs,
    lists.invoices,
    lists.exceptions,
    lists.backlog,
    marking.ready,
    marking.not_ready,
    marking.billing_type,
    limits.limits,
    limits.reevaluate,
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

_WRONG_USAGE = 2

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
        sys.exit(app(standalone_mode=False))
    except InvoicingError as error:
        _end(str(error), _WRONG_USAGE if isinstance(error, OptionsError) else 1)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f" Try `{context.command_path} --help`." if context else ""
        # Without arguments it has shown its help, and there is nothing to add.
        _end(f"{message}{hint}" if (message := error.format_message()) else "", error.exit_code)
    except typer.Abort:
        _end("Nothing was done.", 1)


def _end(message: str, status: int) -> NoReturn:
    for line in filter(None, message.split("\n")):
        warn(line)
    sys.exit(status)
