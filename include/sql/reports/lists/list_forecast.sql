-- Purpose: what is there to be billed on the run dates to come, those that were missed included.
-- Parameters: until (the last run date), contract_ids (null: all).
-- Grain: one row per run date, contract and currency.
-- May be repeated: reads only.
SELECT *
FROM analytics.forecast
WHERE
    run_date <= cast(:until AS date)
    AND (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
ORDER BY run_date ASC, contract_id ASC, currency ASC
