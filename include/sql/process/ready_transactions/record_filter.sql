-- Purpose: record what was counted of a bucket, so that the next step knows what it has to find.
-- Parameters: attempt_id, bucket, selected, ready_transactions, ready_milestones.
-- Grain: one row of run_bucket.
-- May be repeated: yes.
UPDATE invoicing.run_bucket
SET
    selected = :selected,
    ready_transactions = :ready_transactions,
    ready_milestones = :ready_milestones
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
