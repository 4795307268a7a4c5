-- Purpose: forget what the same attempt recorded of a bucket, when the bucket is written again.
-- Parameters: attempt_id, bucket.
-- Grain: rows of run_accounting.
-- May be repeated: yes.
DELETE FROM invoicing.run_accounting
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
