"""The Postgres warehouse: connection, transactions, locks, migrations and the statements in include/sql."""
