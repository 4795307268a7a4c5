"""The steps of a run for the tests that still fill a `Warehouse` by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from invoicing.settings import Settings
from tests.world import steps as world_steps
from tests.world.place import Place


@dataclass(frozen=True)
class _Place:
    engine: sa.Engine
    settings: Settings


class Steps(world_steps.Steps):
    def __init__(
        self,
        engine: sa.Engine,
        settings: Settings,
        run_date: date,
        run_key: str = "scheduled",
        contract_ids: Sequence[str] | None = None,
    ) -> None:
        super().__init__(_Place(engine, settings), run_date, run_key, contract_ids)

    @property
    def engine(self) -> sa.Engine:
        return self.place.engine

    @property
    def settings(self) -> Settings:
        return self.place.settings


def steps(place: Place, run_date: date, run_key: str = "scheduled") -> Steps:
    return Steps(place.engine, place.settings, run_date, run_key)
