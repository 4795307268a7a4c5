"""The life of an invoice after its draft: edits, confirmation with its actuals and numbers, corrections."""

from alembic import op

from invoicing.warehouse.migrations import run_scripts

revision = "0003_lifecycle"
down_revision = "0002_cycle"


def upgrade() -> None:
    run_scripts(op.get_bind(), "migrations/0003_lifecycle")
