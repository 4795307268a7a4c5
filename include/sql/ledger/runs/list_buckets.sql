-- Purpose: the buckets of an attempt.
-- Parameters: attempt_id.
-- Grain: one row per bucket.
-- May be repeated: reads only.
SELECT *
FROM invoicing.run_bucket
WHERE attempt_id = :attempt_id
ORDER BY bucket
