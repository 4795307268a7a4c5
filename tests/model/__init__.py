"""A slow and plain second opinion on invoicing, written from the data contract alone, that checks the SQL."""
