"""Alembic runs inside the transaction that `invoicing.warehouse.migrations` hands it."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table="schema_version", version_table_schema="public"
)
context.run_migrations()
