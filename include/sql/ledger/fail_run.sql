-- Purpose: end a run that did not succeed, and give the lease back. What it left stays, so that a retry can go on.
-- Parameters: run_id, failure (what happened, for people).
-- Grain: one row.
-- May be repeated: yes; a run that has ended stays as it is.
UPDATE invoicing.invoice_run
SET
    status = 'failed',
    failure = :failure,
    ended_at = clock_timestamp()
WHERE
    run_id = :run_id
    AND status = 'running'
