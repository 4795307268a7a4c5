-- Purpose: runs that hold the warehouse at the same time.
-- Parameters: from_date, to_date (run dates), at_most.
-- Grain: one row per run in progress, if there are several.
-- May be repeated: reads only.
WITH running AS (
    SELECT
        run_id,
        run_date,
        count(*) OVER () AS runs
    FROM invoicing.invoice_run
    WHERE status = 'running'
)

SELECT
    run_id,
    format('the run of %s is one of %s in progress, and there can be one', run_date, runs) AS message
FROM running
WHERE
    run_date BETWEEN :from_date AND :to_date
    AND runs > 1
ORDER BY run_id ASC
LIMIT :at_most
