-- Purpose: the run in progress, which holds the warehouse.
-- Parameters: none.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT
    run_id,
    run_key,
    run_date,
    started_at,
    lease_until < clock_timestamp() AS expired
FROM invoicing.invoice_run
WHERE status = 'running'
