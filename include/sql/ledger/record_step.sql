-- Purpose: record that a step is done.
-- Parameters: run_id, step.
-- Grain: one row.
-- May be repeated: yes.
UPDATE invoicing.invoice_run
SET step = :step
WHERE run_id = :run_id
RETURNING *
