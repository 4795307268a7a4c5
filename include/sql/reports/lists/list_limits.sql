-- Purpose: not-to-exceed limits, and how much of each is taken.
-- Parameters: contract_ids (null: all).
-- Grain: one row per limit.
-- May be repeated: reads only.
SELECT *
FROM analytics.limits
WHERE cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[]))
ORDER BY
    contract_id ASC, array_position(ARRAY['contract', 'contract_customer', 'contract_line', 'contract_line_customer'], level) ASC,
    contract_line_id ASC, customer_id ASC
