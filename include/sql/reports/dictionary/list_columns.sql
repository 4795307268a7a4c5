-- Purpose: the views for analysts, as their comments describe them.
-- Parameters: none.
-- Grain: one row per column of a view.
-- May be repeated: reads only.
SELECT
    c.relname AS view_name,
    obj_description(c.oid, 'pg_class') AS view_comment,
    a.attname AS column_name,
    format_type(a.atttypid, a.atttypmod) AS data_type,
    col_description(c.oid, a.attnum) AS column_comment
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid
INNER JOIN pg_catalog.pg_attribute AS a ON c.oid = a.attrelid
WHERE
    n.nspname = 'analytics'
    AND c.relkind = 'v'
    AND a.attnum > 0
    AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
