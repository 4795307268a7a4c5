"""What `verify` says of a warehouse."""

from __future__ import annotations

from datetime import date

from invoicing.audit.verify import Difference, verify
from invoicing.warehouse.transactions import reading
from tests.world.place import Place


def differences(place: Place, run_date: date | None = None) -> list[Difference]:
    """Of one day, or of everything."""
    with reading(place.engine) as connection:
        return verify(connection, run_date)
