-- Purpose: end an attempt.
-- Parameters: attempt_id, status (succeeded, failed), failure (null: it succeeded), skipped_reason (null: something was written).
-- Grain: one row of invoice_run.
-- May be repeated: an attempt that has ended stays as it is.
UPDATE invoicing.invoice_run
SET
    status = :status,
    failure = :failure,
    skipped_reason = :skipped_reason,
    ended_at = clock_timestamp()
WHERE
    attempt_id = :attempt_id
    AND status = 'running'
RETURNING *
