-- Purpose: work not yet billed, newest first.
-- Parameters: run_date (null: all; else what is next run on that date), contract_ids (null: all), row_limit (null: all).
-- Grain: one row per unbilled sales actual that no live invoice holds.
-- May be repeated: reads only.
SELECT *
FROM analytics.unbilled_backlog
WHERE
    (cast(:run_date AS date) IS NULL OR next_run_date = cast(:run_date AS date))
    AND (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
ORDER BY transaction_date DESC, contract_id ASC, transaction_id ASC, customer_id ASC
LIMIT :row_limit
