-- Purpose: take a run up again that was given back after a failure, and show a sign of life of one that is running.
-- Parameters: run_id, lease_minutes.
-- Grain: one row.
-- May be repeated: yes.
UPDATE invoicing.invoice_run
SET
    status = 'running',
    ended_at = NULL,
    failure = NULL,
    lease_until = clock_timestamp() + make_interval(mins => :lease_minutes)
WHERE run_id = :run_id
RETURNING *
