-- Purpose: runs that hold the warehouse at the same time.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per run in progress, if there are several.
-- May be repeated: reads only.
SELECT
    run_id,
    format('the run of %s is in progress, with %s others', run_date, in_progress - 1) AS message
FROM (
    SELECT
        run_id,
        run_date,
        count(*) OVER () AS in_progress
    FROM invoicing.invoice_run
    WHERE status = 'running'
) AS running
WHERE
    (CAST(:run_date AS date) IS NULL OR run_date = CAST(:run_date AS date))
    AND in_progress > 1
ORDER BY run_id
LIMIT :at_most
