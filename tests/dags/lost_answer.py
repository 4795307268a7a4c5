"""A commit whose answer is lost: the change is in the warehouse, and nobody has heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.errors import WarehouseUnavailableError
from invoicing.warehouse.transactions import writing


def lose_the_first_answer(monkeypatch: pytest.MonkeyPatch, tasks: str = "lifecycle") -> None:
    """The first writing transaction of a module of tasks is committed, and then the connection is said to be lost."""
    from invoicing.airflow.tasks.retries import RETRYING  # noqa: PLC0415

    left = [WarehouseUnavailableError("the warehouse is not available, try again")]

    @contextmanager
    def losing(*arguments: Any, **named: Any) -> Iterator[sa.Connection]:
        with writing(*arguments, **named) as connection:
            yield connection
        if left:
            raise left.pop()

    monkeypatch.setattr(f"invoicing.airflow.tasks.{tasks}.writing", losing)
    monkeypatch.setitem(RETRYING, "retry_delay", timedelta(0))
