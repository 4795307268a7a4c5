-- Purpose: end a run that adds up, and give the lease back.
-- Parameters: run_id.
-- Grain: one row.
-- May be repeated: yes.
UPDATE invoicing.invoice_run
SET
    step = 'closed',
    status = 'succeeded',
    ended_at = clock_timestamp()
WHERE run_id = :run_id
RETURNING *
