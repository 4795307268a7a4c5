"""Who waits for whom: transactions that are held open, and what is tried beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.warehouse.transactions import writing
from tests.world.place import Warehouse
from tests.world.steps import Steps

T = TypeVar("T")


def somebody_waits(world: Warehouse) -> bool:
    """Whether a session waits for a lock."""
    return bool(
        world.read(
            """
            SELECT FROM pg_catalog.pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
            """
        )
    )


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    waiting = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        waiting.wait(0.01)
    raise TimeoutError


@contextmanager
def held_open(world: Warehouse, act: Callable[..., object], *values: Any, **named: Any) -> Iterator[sa.Connection]:
    """Somebody has done something in a transaction that is still open; it commits at the end."""
    with writing(world.engine, world.settings.wait_seconds) as connection:
        act(connection, *values, **named)
        yield connection


@contextmanager
def bucket_being_written(run: Steps, bucket: int = 0) -> Iterator[sa.Connection]:
    """A bucket whose transaction has written everything and is still open; it commits at the end."""
    with writing(run.place.engine, run.place.settings.wait_seconds) as connection:
        write_draft_invoices(connection, run_key=run.run_key, bucket=bucket, settings=run.place.settings)
        yield connection


@contextmanager
def meanwhile(world: Warehouse, act: Callable[[], T]) -> Iterator[Future[T]]:
    """Something that is begun in a thread of its own, and waits for somebody by now; it is over at the end."""
    with ThreadPoolExecutor(1) as threads:
        begun = threads.submit(act)
        until(lambda: somebody_waits(world) or begun.done())
        assert not begun.done(), "nobody had to wait"
        yield begun
