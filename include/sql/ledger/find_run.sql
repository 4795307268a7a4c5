-- Purpose: the run of a key.
-- Parameters: run_key.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT *
FROM invoicing.invoice_run
WHERE run_key = :run_key
