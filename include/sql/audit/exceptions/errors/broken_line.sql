-- Purpose: contract lines whose set-up would break the grouping of invoices: line_without_customers, split_not_complete.
-- Parameters: contract_ids (null: all).
-- Grain: one row per contract line and problem.
-- May be repeated: reads only.
SELECT
    contract_id,
    code,
    'error' AS severity,
    contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    message
FROM rules.broken_line
WHERE (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
