-- Purpose: active contract lines that nobody can be invoiced for.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    cl.contract_id,
    'line_without_customers' AS code,
    'error' AS severity,
    cl.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'Contract line ' || cl.contract_line_id || ' has no customers; add it to contract_line_customers with percents that '
    || 'sum to 100 and one rounding customer.' AS message
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
LEFT JOIN invoicing.contract_line_customer AS lc
    ON cl.contract_id = lc.contract_id AND cl.contract_line_id = lc.contract_line_id
WHERE
    c.state = 'active'
    AND lc.contract_id IS NULL
    AND (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
