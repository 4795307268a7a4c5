"""Which run took a schedule row; a run's drafts written in buckets of contracts."""

from alembic import op

from invoicing.warehouse.migrations import run_scripts

revision = "0002_cycle"
down_revision = "0001_initial"


def upgrade() -> None:
    run_scripts(op.get_bind(), "migrations/0002_cycle")
