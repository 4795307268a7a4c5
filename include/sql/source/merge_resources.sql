-- Purpose: take over the resources of a load.
-- Parameters: none (reads staged_resources).
-- Grain: one row per resource.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.resource AS known (resource_id, name, default_role_id, target_utilization_percent)
SELECT
    resource_id,
    name,
    default_role_id,
    target_utilization_percent
FROM pg_temp.staged_resources
ON CONFLICT (resource_id) DO UPDATE
    SET
        name = excluded.name,
        default_role_id = excluded.default_role_id,
        target_utilization_percent = excluded.target_utilization_percent
    WHERE (
        known.name, known.default_role_id, known.target_utilization_percent
    ) IS DISTINCT FROM (
        excluded.name, excluded.default_role_id, excluded.target_utilization_percent
    )
