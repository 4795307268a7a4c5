-- Purpose: what stands where this package puts its schema, and is not of it: in a schema that has the name of one of its own, and under the
-- name of a view for analysts, whose schema others may use too.
-- Parameters: views (of this package, with their schemas), is_new (the warehouse has nothing of this package yet).
-- Grain: one row per object.
-- May be repeated: reads only.
SELECT pg_catalog.pg_describe_object(held.classid, held.objid, 0) AS name
FROM pg_catalog.pg_depend AS held
INNER JOIN pg_catalog.pg_namespace AS n
    ON
        held.refclassid = cast('pg_catalog.pg_namespace' AS regclass)
        AND held.refobjid = n.oid
WHERE
    cast(:is_new AS boolean)
    AND n.nspname IN ('invoicing', 'rules')
UNION
SELECT pg_catalog.pg_describe_object(cast('pg_catalog.pg_class' AS regclass), c.oid, 0) AS name
FROM unnest(cast(:views AS text[])) AS ours (name)
INNER JOIN pg_catalog.pg_class AS c ON cast(to_regclass(ours.name) AS oid) = c.oid
WHERE
    cast(:is_new AS boolean)
    OR c.relkind <> 'v'
ORDER BY name ASC
