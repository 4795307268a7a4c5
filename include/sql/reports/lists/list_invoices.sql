-- Purpose: invoices, newest first.
-- Parameters: run_date (null: all), contract_ids (null: all), row_limit (null: all).
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT *
FROM analytics.invoices
WHERE
    (cast(:run_date AS date) IS NULL OR run_date = cast(:run_date AS date))
    AND (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
ORDER BY run_date DESC, contract_id ASC, customer_id ASC, created_at DESC, invoice_id ASC
LIMIT :row_limit
