-- Purpose: how many shares have another verdict than before.
-- Parameters: none (reads verdict).
-- Grain: one row.
-- May be repeated: reads only.
SELECT count(*) AS shares
FROM pg_temp.verdict
WHERE is_changed
