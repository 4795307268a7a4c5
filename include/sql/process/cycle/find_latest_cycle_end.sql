-- Purpose: when the latest cycle of Sleep and Process ended, whatever came of it; runs by hand are no cycles.
-- Parameters: run_key (the run that asks).
-- Grain: one row, null before the first cycle.
-- May be repeated: reads only.
SELECT max(ended_at) AS ended_at
FROM invoicing.invoice_run
WHERE
    trigger = 'scheduled'
    AND run_key <> :run_key
