"""What a helper needs to know of a warehouse, no matter who filled it."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa

from invoicing.settings import Settings


class Place(Protocol):
    """A warehouse to act on."""

    @property
    def engine(self) -> sa.Engine: ...

    @property
    def settings(self) -> Settings: ...


class Readable(Protocol):
    """A warehouse to look at."""

    def read(self, query: str, **parameters: Any) -> list[sa.Row[Any]]: ...


class Warehouse(Place, Readable, Protocol):
    """A warehouse to act on and to look at."""
