-- Purpose: how the contracts of some slots are now: any change of any of them, and any new one, makes a number larger.
-- Parameters: slots.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    count(*) AS contracts,
    coalesce(sum(change_id), 0) AS changes
FROM invoicing.project_contract
WHERE slot = any(cast(:slots AS integer[]))
