-- Purpose: the run in progress, which holds the warehouse. A run of the command line is over as soon as its process has let go
-- of its sign of life, an advisory lock of its session; any other when its lease has run out.
-- Parameters: none.
-- Grain: at most one row.
-- May be repeated: reads only; a sign of life that it finds free is free again at the end of the transaction.
SELECT
    run_id,
    run_key,
    run_date,
    started_at,
    lease_until,
    lease_until < clock_timestamp()
    OR (trigger = 'cli' AND pg_try_advisory_xact_lock(hashtextextended(run_key, 0))) AS is_over
FROM invoicing.invoice_run
WHERE status = 'running'
