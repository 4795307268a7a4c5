-- Purpose: record that the due lines of a bucket were found again, and how its contracts were then.
-- Parameters: attempt_id, bucket, contracts_at, due_lines.
-- Grain: one row of run_bucket.
-- May be repeated: yes.
UPDATE invoicing.run_bucket
SET
    contracts_at = :contracts_at,
    due_lines = :due_lines
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
RETURNING *
