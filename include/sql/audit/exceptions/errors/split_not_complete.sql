-- Purpose: active contract lines whose split does not come to exactly 100 percent with one rounding customer.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    lc.contract_id,
    'split_not_complete' AS code,
    'error' AS severity,
    lc.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'The customers of contract line ' || lc.contract_line_id || ' share ' || cast(sum(lc.split_percent) AS text)
    || ' percent and ' || cast(count(*) FILTER (WHERE lc.is_rounding_customer) AS text)
    || ' of them take the rounding; correct contract_line_customers so that it is 100 and 1.' AS message
FROM invoicing.contract_line_customer AS lc
INNER JOIN invoicing.project_contract AS c ON lc.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND (cast(:contract_ids AS text[]) IS NULL OR lc.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY lc.contract_id, lc.contract_line_id
HAVING sum(lc.split_percent) <> 100 OR count(*) FILTER (WHERE lc.is_rounding_customer) <> 1
