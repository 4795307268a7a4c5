"""The tables of the daily run: contracts, transactions and billables, invoices and postings, the ledger."""

from alembic import op

from invoicing.warehouse.migrations import run_scripts

revision = "0001_warehouse"
down_revision = None


def upgrade() -> None:
    run_scripts(op.get_bind(), "migrations/0001_warehouse")
