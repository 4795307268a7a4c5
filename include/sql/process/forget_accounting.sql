-- Purpose: remove the accounting of an earlier attempt of the run.
-- Parameters: run_id.
-- Grain: one row per reason.
-- May be repeated: yes.
DELETE FROM invoicing.run_accounting
WHERE run_id = :run_id
