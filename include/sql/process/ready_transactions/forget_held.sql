-- Purpose: forget what drafts of a bucket held, to look again.
-- Parameters: attempt_id, bucket.
-- Grain: rows of run_held.
-- May be repeated: yes.
DELETE FROM invoicing.run_held
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
