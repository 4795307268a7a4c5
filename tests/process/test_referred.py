"""What invoices refer to cannot go away: the database refuses, without a foreign key on the rows that a run writes."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from tests.world import damage
from tests.world.names import october
from tests.world.world import World


@pytest.fixture
def invoiced(world: World) -> World:
    """A contract with a draft."""
    world.contract()
    world.line()
    world.line("travel")
    world.schedule(october(5))
    world.transaction("T1", october(1))
    world.run(october(5))
    return world


@pytest.mark.parametrize("change", damage.REFERRED)
def test_database_refuses_to_change(invoiced: World, change: str) -> None:
    with pytest.raises(sa.exc.IntegrityError) as refusal:
        damage.attempt(invoiced, change)
    assert isinstance(refusal.value.orig, psycopg.errors.ForeignKeyViolation)
