-- Purpose: the day up to which the warehouse has been invoiced.
-- Parameters: none.
-- Grain: one row, null before the first run.
-- May be repeated: reads only.
SELECT max(run_date) AS latest
FROM invoicing.invoice_run
WHERE status = 'succeeded'
