-- Purpose: active fixed-price lines that have nothing to bill.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    cl.contract_id,
    'fixed_price_without_milestones' AS code,
    'warning' AS severity,
    cl.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'Fixed-price line ' || cl.contract_line_id || ' has no milestones and is never invoiced; add its milestones.' AS message
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
LEFT JOIN invoicing.milestone AS m
    ON cl.contract_id = m.contract_id AND cl.contract_line_id = m.contract_line_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'fixed_price'
    AND m.contract_id IS NULL
    AND (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
