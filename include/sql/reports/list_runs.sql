-- Purpose: runs, newest first.
-- Parameters: run_date (null: all), row_limit (null: all).
-- Grain: one row per run.
-- May be repeated: reads only.
SELECT *
FROM analytics.invoice_runs
WHERE cast(:run_date AS date) IS NULL OR run_date = cast(:run_date AS date)
ORDER BY started_at DESC, run_id DESC
LIMIT :row_limit
