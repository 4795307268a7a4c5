-- Purpose: the latest attempt of a run.
-- Parameters: run_key.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT *
FROM invoicing.invoice_run
WHERE run_key = :run_key
ORDER BY attempt DESC
LIMIT 1
