-- Purpose: a role of the server.
-- Parameters: role.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT r.rolname
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = :role
