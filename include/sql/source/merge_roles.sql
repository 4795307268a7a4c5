-- Purpose: take over the roles of a load.
-- Parameters: none (reads staged_roles).
-- Grain: one row per role.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.role AS known (role_id, name, target_utilization_percent)
SELECT
    role_id,
    name,
    target_utilization_percent
FROM pg_temp.staged_roles
ON CONFLICT (role_id) DO UPDATE
    SET
        name = excluded.name,
        target_utilization_percent = excluded.target_utilization_percent
    WHERE (
        known.name, known.target_utilization_percent
    ) IS DISTINCT FROM (
        excluded.name, excluded.target_utilization_percent
    )
