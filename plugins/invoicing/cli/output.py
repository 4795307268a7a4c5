"""Where the commands print, and how they word it."""

from __future__ import annotations

from typing import Any

import typer

from invoicing import reports

console = reports.wide_enough()
errors = reports.wide_enough(stderr=True)


def tell(sentence: str) -> None:
    """Prints a line for people."""
    reports.print_line(sentence, console)


def warn(sentence: str) -> None:
    """Prints a line on standard error."""
    reports.print_line(sentence, errors)


def say(value: dict[str, Any], sentence: str, json: bool) -> None:
    """Prints the sentence, or `value` where JSON is asked for."""
    if json:
        typer.echo(reports.to_json(value))
    else:
        tell(sentence)


def count(number: int, noun: str) -> str:
    """The number with its noun: 1 invoice, 2 invoices."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
