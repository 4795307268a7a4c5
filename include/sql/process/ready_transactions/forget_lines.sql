-- Purpose: forget what was added up of a bucket, to look again.
-- Parameters: attempt_id, bucket.
-- Grain: rows of run_line.
-- May be repeated: yes.
DELETE FROM invoicing.run_line
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
