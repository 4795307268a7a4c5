-- Purpose: how much of what was added up of a bucket is still there.
-- Parameters: attempt_id, bucket.
-- Grain: one row.
-- May be repeated: reads only.
SELECT cast(coalesce(sum(billables), 0) AS bigint) AS billables
FROM invoicing.run_line
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
