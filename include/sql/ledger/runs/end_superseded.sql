-- Purpose: end the attempts of a run that never closed, now that another one begins.
-- Parameters: run_key.
-- Grain: attempts of the run that read running.
-- May be repeated: yes.
UPDATE invoicing.invoice_run
SET
    status = 'failed',
    failure = 'never closed: the run was begun again',
    ended_at = clock_timestamp()
WHERE
    run_key = :run_key
    AND status = 'running'
RETURNING attempt_id
