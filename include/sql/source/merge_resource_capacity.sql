-- Purpose: take over the capacities of a load.
-- Parameters: none (reads staged_resource_capacity).
-- Grain: one row per resource and day.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.resource_capacity AS known (resource_id, date, capacity_hours)
SELECT
    resource_id,
    date,
    capacity_hours
FROM pg_temp.staged_resource_capacity
ON CONFLICT (resource_id, date) DO UPDATE
    SET
        capacity_hours = excluded.capacity_hours
    WHERE known.capacity_hours IS DISTINCT FROM excluded.capacity_hours
