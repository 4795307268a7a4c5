-- Purpose: forget what was selected of a bucket, to look again.
-- Parameters: attempt_id, bucket.
-- Grain: rows of run_selection.
-- May be repeated: yes.
DELETE FROM invoicing.run_selection
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
